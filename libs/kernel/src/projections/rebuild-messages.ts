/** What the thread is started with. */
export interface RebuildSettings {
  readonly eventStoreUrl: string;
  readonly databaseUrl: string;
  readonly batchSize: number;
}

export type ToThread =
  /** One after the other: the next only after an `end`. */
  | { readonly kind: 'build'; readonly projection: string }
  /** Ends the current build after its batch. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'close' };

export type FromThread =
  { readonly kind: 'position'; readonly position: bigint } | { readonly kind: 'end'; readonly error?: unknown };

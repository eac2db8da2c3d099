/** JSON as an event may carry it: no bigint, no undefined, no functions, no class instances. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

/** `category-id`. The category ends at the FIRST `-` (as `$by_category` splits) and may not begin with `$`. */
export type StreamName = `${string}-${string}`;

/**
 * A place in the whole log. Opaque and only ordered: compare with `<` and `>`, never count or add with it (KurrentDB's
 * positions have holes). Persist as a decimal string.
 */
export type Position = bigint & { readonly __position: unique symbol };

/** The revision of an event within its stream; the first is 0n. */
export type Revision = bigint;

/** What an append takes for granted about its stream; mandatory, so that nobody gets `any` by omission. */
export type ExpectedRevision = Revision | 'any' | 'no_stream' | 'stream_exists';

/**
 * Why an event exists. `$correlationId` and `$causationId` are the names the server's own system projections know.
 * The correlation id is that of the request, webhook or schedule that began it all.
 */
export interface EventMetadata {
  readonly $correlationId: string;
  readonly $causationId: string;
  /** Who: `api`, `recorder`, `scheduler`, … */
  readonly actor: string;
  readonly [key: string]: JsonValue;
}

export interface NewEvent {
  /** UUID. Deterministic per command and index, so that a repeated append is recognised. */
  readonly id: string;
  readonly type: string;
  /** Version of the event type's schema, from 1. */
  readonly version: number;
  readonly data: JsonObject;
  readonly metadata: EventMetadata;
}

export interface RecordedEvent extends NewEvent {
  readonly stream: StreamName;
  readonly revision: Revision;
  readonly position: Position;
  /** When the store recorded it, ISO 8601 UTC. */
  readonly recordedAt: string;
}

export type NonEmptyArray<T> = readonly [T, ...T[]];
export type Direction = 'forwards' | 'backwards';

/** Any of the given alternatives must match, all fields within one. An empty list matches nothing. */
export interface EventFilter {
  readonly categories?: readonly string[];
  readonly types?: readonly string[];
}

/** What {@link EventStore.find} looks for: all that is given must match; an empty list matches nothing. */
export interface EventQuery extends EventFilter {
  /** Its whole name. */
  readonly stream?: string;
  readonly correlationId?: string;
  /** ISO 8601: recorded then or later. Each event counts by its own `recordedAt`, also where a clock was once set back. */
  readonly recordedFrom?: string;
  /** ISO 8601: recorded then or earlier. */
  readonly recordedTo?: string;
  /** Exclusive. */
  readonly after?: Position;
  /** Exclusive. */
  readonly before?: Position;
  /** `backwards` gives the newest first. */
  readonly direction?: Direction;
  readonly limit: number;
}

/** A page of what was looked for. */
export interface FoundEvents {
  /** In the direction asked for. Fewer than the limit, even none, do not mean that there are no more: `next` does. */
  readonly events: readonly RecordedEvent[];
  /** Where to go on (as `after`, or backwards as `before`); undefined where nothing more matches. */
  readonly next: Position | undefined;
}

export interface AppendResult {
  /** The stream's head after the append. */
  readonly revision: Revision;
  /** The position of the last event appended. */
  readonly position: Position;
  /** True where the very same events had been appended before, and nothing was written now. */
  readonly alreadyAppended: boolean;
}

export type SubscriptionMessage =
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  /** Everything up to here was seen, matching or not: progress worth persisting across filtered-out stretches. */
  | { readonly kind: 'checkpoint'; readonly position: Position }
  | { readonly kind: 'caughtUp' }
  | { readonly kind: 'fellBehind' };

export interface StreamMetadata {
  /** Seconds. */
  readonly maxAge?: number;
  readonly maxCount?: number;
  readonly truncateBefore?: Revision;
}

export interface StoreHealth {
  /** `warn`: it reads and writes, but something of it was lost or is damaged. */
  readonly status: 'ok' | 'warn' | 'down';
  readonly detail?: string;
}

/**
 * The log. Every adapter passes the same contract suite (`contract/`).
 * `after`/`from` positions are exclusive; `from` revisions are inclusive.
 *
 * Errors: {@link WrongExpectedRevision}, {@link InvalidEvent}, {@link EventStoreUnavailable}, {@link EventIdConflict}.
 */
export interface EventStore {
  append(stream: StreamName, events: NonEmptyArray<NewEvent>, expected: ExpectedRevision): Promise<AppendResult>;
  /** Yields nothing for a stream that does not exist, and nothing past the end of one that does. */
  readStream(
    stream: StreamName,
    options?: { from?: Revision; direction?: Direction; limit?: number },
  ): AsyncIterable<RecordedEvent>;
  /** The head revision of a stream, or undefined where it does not exist. */
  headRevision(stream: StreamName): Promise<Revision | undefined>;
  readAll(options?: { after?: Position; filter?: EventFilter; limit?: number }): AsyncIterable<RecordedEvent>;
  /**
   * One page of the events that match, through indexes where the adapter has them. What a page looks at is bounded, so that it
   * comes quickly also where next to nothing matches; then it is short, and says where to go on. Retention hides nothing
   * here, as in `readAll`; only a query by stream may leave out what its stream's retention hides.
   */
  find(query: EventQuery): Promise<FoundEvents>;
  /** The event at exactly this position. */
  eventAt(position: Position): Promise<RecordedEvent | undefined>;
  /**
   * What tells this log from every other up to an event: two logs that answer the same hold the same event there. Undefined where
   * there is no event. Kept beside a checkpoint, it shows later whether the log is still the one that the checkpoint was taken of.
   */
  fingerprint(of: Position | RecordedEvent): Promise<string | undefined>;
  /** The position of the last event in the log, or undefined where it is empty. */
  headPosition(): Promise<Position | undefined>;
  readCategory(category: string, options?: { after?: Position; limit?: number }): AsyncIterable<RecordedEvent>;
  /** Ordered, none lost or doubled at the switch from catching up to live. Ends when the signal aborts or the store closes. */
  subscribe(options: {
    from: Position | 'start' | 'end';
    filter?: EventFilter;
    signal: AbortSignal;
  }): AsyncIterable<SubscriptionMessage>;
  setStreamMetadata(stream: StreamName, metadata: StreamMetadata): Promise<void>;
  health(): Promise<StoreHealth>;
  close(): Promise<void>;
}

/** JSON that an event may contain: no bigint, no undefined, no functions, no class instances. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

/** `category-id`. The category ends at the FIRST `-` (as `$by_category` splits) and may not begin with `$`. */
export type StreamName = `${string}-${string}`;

/**
 * A place in the whole log. Opaque and only ordered: compare with `<` and `>`, never count or calculate with it
 * (KurrentDB's positions have holes). Store as a decimal string.
 */
export type Position = bigint & { readonly __position: unique symbol };

/** The revision of an event within its stream; the first is 0n. */
export type Revision = bigint;

/** What an append expects of its stream. Mandatory, so that `any` is never the result of an omission. */
export type ExpectedRevision = Revision | 'any' | 'no_stream' | 'stream_exists';

/**
 * Why an event exists. `$correlationId` and `$causationId` are the names that the server's own system projections know.
 * The correlation id comes from the request, webhook or schedule that started it all.
 */
export interface EventMetadata {
  readonly $correlationId: string;
  readonly $causationId: string;
  /** Who caused it: `api`, `recorder`, `scheduler`, … */
  readonly actor: string;
  readonly [key: string]: JsonValue;
}

export interface NewEvent {
  /** UUID. Deterministic per command and index, so that a repeated append is recognized. */
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

/** One of the alternatives of each given field must match. An empty list matches nothing. */
export interface EventFilter {
  readonly categories?: readonly string[];
  readonly types?: readonly string[];
}

/** What {@link EventStore.find} looks for: all given criteria must match; an empty list matches nothing. */
export interface EventQuery extends EventFilter {
  /** Its whole name. */
  readonly stream?: string;
  readonly correlationId?: string;
  /**
   * ISO 8601: recorded at this time or later. Each event counts by its own `recordedAt`, even if a clock was set back.
   */
  readonly recordedFrom?: string;
  /** ISO 8601: recorded at this time or earlier. */
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
  /**
   * In the requested direction. Fewer than the limit, or even none, does not mean that there are no more: `next` does.
   */
  readonly events: readonly RecordedEvent[];
  /** Where to continue (as `after`, or backwards as `before`); undefined if nothing more matches. */
  readonly next: Position | undefined;
}

export interface AppendResult {
  /** The stream's head after the append. */
  readonly revision: Revision;
  /** The position of the last event appended. */
  readonly position: Position;
  /** True if the very same events had been appended before, so that nothing was written now. */
  readonly alreadyAppended: boolean;
}

export type SubscriptionMessage =
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  /** Everything up to here was seen, matching or not: progress worth storing while events are filtered out. */
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
  /** `warn`: it reads and writes, but something in it was lost or is damaged. */
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
  /** The head revision of a stream, or undefined if it does not exist. */
  headRevision(stream: StreamName): Promise<Revision | undefined>;
  readAll(options?: { after?: Position; filter?: EventFilter; limit?: number }): AsyncIterable<RecordedEvent>;
  /**
   * One page of the matching events, through indexes if the adapter has them. The work for a page is bounded, so that
   * it comes quickly even if almost nothing matches; then it is short, and says where to continue. Retention hides
   * nothing here, as in `readAll`; only a query by stream may leave out what the stream's retention hides.
   */
  find(query: EventQuery): Promise<FoundEvents>;
  /** The event at exactly this position. */
  eventAt(position: Position): Promise<RecordedEvent | undefined>;
  /**
   * Identifies this log up to an event: two logs with the same fingerprint have the same event there. Undefined if
   * there is no event. Stored with a checkpoint, it shows later whether the log is still the one to which the
   * checkpoint belongs.
   */
  fingerprint(of: Position | RecordedEvent): Promise<string | undefined>;
  /** The position of the last event in the log, or undefined if it is empty. */
  headPosition(): Promise<Position | undefined>;
  readCategory(category: string, options?: { after?: Position; limit?: number }): AsyncIterable<RecordedEvent>;
  /**
   * Ordered; none lost or doubled at the switch from catching up to live. Ends when the signal aborts or the store
   * closes.
   */
  subscribe(options: {
    from: Position | 'start' | 'end';
    filter?: EventFilter;
    signal: AbortSignal;
  }): AsyncIterable<SubscriptionMessage>;
  setStreamMetadata(stream: StreamName, metadata: StreamMetadata): Promise<void>;
  health(): Promise<StoreHealth>;
  close(): Promise<void>;
}

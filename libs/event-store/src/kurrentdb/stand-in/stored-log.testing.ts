import { EventEmitter } from 'node:events';

/** An event as the server stores it. It never looks into payloads, except for `$metadata`. */
export interface StoredEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: bigint;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
  /** Milliseconds since 1970. */
  readonly created: number;
}

export type ProposedEvent = Pick<StoredEvent, 'id' | 'type' | 'contentType' | 'data' | 'metadata'>;

/** As in the server's own code: a revision, or one of these. */
export const EXPECT = { noStream: -1n, any: -2n, streamExists: -4n } as const;

export type AppendOutcome =
  /** A repeat of what retention hides is answered without a position. */
  | { readonly kind: 'success'; readonly revision: number; readonly position: bigint | undefined }
  /** `current` is -1 if the stream has no event. */
  | { readonly kind: 'wrongExpectedVersion'; readonly current: number }
  | { readonly kind: 'streamDeleted' };

interface Retention {
  readonly $maxCount?: number;
  readonly $maxAge?: number;
  readonly $tb?: number;
}

/** Position of the first record; the server's own epoch record comes before. */
const FIRST_POSITION = 1_180n;
/** `IndexWriter` remembers the ids of recent commits, not of all. */
const REMEMBERED_IDS = 10_000;

/**
 * What the server has on disk: streams in one log whose positions are byte offsets, therefore with holes. The rules of
 * an append are those of `IndexWriter.CheckCommit` in the server's source, including its weakness: a new first event is
 * written even if a later one of the same append exists already.
 */
export class StoredLog {
  readonly events: StoredEvent[] = [];
  readonly commits = new EventEmitter().setMaxListeners(0);
  /** Moves the clock that stamps events and measures their age. */
  ahead = 0;
  /** Records that filtered reads have examined. */
  examined = 0;
  /** Pages that subscriptions have caught up with. */
  pagesOfSubscriptions = 0;
  /** Whether prefixes are compared by a culture's rules, which skip what cannot be seen (`EventFilter.cs`). */
  isCultureSensitive = false;
  readonly #streams = new Map<string, StoredEvent[]>();
  readonly #tombstones = new Set<string>();
  readonly #softDeleted = new Set<string>();
  readonly #hiddenBefore = new Map<string, number>();
  readonly #committed = new Map<string, StoredEvent>();
  #end = FIRST_POSITION;

  get now(): number {
    return Date.now() + this.ahead;
  }

  append(stream: string, events: readonly ProposedEvent[], expected: bigint): AppendOutcome {
    if (this.#tombstones.has(stream)) return { kind: 'streamDeleted' };
    if (this.#softDeleted.has(stream) && expected === EXPECT.streamExists) return { kind: 'streamDeleted' };
    const decision = this.#decide(stream, events, expected);
    if (decision !== 'write') return decision;
    const stored = this.#stream(stream);
    for (const event of events) this.#write(stream, stored, event);
    this.commits.emit('commit');
    const last = stored.at(-1);
    return { kind: 'success', revision: stored.length - 1, position: last?.position ?? 0n };
  }

  /** After a restart or with a new leader: the ids of earlier commits are forgotten. */
  forgetCommitted(): void {
    this.#committed.clear();
  }

  /** Hides all events. An append that does not require the stream creates it again, with higher revisions. */
  softDelete(stream: string): void {
    this.#softDeleted.add(stream);
    this.#hiddenBefore.set(stream, this.#streams.get(stream)?.length ?? 0);
  }

  /** Whether a record begins at this position, or the next one will. */
  isBeginning(position: bigint): boolean {
    return position === 0n || position >= this.#end || this.events[this.indexFrom(position)]?.position === position;
  }

  tombstone(stream: string): void {
    this.#tombstones.add(stream);
  }

  isTombstoned(stream: string): boolean {
    return this.#tombstones.has(stream);
  }

  exists(stream: string): boolean {
    return this.#streams.has(stream) && !this.#softDeleted.has(stream);
  }

  /** What a stream read shows: `$maxCount`, `$maxAge` and `$tb` hide events, which stay in `$all` until a scavenge. */
  visible(stream: string): readonly StoredEvent[] {
    const events = this.#streams.get(stream) ?? [];
    const { $maxCount, $maxAge, $tb } = this.#retention(stream);
    const first = Math.max(
      this.#hiddenBefore.get(stream) ?? 0,
      $tb ?? 0,
      $maxCount === undefined ? 0 : events.length - $maxCount,
    );
    const since = $maxAge === undefined ? -Infinity : this.now - $maxAge * 1000;
    return events.slice(Math.max(0, first)).filter(({ created }) => created >= since);
  }

  /** The index of the first event of the log at `position` or later. */
  indexFrom(position: bigint): number {
    let low = 0;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.events[middle]?.position ?? 0n) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #decide(stream: string, events: readonly ProposedEvent[], expected: bigint): 'write' | AppendOutcome {
    const stored = this.#streams.get(stream) ?? [];
    const wrong: AppendOutcome = { kind: 'wrongExpectedVersion', current: stored.length - 1 };
    // Metadata alone makes a stream exist.
    const exists = stored.length > 0 || this.#streams.has(`$$${stream}`);
    if (expected === EXPECT.streamExists && !exists) return wrong;
    if (expected === EXPECT.any || expected === EXPECT.streamExists) {
      const known = events.map(({ id }) => this.#committed.get(id)).map((event) => event?.stream === stream && event);
      const last = known.at(-1);
      if (known.every(Boolean) && last) return this.#repeated(last);
      return known[0] ? wrong : 'write';
    }
    if (expected > BigInt(stored.length - 1)) return wrong;
    if (expected === BigInt(stored.length - 1)) return 'write';
    const there = stored.slice(Number(expected) + 1, Number(expected) + 1 + events.length);
    const last = there.at(-1);
    return last && events.every(({ id }, n) => there[n]?.id === id) ? this.#repeated(last) : wrong;
  }

  #repeated(last: StoredEvent): AppendOutcome {
    const position = this.visible(last.stream).includes(last) ? last.position : undefined;
    return { kind: 'success', revision: last.revision, position };
  }

  #write(name: string, stream: StoredEvent[], event: ProposedEvent): void {
    const stored = { ...event, stream: name, revision: stream.length, position: this.#end, created: this.now };
    this.#end += BigInt(97 + name.length + event.type.length + event.data.length + event.metadata.length);
    stream.push(stored);
    this.events.push(stored);
    this.#committed.delete(event.id);
    this.#committed.set(event.id, stored);
    const oldest = this.#committed.keys().next().value;
    if (this.#committed.size > REMEMBERED_IDS && oldest !== undefined) this.#committed.delete(oldest);
  }

  #retention(stream: string): Retention {
    const last = this.#streams.get(`$$${stream}`)?.at(-1);
    return last ? JSON.parse(Buffer.from(last.data).toString('utf8')) : {};
  }

  #stream(name: string): StoredEvent[] {
    this.#softDeleted.delete(name);
    const known = this.#streams.get(name) ?? [];
    this.#streams.set(name, known);
    return known;
  }
}

import { criteriaOf, isWanted, spanOf } from '../event-query.js';
import type { FoundRows, LogPage, LogSource } from '../log-source.js';
import type { PreparedEvent } from '../new-events.js';
import type {
  Direction,
  EventFilter,
  EventMetadata,
  EventQuery,
  JsonObject,
  RecordedEvent,
  StreamName,
} from '../port.js';
import { positionOf } from '../position.js';
import { firstVisibleRevision, KEEP_EVERYTHING, oldestVisibleInstant, type Retention } from '../retention.js';
import { requireCategory } from '../stream-name.js';

interface StoredEvent extends PreparedEvent {
  readonly stream: StreamName;
  readonly category: string;
  readonly revision: number;
  readonly position: number;
  readonly recordedAt: number;
}

interface MemoryStream {
  readonly name: StreamName;
  readonly events: StoredEvent[];
  readonly revisionById: Map<string, number>;
  retention: Retention;
}

/** Payloads are kept as text and parsed on every read, so that readers and writers never share an object. */
export class MemoryLog implements LogSource<StoredEvent> {
  readonly #events: StoredEvent[] = [];
  readonly #streams = new Map<string, MemoryStream>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Returns the last position. */
  insert(name: StreamName, events: readonly PreparedEvent[], recordedAt = this.#now()): number {
    const stream = this.#stream(name);
    const category = requireCategory(name);
    for (const event of events) {
      const revision = stream.events.length;
      const stored = { ...event, stream: name, category, revision, position: this.#events.length + 1, recordedAt };
      stream.events.push(stored);
      stream.revisionById.set(event.id, revision);
      this.#events.push(stored);
    }
    return this.#events.length;
  }

  setRetention(name: StreamName, retention: Retention): void {
    this.#stream(name).retention = retention;
  }

  *retentions(): Generator<[stream: StreamName, retention: Retention]> {
    for (const { name, retention } of this.#streams.values()) {
      if (retention !== KEEP_EVERYTHING) yield [name, retention];
    }
  }

  eventAt(name: string, revision: number): StoredEvent | undefined {
    return this.#streams.get(name)?.events[revision];
  }

  revisionOfId(name: string, id: string): number | undefined {
    return this.#streams.get(name)?.revisionById.get(id);
  }

  head(): number {
    return this.#events.length;
  }

  page(after: number, until: number, filter: EventFilter | undefined, limit: number): LogPage<StoredEvent> {
    const categories = filter?.categories && new Set(filter.categories);
    const types = filter?.types && new Set(filter.types);
    const rows: StoredEvent[] = [];
    let seenTo = Math.max(0, after);
    while (seenTo < until && rows.length < limit) {
      const event = this.#events[seenTo];
      seenTo += 1;
      if (event === undefined || categories?.has(event.category) === false || types?.has(event.type) === false)
        continue;
      rows.push(event);
    }
    return { rows, seenTo };
  }

  streamHead(name: string): number {
    return (this.#streams.get(name)?.events.length ?? 0) - 1;
  }

  streamPage(name: string, from: number, until: number, direction: Direction, limit: number): readonly StoredEvent[] {
    const stream = this.#streams.get(name);
    if (stream === undefined) return [];
    const first = firstVisibleRevision(stream.retention, stream.events.length - 1);
    const since = oldestVisibleInstant(stream.retention, this.#now());
    const [low, high] = direction === 'forwards' ? [from, until] : [until, from];
    const rows = stream.events.slice(Math.max(low, first), high + 1).filter((event) => event.recordedAt >= since);
    return (direction === 'forwards' ? rows : rows.toReversed()).slice(0, limit);
  }

  find(query: EventQuery): FoundRows<StoredEvent> {
    const criteria = criteriaOf(query);
    const { after, before, direction } = spanOf(query);
    const inSpan = this.#events.slice(Math.max(0, after), Math.max(0, before - 1));
    const rows: StoredEvent[] = [];
    for (const event of direction === 'forwards' ? inSpan : inSpan.toReversed()) {
      if (!isWanted(this.decode(event), criteria)) continue;
      if (rows.length === query.limit) return { rows, next: rows.at(-1)?.position };
      rows.push(event);
    }
    return { rows, next: undefined };
  }

  at(position: number): StoredEvent | undefined {
    return this.#events[position - 1];
  }

  decode(event: StoredEvent): RecordedEvent {
    const data: JsonObject = JSON.parse(event.data);
    const metadata: EventMetadata = JSON.parse(event.metadata);
    return {
      id: event.id,
      type: event.type,
      version: event.version,
      data,
      metadata,
      stream: event.stream,
      revision: BigInt(event.revision),
      position: positionOf(event.position),
      recordedAt: new Date(event.recordedAt).toISOString(),
    };
  }

  revisionOf(event: StoredEvent): number {
    return event.revision;
  }

  positionOf(event: StoredEvent): number {
    return event.position;
  }

  #stream(name: StreamName): MemoryStream {
    const known = this.#streams.get(name);
    if (known !== undefined) return known;
    const created = { name, events: [], revisionById: new Map<string, number>(), retention: KEEP_EVERYTHING };
    this.#streams.set(name, created);
    return created;
  }
}

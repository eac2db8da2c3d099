import { type Criteria, criteriaOf, isWanted } from '../event-query.js';
import type { EventQuery, FoundEvents, RecordedEvent } from '../port.js';
import { positionOf } from '../position.js';
import { NoSuchPosition } from './failures.js';
import type { LogSpan, LogStep, Reader } from './reader.js';
import { serverFilter } from './server-filter.js';

/** How many records one page examines; the server's own filter has passed them already. */
const LOOKS = 5_000;

/**
 * Finds events on a server that has no index except its streams, and filters the whole log only by names of streams or
 * types. So a stream is read directly, and everything else is searched in the log as the server filters it: by
 * categories if given, else by types, and from end to end for a correlation id or an instant. A page examines {@link
 * LOOKS} records, then says where to continue; it may be empty.
 */
export class LogSearch {
  readonly #reader: Reader;
  readonly #namespace: string;

  constructor(reader: Reader, namespace: string) {
    this.#reader = reader;
    this.#namespace = namespace;
  }

  /** @throws RangeError, EventStoreUnavailable, EventStoreAccessDenied, EventStoreFailed */
  async find(query: EventQuery): Promise<FoundEvents> {
    const criteria = criteriaOf(query);
    const { after, before, direction = 'forwards', stream, limit } = query;
    const head = await this.#reader.endPosition();
    const nothing: FoundEvents = { events: [], next: undefined };
    if (head === undefined || (after ?? 0n) >= head || (before ?? 1n) <= 0n) return nothing;
    const until = before === undefined || before > head ? head + 1n : before;
    const span = { after: after ?? -1n, before: until, direction };
    if (stream !== undefined) return this.#collect(this.#streamSteps(stream, span), criteria, limit);
    const filter = serverFilter(query, this.#namespace);
    if (filter.matchesNothing) return nothing;
    try {
      return await this.#collect(this.#reader.stepsWithin(span, filter), criteria, limit);
    } catch (error) {
      // The server begins at a record, not between two. Without a given position, the fault is another.
      const isGiven = direction === 'forwards' ? after !== undefined : before !== undefined;
      if (!(error instanceof NoSuchPosition) || !isGiven) throw error;
      throw new RangeError('There is no event at the position to continue from.', { cause: error });
    }
  }

  async #collect(steps: AsyncIterable<LogStep>, criteria: Criteria, limit: number): Promise<FoundEvents> {
    const events: RecordedEvent[] = [];
    let looks = 0;
    for await (const { position, event } of steps) {
      looks += 1;
      if (event !== undefined && isWanted(event, criteria)) {
        if (events.length === limit) return { events, next: events.at(-1)?.position };
        events.push(event);
      }
      if (looks >= LOOKS) return { events, next: position };
    }
    return { events, next: undefined };
  }

  async *#streamSteps(stream: string, { after, before, direction }: LogSpan): AsyncGenerator<LogStep, void, undefined> {
    const isForwards = direction === 'forwards';
    const from = await this.#firstRevisionFrom(stream, isForwards ? after + 1n : before);
    const start = isForwards ? from : from - 1n;
    if (start < 0n) return;
    for await (const event of this.#reader.stream(stream, { from: start, direction })) {
      const { position } = event;
      if (isForwards ? position >= before : position <= after) return;
      yield { position: positionOf(position), event };
    }
  }

  /** The first revision at this position or later, found by bisection with one short read per step. */
  async #firstRevisionFrom(stream: string, position: bigint): Promise<bigint> {
    let low = 0n;
    let high = ((await this.#reader.headRevision(stream)) ?? -1n) + 1n;
    while (low < high) {
      const middle = (low + high) / 2n;
      const event = await this.#eventFrom(stream, middle);
      if (event === undefined || event.position >= position) high = middle;
      else low = event.revision + 1n;
    }
    return low;
  }

  async #eventFrom(stream: string, revision: bigint): Promise<RecordedEvent | undefined> {
    for await (const event of this.#reader.stream(stream, { from: revision, limit: 1 })) return event;
    return undefined;
  }
}

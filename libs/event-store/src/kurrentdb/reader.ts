import { Backoff, withDeadline } from '@streamvault/failures';
import { jsonEvent, type KurrentDBClient, type ResolvedEvent } from '@kurrent/kurrentdb-client';
import { EventStoreUnavailable } from '../errors.js';
import type { Direction, EventFilter, Position, RecordedEvent } from '../port.js';
import { positionOf } from '../position.js';
import { categoryOf } from '../stream-name.js';
import type { Connection } from './connection.js';
import { describeHosts } from './connection-settings.js';
import { asStoreError, isOfType, isUnavailable, NoSuchPosition } from './failures.js';
import { serverFilter, type ServerFilter } from './server-filter.js';
import { fromWire } from './wire-event.js';

/**
 * How many events are requested at once. The client hands them on in small groups as they arrive, so a page is never in
 * memory whole.
 */
const PAGE_SIZE = 500;
/** The server counts revisions and positions in signed 64 bits. */
const MAX_INT64 = 2n ** 63n - 1n;
/** A read that fails this often in a row, without an event in between, is given up. */
const ATTEMPTS = 4;
/** How long reading the end of the log may take, in milliseconds. */
const END_PATIENCE_MS = 3_000;

export interface LogStep {
  readonly position: Position;
  /** Undefined if the record is not ours, or the filter leaves it out. */
  readonly event: RecordedEvent | undefined;
}

/** Both ends exclusive. */
export interface LogSpan {
  readonly after: bigint;
  readonly before: bigint;
  readonly direction: Direction;
}

/**
 * Reads in pages, and continues an interrupted read where it was: a caller notices an outage only if it lasts. The
 * port's positions are the server's commit positions; for records written by append the prepare position is the same.
 */
export class Reader {
  readonly #connection: Connection;
  readonly #namespace: string;
  readonly #closing: AbortSignal;
  /** The last event of ours that was seen. */
  #lastOurs: Position | undefined;
  /** Up to here the log was examined for events of ours; what comes after is often others'. */
  #examinedTo = 0n;

  constructor(connection: Connection, namespace: string, closing: AbortSignal) {
    this.#connection = connection;
    this.#namespace = namespace;
    this.#closing = closing;
  }

  /** Yields nothing for a stream that does not exist or is tombstoned. */
  async *stream(
    name: string,
    options: { readonly from?: bigint; readonly direction?: Direction; readonly limit?: number },
  ): AsyncGenerator<RecordedEvent, void, undefined> {
    let remaining = limitOf(options.limit);
    this.#requireOpen();
    if (remaining === 0 || categoryOf(name) === undefined) return;
    const direction = options.direction ?? 'forwards';
    let cursor = options.from;
    let until: bigint | undefined;
    if (direction === 'backwards' && cursor !== undefined) {
      const head = await this.headRevision(name);
      if (head === undefined) return;
      if (cursor > head) cursor = head;
    }
    for (;;) {
      if (cursor !== undefined && (cursor < 0n || cursor > MAX_INT64)) return;
      const size = Math.min(PAGE_SIZE, remaining);
      const edge = direction === 'forwards' ? 'start' : 'end';
      let count = 0;
      const open = (client: KurrentDBClient) => {
        const options = { ...this.#connection.readOptions, direction, maxCount: Math.max(1, size - count) };
        return client.readStream(this.#namespace + name, { ...options, fromRevision: cursor ?? edge });
      };
      for await (const resolved of this.#persistently(open)) {
        const revision = (resolved.link ?? resolved.event)?.revision;
        if (revision === undefined) continue;
        if (count === size) break;
        if (until !== undefined && revision > until) return;
        count += 1;
        cursor = direction === 'forwards' ? revision + 1n : revision - 1n;
        const event = fromWire(resolved, this.#namespace);
        if (event !== undefined) yield event;
      }
      remaining -= count;
      if (count < size || remaining === 0) return;
      // A long stream ends where it ended when the reader finished its first page, even if the reader appends.
      if (direction === 'forwards') until ??= await this.headRevision(name);
    }
  }

  /** The true head, also of a stream whose events are all hidden by its retention. */
  async headRevision(name: string): Promise<bigint | undefined> {
    this.#requireOpen();
    if (categoryOf(name) === undefined) return undefined;
    const exists = { known: true };
    const open = (client: KurrentDBClient) =>
      client.readStream(this.#namespace + name, {
        ...this.#connection.readOptions,
        direction: 'backwards',
        fromRevision: 'end',
        maxCount: 1,
      });
    for await (const { event } of this.#persistently(open, exists)) if (event) return event.revision;
    return exists.known ? this.#hiddenHead(name) : undefined;
  }

  /** The log up to its head at the first step, with one step for each record that the server sends. */
  async *all(options: {
    readonly after?: bigint | undefined;
    readonly filter?: EventFilter | undefined;
    readonly limit?: number | undefined;
  }): AsyncGenerator<RecordedEvent, void, undefined> {
    let remaining = limitOf(options.limit);
    this.#requireOpen();
    const filter = serverFilter(options.filter, this.#namespace);
    if (remaining === 0 || filter.matchesNothing) return;
    const end = await this.endPosition();
    if (end === undefined) return;
    for await (const { event } of this.steps(options.after, end, filter)) {
      if (event === undefined) continue;
      yield event;
      remaining -= 1;
      if (remaining === 0) return;
    }
  }

  /**
   * @param after exclusive
   * @param until inclusive
   */
  async *steps(
    after: bigint | undefined,
    until: bigint,
    filter: ServerFilter,
  ): AsyncGenerator<LogStep, void, undefined> {
    let cursor = after;
    while (cursor === undefined || cursor < until) {
      let count = 0;
      let asked = 0;
      const open = (client: KurrentDBClient) => {
        // The server includes the record that it is told to start from, which was seen already.
        asked = PAGE_SIZE + (cursor === undefined ? 0 : 1);
        count = 0;
        return client.readAll({
          ...this.#connection.readOptions,
          fromPosition: cursor === undefined ? 'start' : { commit: cursor, prepare: cursor },
          maxCount: asked,
          filter: filter.toFilter(),
        });
      };
      for await (const resolved of this.#persistently(open, undefined, () => cursor)) {
        count += 1;
        const position = commitPosition(resolved);
        if (position === undefined || (cursor !== undefined && position <= cursor)) continue;
        if (position > until) return;
        cursor = position;
        const event = fromWire(resolved, this.#namespace);
        yield { position: positionOf(position), event: event && filter.matches(event) ? event : undefined };
      }
      if (count < asked) return;
    }
  }

  /** Like {@link steps}, between two exclusive positions, from either end. */
  async *stepsWithin(
    { after, before, direction }: LogSpan,
    filter: ServerFilter,
  ): AsyncGenerator<LogStep, void, undefined> {
    if (direction === 'forwards') {
      yield* this.steps(after < 0n ? undefined : after, before - 1n, filter);
      return;
    }
    let cursor = before;
    for (let count = PAGE_SIZE; count === PAGE_SIZE;) {
      const head = await this.endPosition();
      const open = (client: KurrentDBClient) => {
        count = 0;
        // The server accepts no position after its end, and leaves out the record that it is told to go back from.
        const isBehind = head === undefined || cursor > head;
        const fromPosition = isBehind ? ('end' as const) : { commit: cursor, prepare: cursor };
        const options = { ...this.#connection.readOptions, direction, fromPosition, maxCount: PAGE_SIZE };
        return client.readAll({ ...options, filter: filter.toFilter() });
      };
      for await (const resolved of this.#persistently(open, undefined, () => cursor)) {
        count += 1;
        const position = commitPosition(resolved);
        if (position === undefined || position >= cursor) continue;
        if (position <= after) return;
        cursor = position;
        const event = fromWire(resolved, this.#namespace);
        yield { position: positionOf(position), event: event && filter.matches(event) ? event : undefined };
      }
    }
  }

  /** Our event at exactly this position. */
  async at(position: bigint): Promise<RecordedEvent | undefined> {
    this.#requireOpen();
    const end = await this.endPosition();
    if (end === undefined || position < 0n || position > end) return undefined;
    const open = (client: KurrentDBClient) =>
      client.readAll({
        ...this.#connection.readOptions,
        fromPosition: { commit: position, prepare: position },
        maxCount: 1,
      });
    try {
      for await (const resolved of this.#persistently(open, undefined, () => position)) {
        const event = fromWire(resolved, this.#namespace);
        return event?.position === position ? event : undefined;
      }
    } catch (error) {
      // A position in the middle of a record is invalid: the server refuses it with its own message.
      if (!(error instanceof NoSuchPosition)) throw error;
    }
    return undefined;
  }

  /**
   * The position of the last record, even if it is not ours: fast however much of the log belongs to others. All our
   * events are there or earlier.
   */
  async endPosition({ once = false } = {}): Promise<bigint | undefined> {
    this.#requireOpen();
    const open = (client: KurrentDBClient) =>
      client.readAll({ ...this.#connection.readOptions, direction: 'backwards', fromPosition: 'end', maxCount: 1 });
    const records = once ? open(this.#connection.reading) : this.#persistently(open);
    for await (const resolved of records) return commitPosition(resolved);
    return undefined;
  }

  /** The position of our last event. */
  async headPosition(): Promise<Position | undefined> {
    const known = this.#lastOurs;
    if (known !== undefined) {
      // Examines only what came since: from the end, the server would search for a second event before it answers.
      try {
        const end = await this.endPosition();
        if (end !== undefined && end >= known) {
          const from = this.#examinedTo > known && this.#examinedTo <= end ? this.#examinedTo : known;
          for await (const { event } of this.steps(from, end, serverFilter(undefined, this.#namespace)))
            if (event !== undefined) this.noteOurs(event.position);
          this.#examinedTo = end;
          return this.#lastOurs;
        }
      } catch (error) {
        if (!(error instanceof NoSuchPosition)) throw error;
      }
      this.#lastOurs = undefined;
      this.#examinedTo = 0n;
    }
    const end = await this.endPosition();
    const found = await this.#searchHead();
    this.#examinedTo = end ?? 0n;
    if (found !== undefined) this.noteOurs(found);
    return found;
  }

  /** Our event is there: the search for the last one need not go further back. */
  noteOurs(position: Position): void {
    if (this.#lastOurs === undefined || position > this.#lastOurs) this.#lastOurs = position;
  }

  async #searchHead(): Promise<Position | undefined> {
    this.#requireOpen();
    const filter = serverFilter(undefined, this.#namespace);
    let cursor: bigint | undefined;
    for (let size = 1; ; size = 64) {
      let count = 0;
      const open = (client: KurrentDBClient) =>
        client.readAll({
          ...this.#connection.readOptions,
          direction: 'backwards',
          fromPosition: cursor === undefined ? 'end' : { commit: cursor, prepare: cursor },
          maxCount: size,
          filter: filter.toFilter(),
        });
      for await (const resolved of this.#persistently(open)) {
        count += 1;
        cursor = commitPosition(resolved) ?? cursor;
        const event = fromWire(resolved, this.#namespace);
        if (event !== undefined) return event.position;
      }
      if (count === 0) return undefined;
    }
  }

  /**
   * The events before the head may all be hidden, but a refused append says where the head is. This one is always
   * refused: no stream is at that revision.
   */
  async #hiddenHead(name: string): Promise<bigint | undefined> {
    const probe = jsonEvent({ type: '$probe', data: {} });
    try {
      await this.#connection.writing.appendToStream(this.#namespace + name, probe, { streamState: MAX_INT64 / 2n });
    } catch (error) {
      const actual = actualState(error);
      if (actual !== undefined) return typeof actual === 'bigint' ? actual : undefined;
      throw asStoreError(error, describeHosts(this.#connection.settings));
    }
    return undefined;
  }

  /** Opens a read, and opens it again if it was cut off; `open` says where to continue. */
  async *#persistently(
    open: (client: KurrentDBClient) => AsyncIterable<ResolvedEvent>,
    exists = { known: true },
    from?: () => bigint | undefined,
  ): AsyncGenerator<ResolvedEvent, void, undefined> {
    const backoff = new Backoff({ firstMs: 100, maxMs: 1000 });
    for (;;) {
      this.#requireOpen();
      const client = this.#connection.reading;
      try {
        for await (const resolved of open(client)) {
          backoff.reset();
          yield resolved;
          this.#requireOpen();
        }
        return;
      } catch (error) {
        if (isOfType(error, 'stream-not-found') || isOfType(error, 'stream-deleted')) {
          exists.known = false;
          return;
        }
        if (isUnavailable(error)) this.#connection.renewReading(client);
        // A second failure in a row, although the log can be read: the position is the cause.
        const position = backoff.failures > 0 ? from?.() : undefined;
        if (position !== undefined && (await this.#canRead())) throw noSuchPosition(position, error);
        if (!isUnavailable(error) || this.#closing.aborted || backoff.failures + 1 >= ATTEMPTS) {
          throw asStoreError(error, describeHosts(this.#connection.settings));
        }
      }
      await backoff.wait(this.#closing);
    }
  }

  /** Reads the log's end, once. */
  async #canRead(): Promise<boolean> {
    try {
      await withDeadline(this.endPosition({ once: true }), END_PATIENCE_MS, () => new Error('no answer'));
      return true;
    } catch {
      // The failure is the answer.
      return false;
    }
  }

  #requireOpen(): void {
    if (this.#closing.aborted) throw new EventStoreUnavailable('The event store is closed.');
  }
}

function noSuchPosition(position: bigint, cause: unknown): NoSuchPosition {
  return new NoSuchPosition(
    `There is no event at position ${position} of this log. The position is from another log, or this one was restored from an older backup.`,
    { cause },
  );
}

export function actualState(error: unknown): bigint | 'no_stream' | undefined {
  if (!isOfType(error, 'wrong-expected-version') || typeof error !== 'object' || error === null) return undefined;
  if (!('actualState' in error)) return undefined;
  return typeof error.actualState === 'bigint' ? error.actualState : 'no_stream';
}

export function commitPosition({ event, link, commitPosition }: ResolvedEvent): bigint | undefined {
  return commitPosition ?? (link ?? event)?.position?.commit;
}

function limitOf(limit: number | undefined): number {
  if (limit === undefined) return Infinity;
  if (limit >= 0 && (Number.isInteger(limit) || limit === Infinity)) return limit;
  throw new RangeError(`A limit must be a whole number from 0, not ${limit}.`);
}

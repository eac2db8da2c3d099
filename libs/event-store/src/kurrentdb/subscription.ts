import { Backoff } from '@streamvault/failures';
import type { EventFilter, RecordedEvent, SubscriptionMessage } from '../port.js';
import { positionOf } from '../position.js';
import type { Connection } from './connection.js';
import { describeHosts } from './connection-settings.js';
import { asStoreError, isUnavailable, NoSuchPosition } from './failures.js';
import { LiveFeed } from './live-feed.js';
import type { Reader } from './reader.js';
import { serverFilter, type ServerFilter } from './server-filter.js';
import { fromWire } from './wire-event.js';

export interface SubscriptionParts {
  readonly connection: Connection;
  readonly reader: Reader;
  readonly namespace: string;
  /** Exclusive; undefined is the start. The look-up began when the subscription was requested. */
  readonly after: Promise<bigint | undefined>;
  readonly filter: EventFilter | undefined;
  readonly signal: AbortSignal;
  readonly onPosition: (position: bigint) => void;
}

/** If catching up in one pass found no more than this, the rest is small enough for the server's live subscription. */
const SMALL_REST = 500;

/**
 * A catch-up subscription that survives outages: it reads up to the head, then goes live, and reads again whenever the
 * connection breaks or the consumer falls behind. While it is not live for either reason, it reports `fellBehind`.
 */
export class Subscription {
  readonly #parts: SubscriptionParts;
  readonly #filter: ServerFilter;
  readonly #backoff = new Backoff({ firstMs: 50, maxMs: 5_000 });
  #cursor: bigint | undefined;
  /** The last position of an event or checkpoint that the consumer got. */
  #reported: bigint | undefined;
  #isLive = false;

  constructor(parts: SubscriptionParts) {
    this.#parts = parts;
    this.#filter = serverFilter(parts.filter, parts.namespace);
  }

  /**
   * Ends when the signal aborts.
   * @throws EventStoreAccessDenied and other errors that waiting does not solve
   */
  async *messages(): AsyncGenerator<SubscriptionMessage, void, undefined> {
    const { signal, connection, after } = this.#parts;
    let hasStart = false;
    while (!signal.aborted) {
      try {
        if (!hasStart) this.#cursor = this.#reported = await after;
        hasStart = true;
        yield* this.#catchUp();
        yield* this.#followLive();
      } catch (error) {
        if (signal.aborted) return;
        // An outage can only be waited out.
        if (!isUnavailable(error) || !hasStart) throw asStoreError(error, describeHosts(connection.settings));
        yield* this.#fallBehind();
        await this.#backoff.wait(signal);
      }
    }
  }

  async *#catchUp(): AsyncGenerator<SubscriptionMessage, void, undefined> {
    const { reader, signal } = this.#parts;
    for (let seen = Infinity; seen > SMALL_REST && !signal.aborted;) {
      const head = await reader.endPosition();
      if (this.#cursor !== undefined && this.#cursor > 0n && this.#cursor > (head ?? 0n)) throw beyond(this.#cursor);
      if (head === undefined || (this.#cursor !== undefined && this.#cursor >= head)) return;
      yield* this.#fallBehind();
      seen = 0;
      for await (const { position, event } of reader.steps(this.#cursor, head, this.#filter)) {
        if (signal.aborted) return;
        seen += 1;
        this.#moveTo(position);
        if (event !== undefined) yield this.#event(event);
      }
      if (signal.aborted) return;
      this.#moveTo(head);
      yield* this.#checkpoint();
    }
  }

  async *#followLive(): AsyncGenerator<SubscriptionMessage, void, undefined> {
    const { connection, namespace, signal } = this.#parts;
    if (signal.aborted) return;
    const feed = new LiveFeed(connection.writing, this.#cursor, this.#filter);
    try {
      for (;;) {
        const item = await feed.next(signal);
        if (item === undefined || signal.aborted) return;
        switch (item.kind) {
          case 'event': {
            if (this.#cursor !== undefined && item.position <= this.#cursor) break;
            this.#moveTo(item.position);
            const event = fromWire(item.resolved, namespace);
            if (event !== undefined && this.#filter.matches(event)) yield this.#event(event);
            else if (this.#isLive) yield* this.#checkpoint();
            break;
          }
          case 'position':
            this.#moveTo(item.position);
            if (this.#isLive) yield* this.#checkpoint();
            break;
          case 'caughtUp':
            // The server repeats it each time it lagged behind itself; only our own counts.
            if (this.#isLive) break;
            this.#isLive = true;
            this.#backoff.reset();
            yield { kind: 'caughtUp' };
            // What came since the head was read and was filtered out. Without a filter that is only events of others.
            if (this.#filter.isSelective) yield* this.#checkpoint();
            break;
          case 'overflow':
            yield* this.#fallBehind();
            return;
          case 'failed':
            throw item.error;
        }
      }
    } finally {
      feed.close();
    }
  }

  #event(event: RecordedEvent): SubscriptionMessage {
    this.#reported = this.#cursor;
    return { kind: 'event', event };
  }

  *#checkpoint(): Generator<SubscriptionMessage, void, undefined> {
    if (this.#cursor === undefined || (this.#reported !== undefined && this.#cursor <= this.#reported)) return;
    this.#reported = this.#cursor;
    yield { kind: 'checkpoint', position: positionOf(this.#cursor) };
  }

  *#fallBehind(): Generator<SubscriptionMessage, void, undefined> {
    if (!this.#isLive) return;
    this.#isLive = false;
    yield { kind: 'fellBehind' };
  }

  #moveTo(position: bigint): void {
    if (this.#cursor === undefined || position > this.#cursor) this.#cursor = position;
    this.#parts.onPosition(position);
  }
}

function beyond(position: bigint): NoSuchPosition {
  return new NoSuchPosition(
    `The log ends before position ${position}, from which it should be followed. It is another log, or was restored from an older backup.`,
  );
}

import type { AllStreamSubscription, KurrentDBClient, Position, ResolvedEvent } from '@kurrent/kurrentdb-client';
import { commitPosition } from './reader.js';
import type { ServerFilter } from './server-filter.js';

export type FeedItem =
  | { readonly kind: 'event'; readonly resolved: ResolvedEvent; readonly position: bigint }
  /** The server has examined everything up to here. */
  | { readonly kind: 'position'; readonly position: bigint }
  /** The server has sent all there was. */
  | { readonly kind: 'caughtUp' }
  /** The consumer is too slow, and has to catch up by reading. This is the last item. */
  | { readonly kind: 'overflow' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** How many events may wait for the consumer. */
const CAPACITY = 256;

/**
 * One live subscription of the client, as a bounded queue. A slow consumer never holds up the server, so the server
 * never drops us. Memory is bounded: what does not fit ends the feed instead.
 */
export class LiveFeed {
  readonly #subscription: AllStreamSubscription;
  readonly #queue: FeedItem[] = [];
  /** Notices that belong after events which the stream holds already but has not emitted. */
  readonly #notices: { readonly behind: number; readonly item: FeedItem }[] = [];
  #received = 0;
  #isOver = false;
  #wake: (() => void) | undefined;

  constructor(client: KurrentDBClient, after: bigint | undefined, filter: ServerFilter) {
    const onPosition = async (_: unknown, { commit }: Position): Promise<void> => {
      this.#notice({ kind: 'position', position: commit });
    };
    this.#subscription = client.subscribeToAll({
      fromPosition: after === undefined ? 'start' : { commit: after, prepare: after },
      filter: filter.toFilter({
        checkpointReached: onPosition,
        // The server counts every record and reports each time the interval is full. With an interval of 1, a record
        // that is filtered out is reported at once. That also makes its own catching up slow, which is why we have
        // caught up by reading before.
        ...(filter.isSelective ? { maxSearchWindow: 1, checkpointInterval: 1 } : { checkpointInterval: 32 }),
      }),
    });
    this.#subscription
      // Without this listener an error would end the process.
      .on('error', (error: unknown) => this.#end({ kind: 'failed', error }))
      .on('end', () => this.#end({ kind: 'failed', error: new Error('The connection was closed by the server.') }))
      .on('caughtUp', () => this.#notice({ kind: 'caughtUp' }))
      .on('data', (resolved: ResolvedEvent) => this.#receive(resolved));
  }

  /** Undefined when the signal aborts. */
  async next(signal: AbortSignal): Promise<FeedItem | undefined> {
    while (!signal.aborted) {
      const item = this.#queue.shift();
      if (item !== undefined) return item;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          signal.removeEventListener('abort', wake);
          this.#wake = undefined;
          resolve();
        };
        this.#wake = wake;
        signal.addEventListener('abort', wake);
      });
    }
    return undefined;
  }

  close(): void {
    this.#isOver = true;
    // If the call never came about, there is nothing to cancel.
    this.#subscription.unsubscribe().catch(() => undefined);
  }

  #receive(resolved: ResolvedEvent): void {
    this.#received += 1;
    const position = commitPosition(resolved);
    if (position !== undefined) this.#push({ kind: 'event', resolved, position });
    while (this.#notices[0] !== undefined && this.#notices[0].behind <= this.#received) {
      const notice = this.#notices.shift();
      if (notice) this.#push(notice.item);
    }
  }

  #notice(item: FeedItem): void {
    const behind = this.#received + this.#subscription.readableLength;
    if (behind === this.#received) this.#push(item);
    else this.#notices.push({ behind, item });
  }

  #push(item: FeedItem): void {
    if (this.#isOver) return;
    if (item.kind === 'position' && this.#queue.at(-1)?.kind === 'position') this.#queue.pop();
    if (this.#queue.length >= CAPACITY) {
      this.#queue.length = 0;
      this.#end({ kind: 'overflow' });
      return;
    }
    this.#queue.push(item);
    this.#wake?.();
  }

  #end(item: FeedItem): void {
    if (this.#isOver) return;
    this.#queue.push(item);
    this.close();
    this.#wake?.();
  }
}

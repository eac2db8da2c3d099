import { categoryOf, type EventStore, type Position } from '@streamvault/event-store';
import type { Writable } from 'node:stream';
import type { PublicCategory } from '../context/context.js';
import type { EventRegistry, ReadEvent } from '../event-registry.js';
import { followLog } from '../log/follow-log.js';
import { toLoggedEvent } from '../log/logged-event.js';
import type { ProjectionRunner } from '../projections/projection-runner.js';
import type { KernelLogger } from '../projections/projection.js';
import { LiveFeedFull, MOST_VIEWERS, REPLAYED_AT_ONCE, ReplayTurns } from './live-limits.js';

export interface LiveFeedParts {
  readonly store: EventStore;
  readonly registry: EventRegistry;
  readonly projections: ProjectionRunner;
  /** The current state of each active recording, which no event describes. Sent once a second if there are any. */
  readonly progress: () => readonly object[];
  /** The categories that are sent out. Internal bookkeeping is not included. */
  readonly categories: Readonly<Record<string, PublicCategory>>;
  readonly logger: KernelLogger;
}

const progressEveryMilliseconds = 1000;
const heartbeatEveryMilliseconds = 15_000;
/** How long an event waits for the read models. A poisoned projection must not freeze the feed. */
const readModelsMilliseconds = 1000;

/** What one viewer receives, if that is not everything. */
export interface ViewerScope {
  /** Whether this viewer receives categories that need this permission. */
  may(permission: string): boolean;
  /** Whether this viewer receives an event of those categories. Default: all of them. */
  event?(event: ReadEvent): Promise<boolean>;
  /** Whether this viewer receives the progress of an active recording. Default: of all. */
  progress?(recording: object): boolean;
}

interface Viewer {
  readonly scope: ViewerScope | undefined;
  readonly out: Writable;
  /** A viewer that cannot keep up gets only the newest progress. */
  isFull: boolean;
}

/** The live feed: what happens, as server-sent events (WHATWG HTML, section 9.2). */
export class LiveFeed {
  readonly #parts: LiveFeedParts;
  readonly #viewers = new Set<Viewer>();
  readonly #replays = new ReplayTurns();
  readonly #closing = new AbortController();
  #ticker: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(parts: LiveFeedParts) {
    this.#parts = parts;
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  /** Why there is no room for one more viewer, if so. */
  full(): LiveFeedFull | undefined {
    return this.#viewers.size < MOST_VIEWERS
      ? undefined
      : new LiveFeedFull(`The live feed has its maximum of ${MOST_VIEWERS} viewers. Close some, or try again later.`);
  }

  /** @throws LiveFeedFull if there is no room for one more */
  admit(isReplay: boolean): void {
    const full = this.full();
    if (full) throw full;
    if (isReplay && this.#replays.isFull)
      throw new LiveFeedFull('Too many viewers of the live feed are catching up. Try again in a few seconds.');
  }

  /**
   * Writes the feed until the viewer leaves or the feed closes.
   * @param after the last position that the viewer has seen
   */
  async send(out: Writable, after: Position | undefined, gone: AbortSignal, scope?: ViewerScope): Promise<void> {
    const { categories, store, registry, logger } = this.#parts;
    const signal = AbortSignal.any([gone, this.#closing.signal]);
    const viewer: Viewer = { out, scope, isFull: false };
    this.#viewers.add(viewer);
    this.#start();
    out.write('retry: 1000\n\n');
    this.#write(viewer, progressMessage(seenBy(viewer, this.#parts.progress())));
    const endTurn = after === undefined ? () => undefined : await this.#replays.take(signal);
    let isReplay = after !== undefined;
    let told = 0;
    try {
      await followLog({
        store,
        registry,
        filter: { categories: seenCategories(categories, scope) },
        from: after ?? 'end',
        signal,
        handle: async (event) => {
          await this.#tell(viewer, event, signal);
          told += 1;
          if (isReplay && told % REPLAYED_AT_ONCE === 0) await this.#replays.pause();
        },
        onCaughtUp: () => {
          isReplay = false;
          endTurn();
          out.write('event: caughtUp\ndata: {}\n\n');
        },
        onError: (error) => logger.warn('The live feed lost the log and connects again', { error }),
      });
    } finally {
      endTurn();
      this.#viewers.delete(viewer);
      if (this.#viewers.size === 0) this.#rest();
      out.end();
    }
  }

  close(): void {
    this.#closing.abort();
    this.#rest();
  }

  async #tell(viewer: Viewer, event: ReadEvent, signal: AbortSignal): Promise<void> {
    // The read models get the event first: a viewer that queries them because of this event finds it there.
    const { categories, projections } = this.#parts;
    const { projection = null } = categories[categoryOf(event.stream) ?? ''] ?? {};
    if (projection !== null)
      await projections.waitFor(event.position, { timeoutMs: readModelsMilliseconds, projections: [projection] });
    if (viewer.scope?.event && !(await viewer.scope.event(event))) return;
    const data = JSON.stringify(toLoggedEvent(event));
    if (!viewer.out.write(`id: ${event.position}\nevent: event\ndata: ${data}\n\n`)) await drained(viewer.out, signal);
  }

  #write(viewer: Viewer, message: string): void {
    if (viewer.isFull || viewer.out.destroyed) return;
    if (viewer.out.write(message)) return;
    viewer.isFull = true;
    viewer.out.once('drain', () => (viewer.isFull = false));
  }

  #start(): void {
    this.#ticker ??= setInterval(() => {
      const recordings = this.#parts.progress();
      if (recordings.length === 0) return;
      const message = progressMessage(recordings);
      for (const viewer of this.#viewers)
        this.#write(viewer, viewer.scope?.progress ? progressMessage(seenBy(viewer, recordings)) : message);
    }, progressEveryMilliseconds);
    // A comment line from time to time keeps proxies open and reveals half-open connections.
    this.#heartbeat ??= setInterval(() => {
      for (const viewer of this.#viewers) this.#write(viewer, ': still here\n\n');
    }, heartbeatEveryMilliseconds);
  }

  #rest(): void {
    clearInterval(this.#ticker);
    clearInterval(this.#heartbeat);
    this.#ticker = this.#heartbeat = undefined;
  }
}

const seenCategories = (all: LiveFeedParts['categories'], scope: ViewerScope | undefined): string[] =>
  Object.entries(all)
    .filter(([, { permission }]) => permission === undefined || !scope || scope.may(permission))
    .map(([category]) => category);

const seenBy = ({ scope }: Viewer, recordings: readonly object[]): readonly object[] =>
  scope?.progress ? recordings.filter((recording) => scope.progress?.(recording)) : recordings;

const progressMessage = (recordings: readonly object[]): string =>
  `event: progress\ndata: ${JSON.stringify({ recordings })}\n\n`;

async function drained(out: Writable, signal: AbortSignal): Promise<void> {
  if (out.destroyed || signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => resolve();
  out.once('drain', done).once('close', done);
  signal.addEventListener('abort', done, { once: true });
  await promise;
  out.off('drain', done).off('close', done);
  signal.removeEventListener('abort', done);
}

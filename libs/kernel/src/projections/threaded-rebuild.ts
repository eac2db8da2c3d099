import type { Position } from '@streamvault/event-store';
import { beginWithYoungGeneration, OwnedThread } from '@streamvault/threads';
import type { AheadProgress, BuildsAhead } from './build-ahead.js';
import type { Projection } from './projection.js';
import type { FromThread, RebuildSettings, ToThread } from './rebuild-messages.js';

/** Events per transaction: rows that several of them change are read and written once. */
const batchSize = 3000;
/** A batch, and what MikroORM makes of it, take a third of that; without a bound V8 lets garbage lie for as long as there is memory. */
const resourceLimits = { maxOldGenerationSizeMb: 88, maxYoungGenerationSizeMb: 24 };
/** A batch dies young, if it is given the room. V8 reckons with three of them to a young generation. */
const semiSpaceMb = 8;
/** Between one projection and the next: to begin a thread takes a second. */
const idleMilliseconds = 5000;
const stopMilliseconds = 5000;

/**
 * Builds in a thread of its own, one projection after the other: whoever asks the server for something meanwhile does not wait behind
 * whole batches. The thread ends when there is nothing to do.
 */
export class ThreadedRebuild implements BuildsAhead {
  readonly #settings: RebuildSettings;
  #thread: OwnedThread<ToThread, FromThread> | undefined;
  #idle: NodeJS.Timeout | undefined;
  /** What the build under way makes of the thread's news. */
  #take: (news: FromThread) => void = () => {};

  /** @param program of the thread: it takes {@link ToThread} and answers {@link FromThread} */
  constructor(
    private readonly program: URL,
    { databaseUrl, eventStoreUrl }: Pick<RebuildSettings, 'eventStoreUrl' | 'databaseUrl'>,
  ) {
    this.#settings = { batchSize, databaseUrl, eventStoreUrl };
  }

  async build({ name }: Projection, { onPosition, signal }: AheadProgress): Promise<void> {
    if (signal.aborted) return;
    clearTimeout(this.#idle);
    const thread = (this.#thread ??= this.#begin());
    let late: NodeJS.Timeout | undefined;
    const stop = () => {
      thread.post({ kind: 'stop' });
      late = setTimeout(() => void thread.terminate(), stopMilliseconds);
    };
    signal.addEventListener('abort', stop);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#take = (news) => {
          if (news.kind === 'position') onPosition(news.position as Position);
          else if (news.error === undefined) resolve();
          else reject(news.error);
        };
        thread.post({ kind: 'build', projection: name });
      });
    } finally {
      signal.removeEventListener('abort', stop);
      clearTimeout(late);
      if (signal.aborted) this.#close();
      else this.#idle = setTimeout(() => this.#close(), idleMilliseconds).unref();
    }
  }

  #begin(): OwnedThread<ToThread, FromThread> {
    const thread: OwnedThread<ToThread, FromThread> = new OwnedThread(
      {
        program: this.program,
        name: 'rebuild',
        data: this.#settings,
        resourceLimits,
        beforeThread: () => beginWithYoungGeneration(semiSpaceMb),
      },
      {
        message: (news) => this.#take(news),
        ended: (why = new Error('The thread of rebuilds ended.')) => {
          // One that was closed has nothing under way.
          if (this.#thread !== thread) return;
          this.#thread = undefined;
          this.#take({ kind: 'end', error: why });
        },
      },
    );
    // It is waited for while it builds; when it is idle, nobody need wait for it.
    thread.keepAlive(false);
    return thread;
  }

  #close(): void {
    this.#thread?.post({ kind: 'close' });
    this.#thread = undefined;
  }
}

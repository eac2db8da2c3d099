import type { Position } from '@streamvault/event-store';
import { beginWithYoungGeneration, OwnedThread } from '@streamvault/threads';
import type { AheadProgress, BuildsAhead } from './build-ahead.js';
import type { Projection } from './projection.js';
import type { FromThread, RebuildSettings, ToThread } from './rebuild-messages.js';

/** Events per transaction: rows that several of them change are read and written once. */
const batchSize = 3000;
/**
 * A batch, and what MikroORM makes of it, take a third of this. Without a limit V8 keeps garbage as long as there is
 * memory.
 */
const resourceLimits = { maxOldGenerationSizeMb: 88, maxYoungGenerationSizeMb: 24 };
/** A batch becomes garbage quickly if it has enough room. V8 counts three of these in a young generation. */
const semiSpaceMb = 8;
/** How long an idle thread is kept between projections: starting one takes a second. */
const idleMilliseconds = 5000;
const stopMilliseconds = 5000;

/**
 * Builds in a thread of its own, one projection after the other, so that requests to the server do not wait for whole
 * batches. The thread ends when there is nothing to do.
 */
export class ThreadedRebuild implements BuildsAhead {
  readonly #settings: RebuildSettings;
  #thread: OwnedThread<ToThread, FromThread> | undefined;
  #idle: NodeJS.Timeout | undefined;
  /** Handles messages of the thread for the current build. */
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
        ended: (why = new Error('The rebuild thread ended.')) => {
          // A closed thread has no running build.
          if (this.#thread !== thread) return;
          this.#thread = undefined;
          this.#take({ kind: 'end', error: why });
        },
      },
    );
    // The process waits for it while it builds, but not when it is idle.
    thread.keepAlive(false);
    return thread;
  }

  #close(): void {
    this.#thread?.post({ kind: 'close' });
    this.#thread = undefined;
  }
}

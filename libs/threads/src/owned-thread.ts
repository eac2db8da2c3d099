import { parentPort, type ResourceLimits, Worker, workerData } from 'node:worker_threads';
import { Heartbeat, watchHeartbeat, type HeartbeatWatcher } from './heartbeat.js';

export interface ThreadOptions {
  /** The thread's program: it starts with {@link threadOwner}. */
  readonly program: URL;
  readonly name: string;
  /** What the thread is started with. Copied, so no functions. */
  readonly data: object;
  readonly resourceLimits?: ResourceLimits;
  /**
   * Called right before the thread is made; the returned function is called when it runs. The layout of a heap is set
   * for the whole process.
   */
  readonly beforeThread?: () => () => void;
  /** It has streams of its own: shared ones would make the standard output of this process non-blocking. */
  readonly hasOwnOutput?: boolean;
  /** Called when its heart stops; without it, the thread is not watched. */
  readonly watcher?: HeartbeatWatcher;
}

/** Receives from the thread. Messages arrive in the order in which they were sent. */
export interface ThreadListener<FromThread> {
  message(message: FromThread): void;
  /**
   * Called once, when the thread is gone.
   * @param why what broke it; undefined if it ended by itself
   */
  ended(why: Error | undefined): void;
}

/**
 * A thread as its owner sees it: messages in both directions, a heartbeat, and one report when it is gone. The content
 * of messages is up to each thread. The thread's own side is {@link threadOwner}.
 */
export class OwnedThread<ToThread, FromThread> {
  readonly heart = new Heartbeat();
  /** Settles when the thread is gone, for any reason. */
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  #why: Error | undefined;

  constructor(options: ThreadOptions, listener: ThreadListener<FromThread>) {
    const { beforeThread, data, hasOwnOutput = false, name, program, resourceLimits, watcher } = options;
    const hasBegun = beforeThread?.() ?? ((): void => undefined);
    this.#worker = new Worker(program, {
      name,
      workerData: { ...data, heart: this.heart.shared },
      stdout: hasOwnOutput,
      stderr: hasOwnOutput,
      ...(resourceLimits && { resourceLimits }),
    });
    this.#worker.once('online', hasBegun).once('exit', hasBegun);
    const watch = watcher && watchHeartbeat(this.heart, watcher);
    const broke = (error: unknown): void => void (this.#why ??= error as Error);
    this.#worker.on('message', (message: FromThread) => listener.message(message));
    this.#worker.on('error', broke).on('messageerror', (error) => {
      broke(error);
      void this.terminate();
    });
    this.ended = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        watch?.stop();
        listener.ended(this.#why ?? (code === 0 ? undefined : new Error(`it ended with code ${code}`)));
        resolve();
      });
    });
  }

  post(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  /** Whether the thread keeps the process from ending. */
  keepAlive(isNeeded: boolean): void {
    if (isNeeded) this.#worker.ref();
    else this.#worker.unref();
  }

  /** Ends it immediately. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  /** Asks it to end with a message that it knows, and terminates it if it takes too long. */
  async close(message: ToThread, withinMs = Infinity): Promise<void> {
    this.keepAlive(true);
    const late = Number.isFinite(withinMs) ? setTimeout(() => void this.terminate(), withinMs) : undefined;
    this.post(message);
    await this.ended;
    clearTimeout(late);
  }
}

/** The owner of a thread, as the thread sees it. */
export interface ThreadOwner<Data, ToThread, FromThread> {
  readonly data: Data;
  readonly heart: Heartbeat;
  readonly tell: (message: FromThread) => void;
  readonly listen: (handle: (message: ToThread) => void) => void;
  /** Stops listening: the thread ends when its work is done. */
  readonly leave: () => void;
}

/**
 * Called first in the program of an {@link OwnedThread}: its heart beats from here on.
 * @throws Error outside of a thread
 */
export function threadOwner<Data, ToThread = never, FromThread = never>(): ThreadOwner<Data, ToThread, FromThread> {
  if (parentPort === null) throw new Error('This is the code of a thread, not a program.');
  const port = parentPort;
  // OwnedThread passes it.
  const data = workerData as Data & { readonly heart: SharedArrayBuffer };
  const heart = new Heartbeat(data.heart);
  const stopBeating = heart.beat();
  return {
    data,
    heart,
    tell: (message) => port.postMessage(message),
    listen: (handle) => void port.on('message', handle),
    leave: () => {
      stopBeating();
      port.close();
    },
  };
}

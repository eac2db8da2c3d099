import { parentPort, type ResourceLimits, Worker, workerData } from 'node:worker_threads';
import { Heartbeat, watchHeartbeat, type HeartbeatWatcher } from './heartbeat.js';

export interface ThreadOptions {
  /** The thread's program: it begins with {@link threadOwner}. */
  readonly program: URL;
  readonly name: string;
  /** What the thread is begun with. Copied, so no functions. */
  readonly data: object;
  readonly resourceLimits?: ResourceLimits;
  /** Called right before the thread is made, and what it returns when it runs: how a heap is laid out is up to the whole process. */
  readonly beforeThread?: () => () => void;
  /** It has streams of its own: shared ones would make the standard output of this process a non-blocking one. */
  readonly hasOwnOutput?: boolean;
  /** Who hears that its heart stands still; nobody watches where it is left out. */
  readonly watcher?: HeartbeatWatcher;
}

/** What the other side does. Messages come in the order in which they were sent. */
export interface ThreadListener<FromThread> {
  message(message: FromThread): void;
  /** Once, when the thread is gone. @param why what broke it; undefined where it ended by itself */
  ended(why: Error | undefined): void;
}

/**
 * A thread of ours as the one who began it has it: messages there and back, a heartbeat, and one word when it is gone. What is
 * said in these messages is up to each thread. The thread's own side is {@link threadOwner}.
 */
export class OwnedThread<ToThread, FromThread> {
  readonly heart = new Heartbeat();
  /** Settles when the thread is gone, whatever became of it. */
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

  /** Ends it where it is. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  /** Asks it to end, by a message that it knows, and ends it where it takes longer. */
  async close(message: ToThread, withinMs = Infinity): Promise<void> {
    this.keepAlive(true);
    const late = Number.isFinite(withinMs) ? setTimeout(() => void this.terminate(), withinMs) : undefined;
    this.post(message);
    await this.ended;
    clearTimeout(late);
  }
}

/** The one who began this thread, as the thread has it. */
export interface ThreadOwner<Data, ToThread, FromThread> {
  readonly data: Data;
  readonly heart: Heartbeat;
  readonly tell: (message: FromThread) => void;
  readonly listen: (handle: (message: ToThread) => void) => void;
  /** Listens no more: the thread ends when its work is done. */
  readonly leave: () => void;
}

/** Called first of all in the program of an {@link OwnedThread}: its heart beats from here on. @throws Error outside of a thread */
export function threadOwner<Data, ToThread = never, FromThread = never>(): ThreadOwner<Data, ToThread, FromThread> {
  if (parentPort === null) throw new Error('This is the code of a thread, not a program.');
  const port = parentPort;
  // OwnedThread gives it.
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

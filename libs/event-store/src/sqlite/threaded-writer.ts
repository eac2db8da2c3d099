import { messageOf } from '@streamvault/failures';
import { existsSync } from 'node:fs';
import { setImmediate } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { Heartbeat, type HeartbeatWatch, watchHeartbeat } from '@streamvault/threads';
import { EventStoreUnavailable } from '../errors.js';
import { fromErrorMessage } from './error-message.js';
import {
  type FromWriter,
  isWritten,
  pack,
  type Settled,
  type ToWriter,
  type Write,
  type WriterData,
  type Written,
} from './writer-messages.js';

/** A write that was asked for, and whoever waits for it. */
interface Pending {
  readonly write: Write;
  readonly resolve: (written: Written) => void;
  readonly reject: (error: unknown) => void;
}

/** A write that is in the log, with its result. */
export interface Committed {
  readonly write: Write;
  readonly written: Written;
}

/**
 * The log's writer in a thread of its own, so that an fsync, be it as slow as that of a NAS, holds up nobody but those who wait for
 * it. Writes are sent once per turn of the event loop; what arrives while a commit is under way shares the next one.
 *
 * A thread that ends unasked takes the store down: what was pending is rejected, and so is everything after.
 */
export class ThreadedWriter {
  readonly #worker: Worker;
  readonly #path: string;
  readonly #ended: Promise<void>;
  readonly #watch: HeartbeatWatch;
  #isStalled = false;
  /** Oldest first; the last `#unsent` of them not yet sent. */
  #pending: Pending[] = [];
  #unsent = 0;
  #isClosing = false;
  #whenIdle: (() => void)[] = [];
  #lastFailure: Error | undefined;
  #death: EventStoreUnavailable | undefined;
  /** Called before anybody is told: these were committed, and the log now ends at `head`. Must not throw. */
  onCommit: (head: number, committed: readonly Committed[]) => void = () => {};
  /** Called once, when the thread has ended without being asked to. */
  onDeath: (death: EventStoreUnavailable) => void = () => {};

  /** @throws EventStoreError where the log cannot be opened once more */
  static async start(path: string, reserveBytes = 0): Promise<ThreadedWriter> {
    const heart = new Heartbeat();
    const worker = startWorker({ path, reserveBytes, heart: heart.shared });
    const first = await firstMessage(worker, path);
    if (first.kind !== 'refused') return new ThreadedWriter(worker, path, heart);
    await worker.terminate();
    throw fromErrorMessage(first.error);
  }

  private constructor(worker: Worker, path: string, heart: Heartbeat) {
    this.#worker = worker;
    this.#path = path;
    this.#watch = watchHeartbeat(heart, {
      // An fsync may take as long as its disk does, and nothing can end it: silence is told, and only death is acted upon.
      deadMs: Infinity,
      stalled: () => (this.#isStalled = true),
      back: () => (this.#isStalled = false),
      dead: () => undefined,
    });
    // A log that nobody writes to keeps no program from ending.
    worker.unref();
    worker.on('message', (message: FromWriter) => message.kind === 'settled' && this.#settle(message));
    worker.on('error', (error) => this.#die(error));
    worker.on('messageerror', (error) => this.#die(error));
    this.#ended = new Promise((resolve) => {
      worker.once('exit', (code) => {
        if (!this.#isClosing || this.#pending.length > 0) this.#die(`it ended with code ${code}`);
        resolve();
      });
    });
  }

  /** Why the last commit failed; undefined as soon as one succeeded again. */
  get lastFailure(): Error | undefined {
    return this.#lastFailure;
  }

  /** Why nothing will be written any more; undefined while the thread lives. */
  get death(): EventStoreUnavailable | undefined {
    return this.#death;
  }

  /** Whether the thread has given no sign of life for some seconds: its disk does not answer, most likely. */
  get isStalled(): boolean {
    return this.#isStalled;
  }

  /** Gives what `asResult` makes of the outcome. Writes are committed in the order they were asked for. */
  write<T>(write: Write, asResult: (written: Written) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#death !== undefined) return reject(this.#death);
      this.#pending.push({ write, resolve: (written) => resolve(asResult(written)), reject });
      this.#unsent += 1;
      if (this.#unsent === 1) setImmediate(() => this.#send());
      if (this.#pending.length === 1) this.#worker.ref();
    });
  }

  /** Once everything asked for so far is settled. */
  idle(): Promise<void> {
    if (this.#pending.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** Brings the log's file in order and ends the thread. Nothing may be pending. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#death === undefined) {
      this.#worker.ref();
      this.#post({ kind: 'close' });
    }
    await this.#ended;
    this.#watch.stop();
  }

  #send(): void {
    if (this.#unsent === 0) return;
    const writes = this.#pending.slice(-this.#unsent).map(({ write }) => pack(write));
    this.#unsent = 0;
    this.#post({ kind: 'write', writes });
  }

  #post(message: ToWriter): void {
    this.#worker.postMessage(message);
  }

  #settle({ outcomes, head, lastFailure }: Settled): void {
    this.#isStalled = false;
    this.#lastFailure = lastFailure && fromErrorMessage(lastFailure);
    const settled = this.#pending.splice(0, outcomes.length);
    const committed: Committed[] = [];
    for (const [index, { write }] of settled.entries()) {
      const outcome = outcomes[index];
      if (outcome !== undefined && isWritten(outcome)) committed.push({ write, written: outcome });
    }
    this.onCommit(head, committed);
    for (const [index, { resolve, reject }] of settled.entries()) {
      const outcome = outcomes[index];
      if (outcome === undefined) reject(new Error('A write was never attempted.'));
      else if (isWritten(outcome)) resolve(outcome);
      else reject(fromErrorMessage(outcome));
    }
    this.#restIfIdle();
  }

  /** What was pending may have been stored or not: who appends again with the same ids finds out. */
  #die(cause: unknown): void {
    if (this.#death !== undefined) return;
    this.#death = new EventStoreUnavailable(
      `The writer of the event log ${this.#path} has died (${messageOf(cause)}). Nothing can be stored any more: restart StreamVault.`,
      { cause },
    );
    this.#unsent = 0;
    this.#watch.stop();
    for (const { reject } of this.#pending.splice(0)) reject(this.#death);
    this.#restIfIdle();
    this.onDeath(this.#death);
  }

  #restIfIdle(): void {
    if (this.#pending.length > 0) return;
    this.#worker.unref();
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }
}

/** Built, this file's neighbour is JavaScript. Where tests run the sources, Node runs them too, once it is told where they are. */
function startWorker(data: WriterData): Worker {
  // With streams of its own: shared ones would make this process's standard output a non-blocking one.
  const options: WorkerOptions = { workerData: data, name: 'event log', stdout: true, stderr: true };
  const built = new URL('log-writer-thread.js', import.meta.url);
  if (existsSync(fileURLToPath(built))) return new Worker(built, options);
  const loader = new URL('typescript-sources.testing.mjs', import.meta.url);
  return new Worker(new URL('log-writer-thread.ts', import.meta.url), {
    ...options,
    execArgv: ['--no-warnings', '--import', loader.href],
  });
}

async function firstMessage(worker: Worker, path: string): Promise<FromWriter> {
  try {
    return await new Promise<FromWriter>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`it ended with code ${code}`)));
    });
  } catch (cause) {
    throw new EventStoreUnavailable(`The writer of the event log ${path} cannot start (${messageOf(cause)}).`, {
      cause,
    });
  }
}

import { messageOf } from '@streamvault/failures';
import { setImmediate } from 'node:timers';
import { extname } from 'node:path';
import { OwnedThread } from '@streamvault/threads';
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

/**
 * An fsync takes as long as its disk does, and nothing can end it; a server that stores nothing is of no use either. Longer than any disk
 * takes that will answer, and soon enough for whatever starts another server.
 */
const SILENT_FOR_GOOD_MS = 60_000;

/** A requested write, with its waiting caller. */
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
 * The log's writer in a thread of its own, so that an fsync, even one as slow as on a NAS, blocks only those who wait
 * for it. Writes are sent once per turn of the event loop; what arrives during a commit shares the next one.
 *
 * If the thread ends unexpectedly, the store ends too: pending and later writes are rejected.
 */
export class ThreadedWriter {
  readonly #thread: OwnedThread<ToWriter, FromWriter>;
  readonly #path: string;
  readonly #opened = Promise.withResolvers<void>();
  #isStalled = false;
  /** Oldest first; the last `#unsent` of them are not sent yet. */
  #pending: Pending[] = [];
  #unsent = 0;
  #isClosing = false;
  #whenIdle: (() => void)[] = [];
  #lastFailure: Error | undefined;
  #death: EventStoreUnavailable | undefined;
  /**
   * Called before the writes' results are delivered: these were committed, and the log now ends at `head`. Must not
   * throw.
   */
  onCommit: (head: number, committed: readonly Committed[]) => void = () => {};
  /** Called once, if the thread has ended unexpectedly. */
  onDeath: (death: EventStoreUnavailable) => void = () => {};

  /** @throws EventStoreError if the log cannot be opened by the thread */
  static async start(path: string, reserveBytes = 0, silentMs = SILENT_FOR_GOOD_MS): Promise<ThreadedWriter> {
    const writer = new ThreadedWriter({ path, reserveBytes }, silentMs);
    try {
      await writer.#opened.promise;
    } catch (error) {
      await writer.#thread.ended;
      throw error;
    }
    return writer;
  }

  private constructor(data: WriterData, silentMs: number) {
    this.#path = data.path;
    const watcher = {
      deadMs: silentMs,
      stalled: () => (this.#isStalled = true),
      back: () => (this.#isStalled = false),
      dead: () => {
        this.#die(`it gave no sign of life for ${Math.round(silentMs / 1000)} s: its disk does not answer`);
        // When what it waits for is over.
        void this.#thread.terminate();
      },
    };
    const program = programBeside(import.meta.url);
    this.#thread = new OwnedThread<ToWriter, FromWriter>(
      { program, name: 'event log', data, hasOwnOutput: true, watcher },
      { message: (message) => this.#take(message), ended: (why) => this.#ended(why ?? 'it ended') },
    );
  }

  /** Why the last commit failed; undefined as soon as one succeeds again. */
  get lastFailure(): Error | undefined {
    return this.#lastFailure;
  }

  /** Why nothing can be written any more; undefined while the thread lives. */
  get death(): EventStoreUnavailable | undefined {
    return this.#death;
  }

  /** Whether the thread has given no sign of life for some seconds, probably because its disk does not answer. */
  get isStalled(): boolean {
    return this.#isStalled;
  }

  /** Returns what `asResult` makes of the outcome. Writes are committed in the order of the calls. */
  write<T>(write: Write, asResult: (written: Written) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#death !== undefined) return reject(this.#death);
      this.#pending.push({ write, resolve: (written) => resolve(asResult(written)), reject });
      this.#unsent += 1;
      if (this.#unsent === 1) setImmediate(() => this.#send());
      if (this.#pending.length === 1) this.#thread.keepAlive(true);
    });
  }

  /** Resolves once everything requested so far has settled. */
  idle(): Promise<void> {
    if (this.#pending.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** Tidies the log's file and ends the thread. Nothing may be pending. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await (this.#death === undefined ? this.#thread.close({ kind: 'close' }) : this.#thread.ended);
  }

  #send(): void {
    if (this.#unsent === 0) return;
    const writes = this.#pending.slice(-this.#unsent).map(({ write }) => pack(write));
    this.#unsent = 0;
    this.#thread.post({ kind: 'write', writes });
  }

  #take(message: FromWriter): void {
    switch (message.kind) {
      case 'ready':
        // An idle log must not keep the process alive.
        this.#thread.keepAlive(false);
        return this.#opened.resolve();
      case 'refused':
        this.#isClosing = true;
        this.#opened.reject(fromErrorMessage(message.error));
        return void this.#thread.terminate();
      case 'settled':
        return this.#settle(message);
      default:
        return message satisfies never;
    }
  }

  #ended(why: unknown): void {
    this.#opened.reject(
      new EventStoreUnavailable(`The writer of the event log ${this.#path} cannot start (${messageOf(why)}).`, {
        cause: why,
      }),
    );
    if (!this.#isClosing || this.#pending.length > 0) this.#die(why);
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

  /** Pending writes may or may not have been stored. Appending again with the same ids finds out. */
  #die(cause: unknown): void {
    if (this.#death !== undefined) return;
    this.#death = new EventStoreUnavailable(
      `The writer of the event log ${this.#path} has died (${messageOf(cause)}). Nothing can be stored any more: restart StreamVault.`,
      { cause },
    );
    this.#unsent = 0;
    for (const { reject } of this.#pending.splice(0)) reject(this.#death);
    this.#restIfIdle();
    this.onDeath(this.#death);
  }

  #restIfIdle(): void {
    if (this.#pending.length > 0) return;
    this.#thread.keepAlive(false);
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }
}

/** Built it is JavaScript as this file is; where tests run the sources, their preloaded `scripts/typescript-sources.mjs` runs it too. */
const programBeside = (file: string): URL => new URL(`log-writer-thread${extname(file)}`, file);

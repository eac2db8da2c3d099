import { EventIdConflict, WrongExpectedRevision } from '../errors.js';
import type { EventStore, NonEmptyArray, RecordedEvent } from '../port.js';
import { LogDigest } from './log-digest.js';
import { asOriginal, appendsRecorded, withTimeInMetadata } from './recorded-events.js';
import { LogsDiffer } from './transfer-errors.js';

const MAX_BATCH = 500;
/** In UTF-16 units. By default, older servers refuse appends above 1 MiB. */
const MAX_BATCH_SIZE = 256 * 1024;

export interface TransferProgress {
  readonly phase: 'comparing' | 'copying' | 'verifying';
  /** Events so far in this phase. */
  readonly events: number;
}

export interface TransferOptions {
  readonly onProgress?: (progress: TransferProgress) => void;
  /** Ends it with the signal's reason. The same transfer can be repeated and continues from there. */
  readonly signal?: AbortSignal;
}

export interface TransferResult {
  readonly events: number;
  /** How many of them were not there before. */
  readonly appended: number;
  /** See {@link LogDigest}. */
  readonly hash: string;
}

export interface TransferSteps {
  /** When the target has all events. */
  readonly onCopied?: () => Promise<void>;
  /** Called with each event that was read back from the target. */
  readonly onStored?: (event: RecordedEvent) => Promise<void>;
}

/**
 * Makes the target contain exactly these events in their order. What it already contains must be their beginning; that
 * is how an interrupted transfer continues. At the end the target is read back and compared.
 * @throws LogsDiffer
 */
export async function copyEvents(
  source: AsyncIterable<RecordedEvent>,
  target: EventStore,
  options: TransferOptions = {},
  { onCopied, onStored }: TransferSteps = {},
): Promise<TransferResult> {
  const { onProgress, signal } = options;
  const digest = new LogDigest();
  const there = new Existing(target);
  const batch = new Batch(target);
  let appended = 0;
  for await (const event of source) {
    signal?.throwIfAborted();
    const size = digest.add(event);
    if (await there.holds(digest)) {
      if (digest.events % MAX_BATCH === 0) onProgress?.({ phase: 'comparing', events: digest.events });
      continue;
    }
    appended += 1;
    if (await batch.add(asOriginal(event), size)) onProgress?.({ phase: 'copying', events: appended });
  }
  await there.requireEnd(digest.events);
  await batch.flush();
  onProgress?.({ phase: 'copying', events: appended });
  await onCopied?.();
  const stored = new LogDigest();
  for await (const event of target.readAll()) {
    signal?.throwIfAborted();
    stored.add(event);
    await onStored?.(event);
    if (stored.events % MAX_BATCH === 0) onProgress?.({ phase: 'verifying', events: stored.events });
  }
  if (stored.events !== digest.events || stored.hash !== digest.hash) {
    throw new LogsDiffer(
      `The target holds ${stored.events} events (${stored.hash}) and the source ${digest.events} (${digest.hash}): ` +
        'something else wrote to it meanwhile. Start again with an empty target.',
    );
  }
  return { events: digest.events, appended, hash: digest.hash };
}

/** What the target contained at the beginning. */
class Existing {
  readonly #events: AsyncIterator<RecordedEvent>;
  readonly #digest = new LogDigest();
  #isOver = false;

  constructor(target: EventStore) {
    this.#events = target.readAll()[Symbol.asyncIterator]();
  }

  /** Whether the target contains the last of these events too; false from its end on. */
  async holds(expected: LogDigest): Promise<boolean> {
    if (this.#isOver) return false;
    const next = await this.#events.next();
    if (next.done === true) {
      this.#isOver = true;
      return false;
    }
    this.#digest.add(next.value);
    if (this.#digest.hash === expected.hash) return true;
    await this.#events.return?.();
    throw new LogsDiffer(
      `Event ${expected.events} of the target (revision ${next.value.revision} of ${next.value.stream}) is not that of the ` +
        'source. Nothing was written; name an empty target, or the one that this transfer began with.',
    );
  }

  async requireEnd(events: number): Promise<void> {
    if (this.#isOver || (await this.#events.next()).done === true) return;
    await this.#events.return?.();
    throw new LogsDiffer(`The target contains more than the ${events} events of the source. Nothing was written.`);
  }
}

/** Collects events for one append. */
class Batch {
  readonly #target: EventStore;
  #events: RecordedEvent[] = [];
  #size = 0;

  constructor(target: EventStore) {
    this.#target = target;
  }

  /** True if this call wrote the batch. */
  async add(event: RecordedEvent, size: number): Promise<boolean> {
    const isFull = this.#events.length >= MAX_BATCH || this.#size + size > MAX_BATCH_SIZE;
    const isForeign = !appendsRecorded(this.#target) && this.#events.at(-1)?.stream !== event.stream;
    const writes = this.#events.length > 0 && (isFull || isForeign);
    if (writes) await this.flush();
    this.#events.push(event);
    this.#size += size;
    return writes;
  }

  async flush(): Promise<void> {
    const [first, ...rest] = this.#events.splice(0);
    this.#size = 0;
    if (first === undefined) return;
    try {
      await this.#append([first, ...rest]);
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision || error instanceof EventIdConflict)) throw error;
      throw new LogsDiffer(
        `Revision ${first.revision} of ${first.stream}, or one soon after, has no place in the target. ${error.message} ` +
          'Are events missing in the source, or does another program write to the target?',
        { cause: error },
      );
    }
  }

  async #append(events: NonEmptyArray<RecordedEvent>): Promise<void> {
    if (appendsRecorded(this.#target)) return this.#target.appendRecorded(events);
    const [first] = events;
    const out = events.find((event, index) => event.revision !== first.revision + BigInt(index));
    if (out !== undefined) throw new WrongExpectedRevision(out.stream, out.revision - 1n, first.revision);
    const [head, ...tail] = events.map(withTimeInMetadata);
    if (head === undefined) return;
    const expected = first.revision === 0n ? 'no_stream' : first.revision - 1n;
    await this.#target.append(first.stream, [head, ...tail], expected);
  }
}

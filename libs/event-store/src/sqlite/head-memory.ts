import { errorCode } from '@streamvault/failures';
import { existsSync, readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import type { LogHead, VerifyOptions } from '../log-verification.js';
import { parsePosition } from '../position.js';
import type { ChainTable } from './chain-table.js';
import { hashAt, headOf } from './verify-chain.js';

/** How often the head is written while the log grows. This limits how much of a lost end can go unnoticed. */
const INTERVAL_MS = 5_000;

interface LostHead extends LogHead {
  /** ISO 8601: when it was noticed that the log does not contain it. */
  readonly noticedAt: string;
}

interface Kept {
  readonly head: LogHead;
  readonly lost: LostHead | undefined;
}

/**
 * The log's last head, in a small file beside it (`events.db.head`). A log that lost its WAL, or whose file was
 * replaced by an older one, is consistent in itself: only a record of its former end shows the loss. It also shows
 * events that were changed and hashed again.
 *
 * A loss stays in the file, and is reported at each start, until an operator removes the file.
 */
export class HeadMemory {
  readonly #file: string;
  readonly #log: ChainTable;
  readonly #timer: NodeJS.Timeout;
  #written: LogHead | undefined;
  #lost: LostHead | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, log: ChainTable) {
    this.#file = `${path}.head`;
    this.#log = log;
    const kept = readKept(this.#file);
    this.#written = kept?.head;
    this.#lost = kept && this.#missing(kept);
    this.#timer = setInterval(() => void this.#keep(), INTERVAL_MS).unref();
  }

  get findings(): readonly string[] {
    const lost = this.#lost;
    if (lost === undefined) return [];
    const remedy =
      `Restore a newer backup, or delete ${this.#file} to accept the log as it is. Files of recordings that the log does not ` +
      'no longer knows may still lie in DATA_DIR/work.';
    return this.#log.hashAt(Number(lost.position)) === undefined || this.#log.end().position < Number(lost.position)
      ? [
          `The event log went back: it had reached position ${lost.position}, but ended before that when it was opened at ` +
            `${lost.noticedAt}. Its WAL was lost, or an older file was put in its place. ${remedy}`,
        ]
      : [
          `The event log is not the one it was: the event at position ${lost.position}, or one before it, differs from the ` +
            `last time (noticed at ${lost.noticedAt}). An older file was put in its place, or events were changed. ${remedy}`,
        ];
  }

  /** Writes the head once more. The log must still be open, and nothing may be written to it any more. */
  close(): Promise<void> {
    clearInterval(this.#timer);
    return this.#keep();
  }

  #missing({ head, lost }: Kept): LostHead | undefined {
    // The lost events may be back, because the right file was restored.
    if (lost !== undefined && hashAt(this.#log, lost.position) !== lost.hash) return lost;
    if (head.position === 0n || hashAt(this.#log, head.position) === head.hash) return undefined;
    return { ...head, noticedAt: new Date().toISOString() };
  }

  /** The head is read at once; it is written when the running write has ended. */
  #keep(): Promise<void> {
    let head: LogHead;
    try {
      head = headOf(this.#log.end());
    } catch {
      // The disk is away. The file then has an older head, which the log contains too.
      return this.#writing;
    }
    this.#writing = this.#writing.then(async () => {
      try {
        if (this.#lost !== undefined && this.#written !== undefined && !existsSync(this.#file)) this.#lost = undefined;
        if (head.hash === this.#written?.hash && existsSync(this.#file)) return;
        await write(this.#file, { head, lost: this.#lost });
        this.#written = head;
      } catch {
        // For example a full disk: as above.
      }
    });
    return this.#writing;
  }
}

/** Verifies against the head that was last written beside the log, unless the caller has a better one. */
export function withKeptHead(path: string, options: VerifyOptions): VerifyOptions {
  if (options.expectedHead !== undefined) return options;
  const kept = readKept(`${path}.head`);
  const expectedHead = kept?.lost ?? kept?.head;
  const { from } = options;
  // A check that begins after it never reaches it.
  if (expectedHead === undefined || (from !== undefined && from > expectedHead.position)) return options;
  return { ...options, expectedHead };
}

async function write(file: string, { head, lost }: Kept): Promise<void> {
  const temporary = `${file}.tmp`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify({ ...asText(head), ...(lost && { lost: asText(lost) }) })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}

const asText = <Head extends LogHead>(head: Head) => ({ ...head, position: String(head.position) });

/** Also undefined if the file is torn: then nothing is known, as before it was first written. */
function readKept(file: string): Kept | undefined {
  try {
    const kept: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const head = headIn(kept);
    if (head === undefined) return undefined;
    const before: unknown = typeof kept === 'object' && kept !== null && 'lost' in kept ? kept.lost : undefined;
    const lost = headIn(before);
    const isDated = typeof before === 'object' && before !== null && 'noticedAt' in before;
    return { head, lost: lost && { ...lost, noticedAt: isDated ? String(before.noticedAt) : 'an earlier start' } };
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) !== undefined) return undefined;
    throw error;
  }
}

function headIn(value: unknown): LogHead | undefined {
  if (typeof value !== 'object' || value === null || !('position' in value) || !('hash' in value)) return undefined;
  const position = parsePosition(String(value.position));
  const hash = String(value.hash);
  return position === undefined || !/^[\da-f]{64}$/.test(hash) ? undefined : { position, hash };
}

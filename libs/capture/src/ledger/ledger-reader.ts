import { errorCode } from '@streamvault/failures';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { decodeEntry, LEDGER_FILE, requireHeader } from './entries.js';
import { Ledger } from './ledger.js';

const CHUNK_BYTES = 1 << 20;
const NEWLINE = 0x0a;

/**
 * Reads a recording's ledger while it grows: each refresh reads only what was added. It never writes, so any number of
 * readers may work beside the engine. If a recovery cut the ledger, it is read again from the start.
 */
export class LedgerReader {
  readonly #file: string;
  #ledger: Ledger | undefined;
  /**
   * The last whole line, with its place. It is read again on each refresh, to notice a ledger that was cut and has
   * grown again.
   */
  #last: { readonly at: number; readonly bytes: Buffer } | undefined;
  #refreshing: Promise<Ledger | undefined> | undefined;
  #damagedLines = 0;

  constructor(readonly directory: string) {
    this.#file = path.join(directory, LEDGER_FILE);
  }

  /** Number of whole lines that were not understood and skipped. */
  get damagedLines(): number {
    return this.#damagedLines;
  }

  /**
   * The ledger as it is now; undefined if there is none yet. The same object grows from call to call, until a recovery
   * cuts the file or it is deleted.
   * @throws LedgerUnusable
   */
  refresh(): Promise<Ledger | undefined> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #refresh(): Promise<Ledger | undefined> {
    const handle = await openIfThere(this.#file);
    if (handle === undefined) {
      this.#forget();
      return undefined;
    }
    try {
      if (this.#last !== undefined && !(await holds(handle, this.#last))) this.#forget();
      await this.#readOn(handle);
    } finally {
      await handle.close();
    }
    return this.#ledger;
  }

  #forget(): void {
    this.#ledger = undefined;
    this.#last = undefined;
    this.#damagedLines = 0;
  }

  async #readOn(handle: FileHandle): Promise<void> {
    let position = this.#last === undefined ? 0 : this.#last.at + this.#last.bytes.length;
    let rest = Buffer.alloc(0);
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, position);
      if (bytesRead === 0) return;
      const start = position - rest.length;
      position += bytesRead;
      const block = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      rest = Buffer.from(block.subarray(this.#take(block, start)));
    }
  }

  /** Takes the whole lines of a block that begins at `start` in the file, and returns how many bytes they had. */
  #take(block: Buffer, start: number): number {
    let from = 0;
    let end: number;
    while ((end = block.indexOf(NEWLINE, from)) !== -1) {
      this.#takeLine(block.toString('utf8', from, end));
      this.#last = { at: start + from, bytes: block.subarray(from, end + 1) };
      from = end + 1;
    }
    // Copies the line, because keeping a slice would keep the whole block of a mebibyte.
    if (this.#last !== undefined) this.#last = { at: this.#last.at, bytes: Buffer.from(this.#last.bytes) };
    return from;
  }

  #takeLine(line: string): void {
    if (this.#ledger === undefined) {
      this.#ledger = new Ledger(requireHeader(line));
      return;
    }
    const entry = decodeEntry(line);
    if (entry === undefined || !this.#ledger.apply(entry)) this.#damagedLines += 1;
  }
}

/**
 * The whole ledger of a folder, read once; undefined if there is none.
 * @throws LedgerUnusable
 */
export const readLedger = (directory: string): Promise<Ledger | undefined> => new LedgerReader(directory).refresh();

async function openIfThere(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'r');
  } catch (error) {
    // A missing ledger is a valid answer. Checking first would race with its creation.
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function holds(handle: FileHandle, line: { readonly at: number; readonly bytes: Buffer }): Promise<boolean> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(line.bytes.length), 0, line.bytes.length, line.at);
  return bytesRead === line.bytes.length && buffer.equals(line.bytes);
}

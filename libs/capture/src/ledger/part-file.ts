import { errorCode } from '@streamvault/failures';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { BLOCK_BYTES, bytesOf, PAGE_BYTES, type Block, type Piece } from '../memory/block-pool.js';
import { O_DIRECT, type DirectWrites } from './direct-writes.js';
import { LedgerMissing } from './entries.js';
import { writeFully } from './files.js';

/** Bytes to write. A piece of a block is written directly from its memory if possible. */
export type Chunk = Buffer | Piece;

export const chunkBytes = (chunk: Chunk): Buffer => (Buffer.isBuffer(chunk) ? chunk : bytesOf(chunk));

const { O_CREAT, O_EXCL, O_RDWR } = constants;
/** The errors by which file systems refuse writes past the cache. */
const REFUSALS: ReadonlySet<string> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP']);
/**
 * Writes that begin within this many bytes of a file go through the cache, which takes them at once. Past the cache
 * they would wait for the disk, which is busy when many recordings begin together.
 */
const BEGINNING_BYTES = 64 << 10;
const ceil = (bytes: number): number => Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
const floor = (bytes: number): number => bytes - (bytes % PAGE_BYTES);

/**
 * The file of a part. It is written at its end, and can be set back to what was kept.
 *
 * Past the system's cache only whole pages can be written, from memory on page boundaries (open(2), O_DIRECT). So the
 * last page is remembered as far as it is filled, and written again with what follows. Until `cut`, zeros up to the
 * next page may follow the file's bytes. If the file system does not support this, everything goes through the cache.
 */
export class PartFile {
  #handle: FileHandle;
  #isDirect = false;
  /** The file system refused writes past its cache. */
  #isRefused = false;
  /** Number of bytes, whether they are in the file yet or not. */
  #end = 0;
  /** The bytes in the last page. */
  readonly #page = Buffer.alloc(PAGE_BYTES);
  /** The file does not have the last page as it is here yet. */
  #isPageOwed = false;
  #keptEnd = 0;
  readonly #keptPage = Buffer.alloc(PAGE_BYTES);
  /** The greatest length that the file may have. */
  #extent = 0;

  private constructor(
    private readonly path: string,
    handle: FileHandle,
    private readonly direct: DirectWrites | undefined,
  ) {
    this.#handle = handle;
  }

  /** @throws EEXIST where there is such a file: it may be another recorder's */
  static async create(path: string, direct?: DirectWrites): Promise<PartFile> {
    return new PartFile(path, await open(path, O_RDWR | O_CREAT | O_EXCL), direct);
  }

  get end(): number {
    return this.#end;
  }

  /** Drops everything written since `keep`. */
  rewind(): void {
    this.#end = this.#keptEnd;
    this.#keptPage.copy(this.#page);
    this.#isPageOwed = false;
  }

  /** Keeps everything written so far. It must be settled. */
  keep(): void {
    this.#keptEnd = this.#end;
    this.#page.copy(this.#keptPage);
  }

  /**
   * Writes after the existing bytes. If that fails, nothing was written.
   * @param settles nothing follows for now, so an incomplete page is written too
   */
  async write(chunks: readonly Chunk[], settles = false): Promise<void> {
    await this.#adapt();
    if (this.#isDirect) {
      try {
        await this.#writePages(chunks, settles);
        return;
      } catch (error) {
        // A file system shows only by trying which memory and lengths it accepts (open(2), O_DIRECT).
        if (!REFUSALS.has(errorCode(error) ?? '')) throw error;
        this.#isRefused = true;
        await this.#adapt();
      }
    }
    const owed = this.#isPageOwed ? this.#end % PAGE_BYTES : 0;
    const buffers = chunks.map(chunkBytes);
    const all = owed > 0 ? [this.#page.subarray(0, owed), ...buffers] : buffers;
    const from = this.#end - owed;
    this.#extent = Math.max(this.#extent, this.#end + lengthOf(chunks));
    await writeFully(this.#handle, all, from);
    this.#remember(chunks);
    this.#isPageOwed = false;
  }

  /** After this, everything is in the file. */
  async settle(): Promise<void> {
    if (this.#isPageOwed) await this.write([], true);
  }

  async #writePages(chunks: readonly Chunk[], settles: boolean): Promise<void> {
    const { direct } = this;
    const begun = this.#end % PAGE_BYTES;
    const there = begun + lengthOf(chunks);
    const bytes = settles ? ceil(there) : floor(there);
    if (bytes > 0 && direct !== undefined) {
      const borrowed: Block[] = [];
      const from = this.#end - begun;
      try {
        const vector = this.#inPlace(chunks, begun, bytes) ?? this.#copied(chunks, begun, bytes, direct, borrowed);
        this.#extent = Math.max(this.#extent, from + bytes);
        await direct.run(async () => void (await writeFully(this.#handle, vector, from)));
      } finally {
        for (const block of borrowed) block.release();
      }
    }
    this.#remember(chunks);
    this.#isPageOwed = !settles && this.#end % PAGE_BYTES > 0;
  }

  /** The chunks in their own memory, if they are aligned there as in the file; undefined if not. */
  #inPlace(chunks: readonly Chunk[], begun: number, bytes: number): Buffer[] | undefined {
    const pieces: Piece[] = [];
    for (const chunk of chunks) {
      if (Buffer.isBuffer(chunk)) return undefined;
      const before = pieces.at(-1);
      if (before !== undefined && before.block === chunk.block && before.end === chunk.start)
        pieces[pieces.length - 1] = { ...before, end: chunk.end };
      else {
        const fits =
          before === undefined ? chunk.start % PAGE_BYTES === begun : isWhole(before.end) && isWhole(chunk.start);
        if (!fits) return undefined;
        pieces.push(chunk);
      }
    }
    const [first] = pieces;
    const last = pieces.at(-1);
    if (first === undefined || last === undefined) return undefined;
    // Earlier bytes of the first page belong in front. After the last byte, no bytes of others may be written out.
    this.#page.copy(first.block.bytes, first.start - begun, 0, begun);
    if (!isWhole(last.end) && begun + lengthOf(chunks) < bytes) last.block.bytes.fill(0, last.end, ceil(last.end));
    let left = bytes;
    return pieces.map(({ block, start, end }, index) => {
      const from = index === 0 ? start - begun : start;
      const view = block.bytes.subarray(from, Math.min(ceil(end), from + left));
      left -= view.length;
      return view;
    });
  }

  /** @param borrowed receives the blocks that the bytes were copied into */
  #copied(chunks: readonly Chunk[], begun: number, bytes: number, { pool }: DirectWrites, borrowed: Block[]): Buffer[] {
    const vector: Buffer[] = [];
    let [at, left] = [0, bytes];
    const put = (source: Buffer): void => {
      for (let from = 0; from < source.length && left > 0;) {
        let target = vector.at(-1);
        if (target === undefined || at === target.length) {
          const block = pool.take();
          borrowed.push(block);
          target = block.bytes.subarray(0, Math.min(BLOCK_BYTES, left));
          vector.push(target);
          at = 0;
        }
        const copied = source.copy(target, at, from);
        from += copied;
        at += copied;
        left -= copied;
      }
    };
    put(this.#page.subarray(0, begun));
    for (const chunk of chunks) put(chunkBytes(chunk));
    vector.at(-1)?.fill(0, at);
    return vector;
  }

  #remember(chunks: readonly Chunk[]): void {
    const end = this.#end + lengthOf(chunks);
    const pageAt = floor(end);
    let at = this.#end;
    for (const chunk of chunks) {
      const bytes = chunkBytes(chunk);
      const skipped = Math.max(0, pageAt - at);
      if (skipped < bytes.length) bytes.copy(this.#page, Math.max(at, pageAt) - pageAt, skipped);
      at += bytes.length;
    }
    this.#end = end;
  }

  /** Reopens the file in the mode that is wanted now. */
  async #adapt(): Promise<void> {
    const isDirect = this.#end >= BEGINNING_BYTES && this.direct?.wanted === true && !this.#isRefused;
    if (isDirect === this.#isDirect) return;
    let handle: FileHandle;
    try {
      handle = await open(this.path, isDirect ? O_RDWR | (O_DIRECT ?? 0) : O_RDWR);
    } catch (error) {
      if (!isDirect || !REFUSALS.has(errorCode(error) ?? '')) throw error;
      this.#isRefused = true;
      return;
    }
    try {
      const [there, mine] = await Promise.all([handle.stat(), this.#handle.stat()]);
      if (there.ino !== mine.ino || there.dev !== mine.dev) throw new LedgerMissing(this.path);
    } catch (error) {
      await handle.close();
      throw error;
    }
    const before = this.#handle;
    this.#handle = handle;
    this.#isDirect = isDirect;
    await before.close();
  }

  /** Makes the bytes survive a power cut. */
  datasync(): Promise<void> {
    return this.#handle.datasync();
  }

  /** Truncates the file to what is kept. */
  async cut(): Promise<void> {
    if (this.#extent > this.#keptEnd) await this.#handle.truncate(this.#keptEnd);
    this.#extent = this.#keptEnd;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

const isWhole = (bytes: number): boolean => bytes % PAGE_BYTES === 0;
const lengthOf = (chunks: readonly Chunk[]): number => chunks.reduce((sum, chunk) => sum + sizeOf(chunk), 0);
const sizeOf = (chunk: Chunk): number => (Buffer.isBuffer(chunk) ? chunk.length : chunk.end - chunk.start);

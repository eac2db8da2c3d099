import { errorCode } from '@streamvault/failures';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { BLOCK_BYTES, bytesOf, PAGE_BYTES, type Block, type Piece } from '../memory/block-pool.js';
import { O_DIRECT, type DirectWrites } from './direct-writes.js';
import { LedgerMissing } from './entries.js';
import { writeFully } from './files.js';

/** Bytes to be written: a piece of a block goes to the disk from where it stands, where it can. */
export type Chunk = Buffer | Piece;

export const chunkBytes = (chunk: Chunk): Buffer => (Buffer.isBuffer(chunk) ? chunk : bytesOf(chunk));

const { O_CREAT, O_RDWR, O_TRUNC } = constants;
/** How file systems say that they cannot be written to past the cache. */
const REFUSALS: ReadonlySet<string> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP']);
/**
 * What begins within the first so many bytes of a file goes through the cache. There it is at once; past it, it waits for whatever the disk
 * does for others, and where many begin at once that is much.
 */
const BEGINNING_BYTES = 64 << 10;
const ceil = (bytes: number): number => Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
const floor = (bytes: number): number => bytes - (bytes % PAGE_BYTES);

/**
 * The file of a part, written to at its end, and set back to what was kept of it.
 *
 * Past the system's cache only whole pages can be written, from memory on page boundaries (open(2), O_DIRECT). So the last page is
 * remembered as far as there is something in it, and written once more with what follows; behind the end of the file's bytes there may
 * be zeros, up to the next page, until `cut`. Where the file system wants none of it, everything goes through the cache.
 */
export class PartFile {
  #handle: FileHandle;
  #isDirect = false;
  /** The file system refused to have it written past its cache. */
  #isRefused = false;
  /** How many bytes there are, be they in the file yet or not. */
  #end = 0;
  /** What of them is in the last page. */
  readonly #page = Buffer.alloc(PAGE_BYTES);
  /** The last page is not in the file as it is here. */
  #isPageOwed = false;
  #keptEnd = 0;
  readonly #keptPage = Buffer.alloc(PAGE_BYTES);
  /** How long the file may be. */
  #extent = 0;

  private constructor(
    private readonly path: string,
    handle: FileHandle,
    private readonly direct: DirectWrites | undefined,
  ) {
    this.#handle = handle;
  }

  /** Makes the file, or empties it. */
  static async create(path: string, direct?: DirectWrites): Promise<PartFile> {
    return new PartFile(path, await open(path, O_RDWR | O_CREAT | O_TRUNC), direct);
  }

  get end(): number {
    return this.#end;
  }

  /** What was written since is as good as never written. */
  rewind(): void {
    this.#end = this.#keptEnd;
    this.#keptPage.copy(this.#page);
    this.#isPageOwed = false;
  }

  /** All there is, is kept. It must be settled. */
  keep(): void {
    this.#keptEnd = this.#end;
    this.#page.copy(this.#keptPage);
  }

  /**
   * Writes behind what there is. Where that fails, nothing was written.
   * @param settles that is all for now: what does not fill its page is written all the same
   */
  async write(chunks: readonly Chunk[], settles = false): Promise<void> {
    await this.#adapt();
    if (this.#isDirect) {
      try {
        await this.#writePages(chunks, settles);
        return;
      } catch (error) {
        // Which memory and which lengths are to its liking, a file system only tells by taking them (open(2), O_DIRECT).
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

  /** Everything is in the file when this is done. */
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

  /** The chunks as they stand in memory, where they stand there as they will in the file; undefined where they do not. */
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
    // What was there before in the first page belongs in front; behind the last byte nothing may be told that is somebody else's.
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

  /** @param borrowed is given the blocks that the bytes were copied into */
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

  /** Has the file open in the way that is wanted now. */
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

  /** What there is survives a power cut. */
  datasync(): Promise<void> {
    return this.#handle.datasync();
  }

  /** Has the file end where what is kept ends. */
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

/** The unit of disks and of the system's cache. Memory that is written past the cache begins on such a boundary. */
export const PAGE_BYTES = 4096;
/**
 * Large enough for one read of a busy socket, and small enough that a partly filled block for each of some hundred
 * bodies costs little.
 */
export const BLOCK_BYTES = 128 << 10;

const BLOCKS_PER_SLAB = 32;
/** WebAssembly's own unit, unrelated to the system's. */
const WASM_PAGE_BYTES = 64 << 10;

/** Node has it, but only the types for browsers declare it. */
declare const WebAssembly: {
  readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => {
    readonly buffer: ArrayBuffer;
  };
};

interface Slab {
  readonly free: Block[];
  /** A block of it was requested since the last trim. */
  used: boolean;
}

/** Memory on page boundaries, used again once all holders have given it back. */
export class Block {
  #holders = 0;

  constructor(
    readonly bytes: Buffer,
    private readonly slab: Slab,
  ) {}

  hold(): void {
    this.#holders += 1;
  }

  /** To be called once for each `hold`. */
  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.slab.free.push(this);
  }
}

/** Bytes of a block. Bytes before and after them in the block belong to the same body, or are unused. */
export interface Piece {
  readonly block: Block;
  readonly start: number;
  readonly end: number;
}

export const bytesOf = ({ block, start, end }: Piece): Buffer => block.bytes.subarray(start, end);

export const lengthOf = (pieces: readonly Piece[]): number =>
  pieces.reduce((sum, { start, end }) => sum + end - start, 0);

/**
 * Reusable memory for received bytes. Node makes a new buffer for every read of a socket. At hundreds of megabits per
 * second V8 then collects garbage constantly, in all of its threads, which costs as much as all other receiving. Bytes
 * that a socket has read into memory on page boundaries can also be written to the disk from there.
 */
export class BlockPool {
  /** Blocks are taken from the first slab that has one, so that the last slabs become free first. */
  #slabs: Slab[] = [];

  /** @returns a block that is held once, by the caller */
  take(): Block {
    const slab = this.#slabs.find(({ free }) => free.length > 0) ?? this.#make();
    slab.used = true;
    const block = slab.free.pop() ?? this.take();
    block.hold();
    return block;
  }

  #make(): Slab {
    const memory = pagedMemory(BLOCKS_PER_SLAB * BLOCK_BYTES);
    const slab: Slab = { free: [], used: false };
    for (let index = BLOCKS_PER_SLAB - 1; index >= 0; index -= 1)
      slab.free.push(new Block(Buffer.from(memory, index * BLOCK_BYTES, BLOCK_BYTES), slab));
    this.#slabs.push(slab);
    return slab;
  }

  /** Releases slabs that were not used since the last call. A block that is still held keeps its memory alive. */
  trim(): void {
    this.#slabs = this.#slabs.filter(({ used }) => used);
    for (const slab of this.#slabs) slab.used = false;
  }
}

/**
 * Only WebAssembly's memories are sure to begin on a page, of all that JavaScript can request. They go back to the
 * system as a whole. If none is available (each reserves some gigabytes of address space), ordinary memory is used; it
 * is then not written past the cache.
 */
function pagedMemory(bytes: number): ArrayBuffer {
  const pages = bytes / WASM_PAGE_BYTES;
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer;
  } catch {
    return new ArrayBuffer(bytes);
  }
}

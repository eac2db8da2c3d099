/** What disks and the system's cache count in; memory that is written past the cache begins on such a boundary. */
export const PAGE_BYTES = 4096;
/** Large enough for a read of a busy socket, small enough that a few hundred bodies on their way do not mind the last one. */
export const BLOCK_BYTES = 128 << 10;

const BLOCKS_PER_SLAB = 32;
/** WebAssembly's unit, which has nothing to do with the system's. */
const WASM_PAGE_BYTES = 64 << 10;

/** Of Node, whose types leave it to those of browsers. */
declare const WebAssembly: {
  readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => {
    readonly buffer: ArrayBuffer;
  };
};

interface Slab {
  readonly free: Block[];
  /** Something of it was asked for since the last trim. */
  used: boolean;
}

/** Memory on page boundaries, used again once everybody who held it has given it back. */
export class Block {
  #holders = 0;

  constructor(
    readonly bytes: Buffer,
    private readonly slab: Slab,
  ) {}

  hold(): void {
    this.#holders += 1;
  }

  /** Once for each `hold`. */
  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.slab.free.push(this);
  }
}

/** Bytes of a block. What stands before and behind them in it belongs to the same body, or to nobody. */
export interface Piece {
  readonly block: Block;
  readonly start: number;
  readonly end: number;
}

export const bytesOf = ({ block, start, end }: Piece): Buffer => block.bytes.subarray(start, end);

export const lengthOf = (pieces: readonly Piece[]): number =>
  pieces.reduce((sum, { start, end }) => sum + end - start, 0);

/**
 * Memory for what is received, used again and again. Node makes a new buffer for every read of a socket; at hundreds of megabits that
 * has V8 collect without end, in all of its threads, and costs as much as all the rest of receiving. And what a socket has read into
 * memory on page boundaries can go from there to the disk as it is.
 */
export class BlockPool {
  /** The first that has something is taken from, so that the last are free first. */
  #slabs: Slab[] = [];

  /** @returns a block that is held once, by whoever asked */
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

  /** Lets go of what nobody asked anything of since the last call. Who still holds a block of it keeps it by that. */
  trim(): void {
    this.#slabs = this.#slabs.filter(({ used }) => used);
    for (const slab of this.#slabs) slab.used = false;
  }
}

/**
 * Of all that JavaScript can ask for, only WebAssembly's memories are sure to begin on a page. They go back to the system as a whole.
 * Where none can be had (each reserves some gigabytes of address space), any memory does: it is only not written past the cache then.
 */
function pagedMemory(bytes: number): ArrayBuffer {
  const pages = bytes / WASM_PAGE_BYTES;
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer;
  } catch {
    return new ArrayBuffer(bytes);
  }
}

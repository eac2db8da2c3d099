import type { OnReadOpts, Socket } from 'node:net';

/** The most that one read of a plain connection brings. */
const LARGE_BYTES = 64 << 10;
/** The most that one read of an encrypted one brings: a record of TLS (RFC 8446 section 5.1). */
const MEDIUM_BYTES = 16 << 10;
/** Less than that is copied into memory of its own: it is headers and playlists, which may be kept for any time. */
const SMALL_BYTES = 8 << 10;

/** So many blocks are had at once, and let go of at once: as one large piece, which goes back to the system and not only to the heap. */
const BLOCKS_PER_SLAB = 128;

interface Block {
  readonly bytes: Buffer;
  readonly slab: Slab;
  /** How much of it a read has filled. */
  filled: number;
  /** Up to where it was handed out. A parser hands out in order, so it has done with all that lies before. */
  handed: number;
  /** Pieces that somebody still holds. */
  held: number;
}

interface Slab {
  readonly blocks: readonly Block[];
  readonly free: Block[];
  /** Something of it was asked for since the last trim. */
  used: boolean;
}

/** Blocks of one size. */
class Shelf {
  /** The first that has something is taken from, so that the last are free first. */
  #slabs: Slab[] = [];

  constructor(
    private readonly blockBytes: number,
    /** Finds the slab that a piece lies in. */
    private readonly owners: WeakMap<ArrayBufferLike, Slab>,
  ) {}

  take(): Block {
    const slab = this.#slabs.find(({ free }) => free.length > 0) ?? this.#make();
    slab.used = true;
    return slab.free.pop() ?? this.take();
  }

  #make(): Slab {
    const { blockBytes } = this;
    const bytes = Buffer.allocUnsafeSlow(BLOCKS_PER_SLAB * blockBytes);
    const blocks: Block[] = [];
    const slab: Slab = { blocks, free: [], used: false };
    for (let at = 0; at < bytes.length; at += blockBytes) {
      blocks.push({ bytes: bytes.subarray(at, at + blockBytes), slab, filled: 0, handed: 0, held: 0 });
    }
    slab.free.push(...blocks.toReversed());
    this.owners.set(bytes.buffer, slab);
    this.#slabs.push(slab);
    return slab;
  }

  /**
   * Lets go of the slabs that nobody asked anything of. Who still holds a piece of one keeps it by that; a slab whose blocks were
   * all lost goes the same way.
   */
  trim(): void {
    this.#slabs = this.#slabs.filter(({ used }) => used);
    for (const slab of this.#slabs) slab.used = false;
  }
}

/**
 * Memory for what sockets receive, used again and again. Node makes a new buffer for every read; at hundreds of megabits that has V8
 * collect without end, in all of its threads, and costs as much as all the rest of receiving.
 *
 * A piece of a body that is kept must be announced, and given back when it is done with. A piece that never comes back costs nothing
 * but its block, which is then garbage like any other: what the parser kept for itself (chunk sizes, headers), or what was on its way
 * when a request ended.
 */
export class ReceiveMemory {
  /** All sockets read into this; what was read is out of it before the next one reads. */
  readonly #landing = Buffer.allocUnsafeSlow(LARGE_BYTES);
  readonly #slabs = new WeakMap<ArrayBufferLike, Slab>();
  readonly #medium = new Shelf(MEDIUM_BYTES, this.#slabs);
  readonly #large = new Shelf(LARGE_BYTES, this.#slabs);

  /** For `net.connect` and `tls.connect`. */
  readonly onread: OnReadOpts;

  constructor() {
    const receive = (bytes: number): Buffer => this.#receive(bytes);
    const callback = function (this: Socket, bytes: number): boolean {
      return this.push(receive(bytes));
    };
    // Node calls it as the socket's own method, which its types do not say. Its answer tells whether to read on.
    this.onread = { buffer: this.#landing, callback };
  }

  #receive(bytes: number): Buffer {
    const received = this.#landing.subarray(0, bytes);
    if (bytes < SMALL_BYTES) return Buffer.from(received);
    const block = (bytes > MEDIUM_BYTES ? this.#large : this.#medium).take();
    block.filled = bytes;
    block.handed = 0;
    block.held = 0;
    received.copy(block.bytes);
    return block.bytes.subarray(0, bytes);
  }

  /** Announces that a piece is held beyond the call that handed it out. Pieces of other memory are none of its business. */
  hold(piece: Buffer): void {
    const block = this.#blockOf(piece);
    if (block === undefined) return;
    block.held += 1;
    block.handed = Math.max(block.handed, piece.byteOffset + piece.length - block.bytes.byteOffset);
  }

  /** Gives kept pieces back: nobody reads them any more. Once for each time that they were announced. */
  release(pieces: readonly Buffer[]): void {
    for (const piece of pieces) {
      const block = this.#blockOf(piece);
      if (block === undefined) continue;
      block.held -= 1;
      // Where not all was handed out, the parser may still have to look at the rest.
      if (block.held === 0 && block.handed === block.filled) block.slab.free.push(block);
    }
  }

  #blockOf(piece: Buffer): Block | undefined {
    const slab = this.#slabs.get(piece.buffer);
    return slab?.blocks[Math.floor((piece.byteOffset * slab.blocks.length) / piece.buffer.byteLength)];
  }

  /** Lets go of what nobody needed since the last call. To be called every now and then. */
  trim(): void {
    this.#medium.trim();
    this.#large.trim();
  }
}

import type { OnReadOpts, Socket } from 'node:net';

/** The most that one read of a plain connection brings. */
const LARGE_BYTES = 64 << 10;
/** The most that one read of an encrypted one brings: a record of TLS (RFC 8446 section 5.1). */
const MEDIUM_BYTES = 16 << 10;
/** Less than that is copied into memory of its own: it is headers and playlists, which may be kept for any time. */
const SMALL_BYTES = 8 << 10;

interface Block {
  readonly bytes: Buffer;
  readonly shelf: Shelf;
  /** How much of it a read has filled. */
  filled: number;
  /** Up to where it was handed out. A parser hands out in order, so it has done with all that lies before. */
  handed: number;
  /** Pieces that somebody still holds. */
  held: number;
}

/** Blocks of one size that nobody uses. */
interface Shelf {
  readonly blockBytes: number;
  readonly free: Block[];
  /** The fewest that were free since the last trim. */
  spare: number;
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
  readonly #blocks = new WeakMap<ArrayBufferLike, Block>();
  readonly #medium: Shelf = { blockBytes: MEDIUM_BYTES, free: [], spare: 0 };
  readonly #large: Shelf = { blockBytes: LARGE_BYTES, free: [], spare: 0 };

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
    const shelf = bytes > MEDIUM_BYTES ? this.#large : this.#medium;
    const block = shelf.free.pop() ?? this.#make(shelf);
    shelf.spare = Math.min(shelf.spare, shelf.free.length);
    block.filled = bytes;
    block.handed = 0;
    received.copy(block.bytes);
    return block.bytes.subarray(0, bytes);
  }

  #make(shelf: Shelf): Block {
    const bytes = Buffer.allocUnsafeSlow(shelf.blockBytes);
    const block: Block = { bytes, shelf, filled: 0, handed: 0, held: 0 };
    this.#blocks.set(bytes.buffer, block);
    return block;
  }

  /** Announces that a piece is kept beyond the call that handed it out. Pieces of other memory are none of its business. */
  hold(piece: Buffer): void {
    const block = this.#blocks.get(piece.buffer);
    if (block === undefined) return;
    block.held += 1;
    block.handed = Math.max(block.handed, piece.byteOffset + piece.length);
  }

  /** Gives kept pieces back: nobody reads them any more. Once for each time that they were announced. */
  release(pieces: readonly Buffer[]): void {
    for (const piece of pieces) {
      const block = this.#blocks.get(piece.buffer);
      if (block === undefined) continue;
      block.held -= 1;
      // Where not all was handed out, the parser may still have to look at the rest.
      if (block.held === 0 && block.handed === block.filled) block.shelf.free.push(block);
    }
  }

  /** Lets go of half of what was spare since the last time. To be called every now and then, and once more to let go of all. */
  trim(all = false): void {
    for (const shelf of [this.#medium, this.#large]) {
      shelf.free.splice(0, all ? shelf.free.length : Math.ceil(shelf.spare / 2));
      shelf.spare = shelf.free.length;
    }
  }
}

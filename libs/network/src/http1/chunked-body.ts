import { BadAnswer } from './answer-head.js';

/** A chunk's size line or a trailer is never this long. */
const LONGEST_LINE = 8 << 10;
const SIZE = /^([\dA-Fa-f]{1,13})[\t ]*(?:;.*)?$/;
const LF = 0x0a;

/** Decodes a chunked body (RFC 9112 section 7.1). */
export class ChunkedBody {
  #state: 'size' | 'data' | 'data-end' | 'trailer' | 'over' = 'size';
  /** What is left of the current chunk. */
  #left = 0;
  #line = '';

  /** The last chunk and what follows it were read. */
  get over(): boolean {
    return this.#state === 'over';
  }

  /**
   * @param give called with each piece of the body, which is a part of what was received
   * @returns how many bytes belonged to the body; the rest is beyond its end
   * @throws BadAnswer
   */
  push(received: Buffer, give: (piece: Buffer) => void): number {
    let at = 0;
    while (at < received.length && this.#state !== 'over') {
      if (this.#state === 'data') {
        const piece = received.subarray(at, at + this.#left);
        at += piece.length;
        this.#left -= piece.length;
        if (this.#left === 0) this.#state = 'data-end';
        give(piece);
        continue;
      }
      const end = received.indexOf(LF, at);
      this.#line += received.toString('latin1', at, end < 0 ? received.length : end);
      if (this.#line.length > LONGEST_LINE) throw new BadAnswer('The size of a chunk does not end');
      if (end < 0) return received.length;
      at = end + 1;
      const line = this.#line.endsWith('\r') ? this.#line.slice(0, -1) : this.#line;
      this.#line = '';
      this.#take(line);
    }
    return at;
  }

  #take(line: string): void {
    switch (this.#state) {
      case 'size': {
        const size = SIZE.exec(line)?.[1];
        if (size === undefined) throw new BadAnswer('A chunk has no size');
        this.#left = Number.parseInt(size, 16);
        this.#state = this.#left === 0 ? 'trailer' : 'data';
        return;
      }
      case 'data-end':
        if (line !== '') throw new BadAnswer('A chunk is longer than it says');
        this.#state = 'size';
        return;
      case 'trailer':
        // The content of a trailer does not matter here.
        if (line === '') this.#state = 'over';
        return;
      case 'data':
      case 'over':
        return;
      default:
        this.#state satisfies never;
    }
  }
}

import { lengthOf, type Block, type BlockPool, type Piece } from '../memory/block-pool.js';
import type { FetchBudget } from './fetch-budget.js';
import type { Flow } from './http-exchange.js';

/**
 * Bytes of a segment that were received and not taken yet, within its share of the memory. Bytes beyond that stay with
 * the sender.
 */
export class ReceivedBody {
  #pieces: Piece[] = [];
  #bytes = 0;
  /** Where the next bytes go. */
  #block: Block | undefined;
  #at = 0;
  #flow: Flow | undefined;
  #held = false;
  #stretched = false;
  #awaited = false;
  #beingWritten = 0;
  readonly #giveBack: () => void;

  constructor(
    private readonly budget: FetchBudget,
    private readonly pool: BlockPool,
  ) {
    this.#giveBack = budget.begin();
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Its sender is being held back. */
  get held(): boolean {
    return this.#held;
  }

  /** There are enough bytes for a write. */
  get ready(): boolean {
    return this.#bytes >= this.budget.wanted || (this.#held && this.#awaited);
  }

  /** Sets the sender. */
  from(flow: Flow): void {
    this.#flow = flow;
  }

  /** Memory for the next bytes; there is always some. They count once {@link filled} is called. */
  room(): Buffer {
    const block = (this.#block ??= this.pool.take());
    return block.bytes.subarray(this.#at);
  }

  /**
   * This many bytes were put into the memory.
   * @returns them
   */
  filled(bytes: number): Buffer {
    const block = (this.#block ??= this.pool.take());
    const [start, end] = [this.#at, this.#at + bytes];
    const last = this.#pieces.at(-1);
    if (last?.block === block && last.end === start) this.#pieces[this.#pieces.length - 1] = { ...last, end };
    else {
      block.hold();
      this.#pieces.push({ block, start, end });
    }
    this.#at = end;
    this.#bytes += bytes;
    if (end === block.bytes.length) this.#leaveBlock();
    this.budget.note(bytes);
    this.#holdBackWhereFull();
    return block.bytes.subarray(start, end);
  }

  /** Takes bytes from other memory. */
  add(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) at += this.filled(chunk.copy(this.room(), 0, at)).length;
  }

  #holdBackWhereFull(): void {
    if (this.#held || this.#bytes < this.#limit) return;
    this.#held = true;
    this.#flow?.pause();
  }

  /**
   * If the memory is full, a body whose turn it is not, or that is being written, leaves room for the one that is
   * waited for.
   */
  get #limit(): number {
    const { share, hasRoom, least } = this.budget;
    if (hasRoom) return this.#stretched ? Infinity : share;
    return Math.max(least / 4, this.#awaited ? least - this.#beingWritten : 0);
  }

  /**
   * The taker has nothing else to do.
   * @returns whether the sender was held back until now, so that more may have come at once
   */
  await(): boolean {
    this.#awaited = true;
    return this.#release();
  }

  take(): Piece[] {
    const pieces = this.#pieces;
    this.#beingWritten += this.#bytes;
    this.#pieces = [];
    this.#bytes = 0;
    this.#release();
    return pieces;
  }

  /** The taken bytes are written, or will not be: their memory can be used again. */
  written(pieces: readonly Piece[]): void {
    this.#beingWritten -= this.#giveUp(pieces);
  }

  /** From now on it may hold more than its share, as long as there is room. */
  stretch(): void {
    this.#stretched = true;
    if (this.budget.hasRoom) this.#release();
  }

  /**
   * Drops what is there; the next bytes come from a new request.
   * @param lead how many bytes to leave free in front of the first one
   */
  clear(lead = 0): void {
    this.#giveUp(this.#pieces);
    this.#pieces = [];
    this.#bytes = 0;
    this.#leaveBlock();
    this.#at = lead;
    this.#held = false;
    this.#flow = undefined;
  }

  /** It is complete and taken, or never will be. */
  end(): void {
    this.#leaveBlock();
    this.#giveBack();
  }

  #leaveBlock(): void {
    this.#block?.release();
    this.#block = undefined;
    this.#at = 0;
  }

  /** @returns how many bytes that is */
  #giveUp(pieces: readonly Piece[]): number {
    const bytes = lengthOf(pieces);
    this.budget.note(-bytes);
    for (const { block } of pieces) block.release();
    return bytes;
  }

  #release(): boolean {
    if (!this.#held) return false;
    this.#held = false;
    this.#flow?.resume();
    return true;
  }
}

import { read } from 'node:fs';
import type { ServerResponse } from 'node:http';
import type { BorrowedFile, ByteRange } from '@streamvault/storage';
import { ChunkPool } from './chunk-pool.js';

/** Up to here a range is one read and one write. */
const atOnceBytes = 16 * 1024;
const chunks = new ChunkPool();
/** Memory for such reads, lent again: made new for each it would cost more to collect than the read itself. */
const pages: Buffer[] = [];
const mostPages = 64;

/**
 * Writes bytes of a file behind the head that was given to the response, and ends it. The next chunk is read while one is being sent, and
 * never more: a receiver that stops holds two. One that was promised more than there is gets its connection cut, or it
 * would wait. The file is released in any case.
 */
export function sendRange(response: ServerResponse, file: BorrowedFile, range: ByteRange): void {
  const { content } = file;
  if (content !== undefined) {
    response.end(content.subarray(range.start, range.end + 1));
    file.release();
    return;
  }
  if (range.end - range.start < atOnceBytes) sendAtOnce(response, file, range);
  else new RangeSending(response, file, range).begin();
}

function sendAtOnce(response: ServerResponse, file: BorrowedFile, { start, end }: ByteRange): void {
  const length = end - start + 1;
  const page = pages.pop() ?? Buffer.allocUnsafeSlow(atOnceBytes);
  read(file.fd, page, 0, length, start, (error, bytesRead) => {
    file.release();
    if (error || bytesRead < length) response.destroy();
    else
      response.end(page.subarray(0, length), () => {
        // Not reached where the receiver went away: then the system may still hold the memory, and it is left to the collector.
        if (pages.length < mostPages) pages.push(page);
      });
  });
}

class RangeSending {
  readonly #response: ServerResponse;
  readonly #file: BorrowedFile;
  readonly #end: number;
  /** Memory of the pool that this answer has. */
  readonly #taken = new Set<Buffer>();
  #position: number;
  #ready: { readonly chunk: Buffer; readonly length: number } | undefined;
  #readingInto: Buffer | undefined;
  #isWriting = false;
  #isOver = false;

  constructor(response: ServerResponse, file: BorrowedFile, { start, end }: ByteRange) {
    this.#response = response;
    this.#file = file;
    this.#position = start;
    this.#end = end;
  }

  begin(): void {
    // All was sent, or the receiver went away, which is no error. Either way the system has no more to do with the memory.
    this.#response.once('close', () => this.#close());
    this.#read();
  }

  #read(): void {
    if (this.#isOver || this.#readingInto || this.#ready || this.#position > this.#end) return;
    if (this.#isWriting && chunks.isCrowded) return;
    const chunk = chunks.take();
    this.#taken.add(chunk);
    const wanted = Math.min(chunk.length, this.#end - this.#position + 1);
    this.#readingInto = chunk;
    read(this.#file.fd, chunk, 0, wanted, this.#position, (error, bytesRead) => {
      this.#readingInto = undefined;
      if (this.#isOver) {
        this.#giveBack(chunk);
        this.#file.release();
        return;
      }
      // Only by cutting it off can a receiver be told that less comes than was promised.
      if (error || bytesRead === 0) {
        this.#giveBack(chunk);
        this.#response.destroy();
        return;
      }
      this.#position += bytesRead;
      this.#ready = { chunk, length: bytesRead };
      this.#write();
    });
  }

  #write(): void {
    if (this.#isOver || this.#isWriting || this.#ready === undefined) return;
    const { chunk, length } = this.#ready;
    this.#ready = undefined;
    this.#isWriting = true;
    this.#response.write(chunk.subarray(0, length), () => {
      this.#isWriting = false;
      this.#giveBack(chunk);
      this.#write();
      this.#read();
    });
    if (this.#position > this.#end) this.#response.end();
    else this.#read();
  }

  #giveBack(chunk: Buffer): void {
    if (this.#taken.delete(chunk)) chunks.giveBack(chunk);
  }

  #close(): void {
    this.#isOver = true;
    for (const chunk of this.#taken) if (chunk !== this.#readingInto) this.#giveBack(chunk);
    if (!this.#readingInto) this.#file.release();
  }
}

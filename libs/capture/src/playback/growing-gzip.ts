import { constants, crc32, deflateRawSync } from 'node:zlib';

/** As much text as is compressed for good at once. */
const blockBytes = 16 * 1024;
/** As far as Deflate looks back (RFC 1951). */
const windowBytes = 32 * 1024;

/** Magic, Deflate, nothing else (RFC 1952 section 2.3); the system is unknown. */
const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/**
 * Compresses a text that only ever grows at its end, between a head and a tail: what stands in the middle is compressed once. The result is
 * one gzip member (RFC 1952), made of blocks that each end at a byte and may refer to the text before them.
 */
export class GrowingGzip {
  #head: string | undefined;
  #blocks: Buffer[] = [];
  /** Of head and middle, in bytes as they are compressed already. */
  #done = 0;
  #sum = 0;
  #window: Buffer = Buffer.alloc(0);

  /** @param middle begins with what it was the last time */
  between(head: string, middle: string, tail: string): Buffer {
    if (head !== this.#head) this.#begin(head);
    // Addresses and numbers: a character is a byte.
    const text = Buffer.from(middle.slice(this.#done), 'latin1');
    for (let at = 0; text.length - at >= blockBytes; at += blockBytes) {
      this.#append(text.subarray(at, at + blockBytes));
      this.#done += blockBytes;
    }
    const rest = Buffer.from(middle.slice(this.#done) + tail, 'latin1');
    const last = deflateRawSync(rest, { ...(this.#window.length > 0 && { dictionary: this.#window }) });
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(crc32(rest, this.#sum), 0);
    trailer.writeUInt32LE((Buffer.byteLength(head, 'latin1') + middle.length + tail.length) % 2 ** 32, 4);
    return Buffer.concat([header, ...this.#blocks, last, trailer]);
  }

  #begin(head: string): void {
    this.#head = head;
    this.#blocks = [];
    this.#done = 0;
    this.#sum = 0;
    this.#window = Buffer.alloc(0);
    this.#append(Buffer.from(head, 'latin1'));
  }

  #append(bytes: Buffer): void {
    const dictionary = this.#window.length > 0 ? { dictionary: this.#window } : {};
    // Not the last block of the stream, but ends at a byte.
    this.#blocks.push(deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, ...dictionary }));
    this.#sum = crc32(bytes, this.#sum);
    this.#window = Buffer.from(Buffer.concat([this.#window, bytes]).subarray(-windowBytes));
  }
}

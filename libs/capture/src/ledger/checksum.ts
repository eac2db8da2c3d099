import { crc32 } from 'node:zlib';
import xxhash from 'xxhash-wasm';
import type { SegmentChecksum } from './entries.js';

/** A checksum of bytes as they arrive. It detects damage by a disk, not tampering. */
export interface Checksum {
  add(bytes: Uint8Array): void;
  /** Of everything since the last `reset`. */
  value(): SegmentChecksum;
  reset(): void;
}

const hashes = await xxhash();

/** XXH64. Node's CRC-32 takes more than twice as long, which was a tenth of all capturing. */
class Xxh64 implements Checksum {
  #hash = hashes.create64();

  add(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }
  value(): SegmentChecksum {
    return { xxh64: this.#hash.digest().toString(16).padStart(16, '0') };
  }
  reset(): void {
    this.#hash = hashes.create64();
  }
}

class Crc32 implements Checksum {
  #value = 0;

  add(bytes: Uint8Array): void {
    this.#value = crc32(bytes, this.#value);
  }
  value(): SegmentChecksum {
    return { crc32: this.#value };
  }
  reset(): void {
    this.#value = 0;
  }
}

/** The checksum that a ledger of this version uses. */
export const checksumOf = (version: number): Checksum => (version === 1 ? new Crc32() : new Xxh64());

/** Whether the bytes are the ones that an entry describes. */
export function matches(bytes: Uint8Array, entry: SegmentChecksum): boolean {
  const checksum = entry.crc32 === undefined ? new Xxh64() : new Crc32();
  checksum.add(bytes);
  const { crc32: crc, xxh64 } = checksum.value();
  return crc === entry.crc32 && xxh64 === entry.xxh64;
}

import { hash } from 'node:crypto';

/** Every stored field of an event. Positions, revisions and versions are plain numbers, instants milliseconds since 1970. */
export interface ChainLink {
  readonly position: number;
  readonly revision: number;
  readonly version: number;
  readonly recordedAt: number;
  readonly stream: string;
  readonly id: string;
  readonly type: string;
  /** The JSON text exactly as stored; so is `metadata`. */
  readonly data: string;
  readonly metadata: string;
}

/** In bytes. */
export const HASH_LENGTH = 32;

const FIXED_LENGTH = HASH_LENGTH + 4 * 8;
const LENGTH_PREFIX = 4;
/** UTF-8 needs at most this many bytes for a UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;
const ORDINARY = 64 * 1024;
const TWO_TO_32 = 2 ** 32;

/**
 * The hashes of a log, each made from the one before it and from an event. If an event is changed, removed, added or
 * moved, every hash from there on is different. The hash of the last event (the head) thus stands for the whole log.
 *
 * A hash is the SHA-256 (FIPS 180-4) of these bytes, integers big-endian in two's complement:
 *
 *     32 bytes  the hash of the event before it; zeros for the first
 *      8 bytes  position · 8 bytes revision · 8 bytes version · 8 bytes recordedAt, in milliseconds since 1970
 *     then stream, id, type, data, metadata: for each 4 bytes its length in bytes, and its UTF-8
 *
 * Fixed widths and length prefixes ensure that no two events have the same bytes. The chain does not protect against
 * someone who can rewrite the whole file and every copy of a head; it does against everyone else.
 */
export class HashChain {
  /** Begins with the last hash, where the next one needs it. */
  readonly #buffer = Buffer.allocUnsafe(ORDINARY);
  readonly #hash: Buffer;

  /** @param hash of the last event; absent for an empty log */
  constructor(hash?: Uint8Array) {
    this.#hash = this.#buffer.subarray(0, HASH_LENGTH);
    this.goOnFrom(hash ?? new Uint8Array(HASH_LENGTH));
  }

  goOnFrom(hash: Uint8Array): void {
    if (hash.length !== HASH_LENGTH) throw new RangeError(`A hash has ${HASH_LENGTH} bytes.`);
    this.#hash.set(hash);
  }

  /** The last hash. Always the same bytes object: copy what must last. */
  get hash(): Buffer {
    return this.#hash;
  }

  /** Adds one event and returns its hash, which is valid until the next call. */
  add(link: ChainLink): Buffer {
    const units = link.stream.length + link.id.length + link.type.length + link.data.length + link.metadata.length;
    const room = FIXED_LENGTH + 5 * LENGTH_PREFIX + units * MAX_BYTES_PER_UNIT;
    const bytes = room <= ORDINARY ? this.#buffer : this.#large(room);
    // `binary` is each byte as a character: by far the fastest way to get a digest out of Node.
    this.#hash.write(hash('sha256', bytes.subarray(0, encode(link, bytes)), 'binary'), 'latin1');
    return this.#hash;
  }

  #large(room: number): Buffer {
    const bytes = Buffer.allocUnsafe(room);
    bytes.set(this.#hash);
    return bytes;
  }
}

/** Writes everything after the previous hash; returns the end. */
function encode(link: ChainLink, bytes: Buffer): number {
  writeInteger(link.position, bytes, HASH_LENGTH);
  writeInteger(link.revision, bytes, HASH_LENGTH + 8);
  writeInteger(link.version, bytes, HASH_LENGTH + 16);
  writeInteger(link.recordedAt, bytes, HASH_LENGTH + 24);
  let end = writeText(link.stream, bytes, FIXED_LENGTH);
  end = writeText(link.id, bytes, end);
  end = writeText(link.type, bytes, end);
  end = writeText(link.data, bytes, end);
  return writeText(link.metadata, bytes, end);
}

function writeInteger(value: number, bytes: Buffer, at: number): void {
  const high = Math.floor(value / TWO_TO_32);
  bytes.writeInt32BE(high, at);
  bytes.writeUInt32BE(value - high * TWO_TO_32, at + 4);
}

function writeText(text: string, bytes: Buffer, at: number): number {
  const length = bytes.write(text, at + LENGTH_PREFIX, 'utf8');
  bytes.writeUInt32BE(length, at);
  return at + LENGTH_PREFIX + length;
}

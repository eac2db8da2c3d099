import { HEADER_BYTES, readFrameHeader, type FrameHeader } from './frame-header.js';

export type PackedUnit =
  | { readonly kind: 'frame'; readonly header: FrameHeader; readonly bytes: Buffer }
  /** A whole ID3 tag of either version. */
  | { readonly kind: 'tag'; readonly bytes: Buffer }
  /** A byte at which neither begins. `at` is its place in all that was read. */
  | { readonly kind: 'junk'; readonly at: number };

const TAG_HEADER_BYTES = 10;
/** The tag at the end of a music file, if one was used as a segment unchanged. */
const OLD_TAG_BYTES = 128;
/** Tags contain album covers. Anything larger is not a tag. */
const LARGEST_TAG = 4 << 20;

/** Splits packed audio into frames and ID3 tags, whatever chunks its bytes come in. */
export class PackedAudioReader {
  #rest: Buffer = Buffer.alloc(0);
  /** Where `#rest` begins. */
  #at = 0;

  /** Bytes of a unit that is not complete yet. */
  get pendingBytes(): number {
    return this.#rest.length;
  }

  /** The units that are complete with these bytes. The generator must be read to its end. */
  *push(chunk: Uint8Array): Generator<PackedUnit> {
    const bytes = this.#rest.length === 0 ? asBuffer(chunk) : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (let unit = unitAt(bytes, at); unit !== undefined; unit = unitAt(bytes, at)) {
      const from = at;
      at += unit.kind === 'junk' ? 1 : unit.bytes.length;
      yield unit.kind === 'junk' ? { kind: 'junk', at: this.#at + from } : unit;
    }
    this.#rest = Buffer.from(bytes.subarray(at));
    this.#at += at;
  }
}

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

const isTag = (bytes: Buffer, at: number): boolean => /^(ID3|TAG)$/.test(bytes.toString('latin1', at, at + 3));

/** Undefined while there are too few bytes. */
function unitAt(bytes: Buffer, at: number): PackedUnit | undefined {
  const tagged = isTag(bytes, at);
  if (at + (tagged ? TAG_HEADER_BYTES : HEADER_BYTES) > bytes.length) return undefined;
  const header = tagged ? undefined : readFrameHeader(bytes, at);
  const length = tagged ? tagLength(bytes, at) : header?.bytes;
  if (length === undefined) return { kind: 'junk', at };
  if (at + length > bytes.length) return undefined;
  const whole = bytes.subarray(at, at + length);
  return header === undefined ? { kind: 'tag', bytes: whole } : { kind: 'frame', header, bytes: whole };
}

/** ID3v2, section 3.1: the size has four times seven bits, without the header and a footer. ID3v1 has a fixed size. */
function tagLength(bytes: Buffer, at: number): number | undefined {
  if (bytes[at] !== 0x49) return OLD_TAG_BYTES;
  let size = 0;
  for (let index = 6; index < TAG_HEADER_BYTES; index += 1) size = size * 128 + (bytes[at + index] ?? 0);
  const footer = ((bytes[at + 5] ?? 0) & 0x10) === 0 ? 0 : TAG_HEADER_BYTES;
  return size > LARGEST_TAG ? undefined : TAG_HEADER_BYTES + size + footer;
}

const TIMESTAMP_OWNER = 'com.apple.streaming.transportStreamTimestamp\0';

/**
 * When the audio after the tag begins, in ticks of 90 kHz modulo 2^33 (RFC 8216 section 3.4); undefined if it does not
 * say.
 */
export function timestampIn(tag: Buffer): number | undefined {
  const owner = tag.indexOf(TIMESTAMP_OWNER, 0, 'latin1');
  const at = owner + TIMESTAMP_OWNER.length;
  if (owner === -1 || at + 8 > tag.length) return undefined;
  return Number(tag.readBigUInt64BE(at) & 0x1_ffff_ffffn);
}

/** The first frame of these bytes; undefined if there is none, or not yet. */
export function firstFrame(head: Uint8Array): FrameHeader | undefined {
  const bytes = asBuffer(head);
  let at = 0;
  while (isTag(bytes, at) && at + TAG_HEADER_BYTES <= bytes.length) {
    const length = tagLength(bytes, at);
    if (length === undefined) return undefined;
    at += length;
  }
  return readFrameHeader(bytes, at);
}

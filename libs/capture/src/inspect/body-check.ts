import { TS_PACKET_BYTES, TS_SYNC_BYTE } from './inspect-ts.js';

/** Follows a segment's bytes as they arrive and tells why they cannot be a segment. */
export interface BodyCheck {
  /** @returns what is wrong, or undefined while nothing is */
  push(chunk: Buffer): string | undefined;
  /** Whether the bytes may end here. */
  finish(): string | undefined;
}

/** Describes bytes that are not media, for a message. */
export function describeForeign(head: Buffer): string {
  const text = head.toString('latin1', 0, 64).trimStart();
  if (text.startsWith('<')) return 'a web page';
  if (/^[[{]/.test(text)) return 'JSON';
  if (/^ID3|^[\u00ff][\u00f0-\u00ff]/.test(text)) return 'bare audio without a container';
  if (text.startsWith('WEBVTT')) return 'subtitles';
  return 'something else';
}

/** A transport stream: whole packets of 188 bytes, each with its sync byte (ISO/IEC 13818-1 section 2.4.3.2). */
export class TsCheck implements BodyCheck {
  #bytes = 0;

  push(chunk: Buffer): string | undefined {
    const ahead = (TS_PACKET_BYTES - (this.#bytes % TS_PACKET_BYTES)) % TS_PACKET_BYTES;
    for (let at = ahead; at < chunk.length; at += TS_PACKET_BYTES) {
      if (chunk[at] === TS_SYNC_BYTE) continue;
      return this.#bytes + at === 0
        ? `it is ${describeForeign(chunk)} instead of a transport stream`
        : `a packet is broken at byte ${this.#bytes + at}`;
    }
    this.#bytes += chunk.length;
    return undefined;
  }

  finish(): string | undefined {
    if (this.#bytes === 0) return 'it is empty';
    return this.#bytes % TS_PACKET_BYTES === 0 ? undefined : 'it ends in the middle of a packet';
  }
}

/** What a segment may begin with (ISO/IEC 14496-12 and 23009-1). */
const FIRST_BOXES: ReadonlySet<string> = new Set(
  'styp ftyp moov moof mdat sidx ssix emsg prft free skip uuid'.split(' '),
);
const BOX_TYPE = /^[\x20-\x7e\u00a9]{4}$/;

/** Fragmented mp4: whole boxes, including a `moof` with its `mdat` (ISO/IEC 14496-12 sections 4.2 and 8.8). */
export class FragmentCheck implements BodyCheck {
  #bytes = 0;
  /** Where the next box begins. */
  #next = 0;
  #header = Buffer.alloc(0);
  readonly #seen = new Set<string>();

  push(chunk: Buffer): string | undefined {
    const start = this.#bytes;
    this.#bytes += chunk.length;
    while (this.#next < this.#bytes) {
      const from = Math.max(this.#next + this.#header.length - start, 0);
      const needed = this.#header.length < 8 ? 8 : 16;
      this.#header = Buffer.concat([this.#header, chunk.subarray(from, from + needed - this.#header.length)]);
      if (this.#header.length < needed) return undefined;
      const short = this.#header.readUInt32BE(0);
      if (short === 1 && needed === 8) continue;
      const problem = this.#box(short === 1 ? Number(this.#header.readBigUInt64BE(8)) : short);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  #box(size: number): string | undefined {
    const type = this.#header.toString('latin1', 4, 8);
    if (this.#next === 0 && !FIRST_BOXES.has(type)) {
      return `it is ${describeForeign(this.#header)} instead of fragmented mp4`;
    }
    if (size < this.#header.length || !BOX_TYPE.test(type)) return `a box is broken at byte ${this.#next}`;
    this.#seen.add(type);
    this.#next += size;
    this.#header = Buffer.alloc(0);
    return undefined;
  }

  finish(): string | undefined {
    if (this.#bytes === 0) return 'it is empty';
    if (this.#next !== this.#bytes || this.#header.length > 0) return 'it ends in the middle of a box';
    return this.#seen.has('moof') && this.#seen.has('mdat') ? undefined : 'it has no media fragment';
  }
}

import type { PackedAudio } from './frame-header.js';

const PACKET_BYTES = 188;
const SYNC_BYTE = 0x47;
const MAP_PID = 0x1000;
const AUDIO_PID = 0x100;

/**
 * Stream type and descriptors in the program map (ISO/IEC 13818-1 table 2-34; for Dolby as in DVB, ETSI EN 300 468
 * annex D), and the stream id in the packets.
 */
const KINDS: Readonly<
  Record<PackedAudio, { readonly type: number; readonly descriptor: readonly number[]; readonly id: number }>
> = {
  aac: { type: 0x0f, descriptor: [], id: 0xc0 },
  mp3: { type: 0x03, descriptor: [], id: 0xc0 },
  ac3: { type: 0x06, descriptor: [0x6a, 1, 0], id: 0xbd },
  eac3: { type: 0x06, descriptor: [0x7a, 1, 0], id: 0xbd },
};

/** A transport stream with a single audio stream (ISO/IEC 13818-1), for a reader that starts at its beginning. */
export class TsAudioWriter {
  #packets: Buffer[] = [];
  #count = 0;
  readonly #id: number;

  constructor(format: PackedAudio) {
    const { type, descriptor, id } = KINDS[format];
    this.#id = id;
    const association = [0, 1, 0xe0 | (MAP_PID >> 8), MAP_PID & 0xff];
    this.#table(0, 0x00, association);
    const pid = [0xe0 | (AUDIO_PID >> 8), AUDIO_PID & 0xff];
    this.#table(MAP_PID, 0x02, [...pid, 0xf0, 0, type, ...pid, 0xf0, descriptor.length, ...descriptor]);
  }

  /** @param ticks of 90 kHz, below 2^33 */
  write(frame: Buffer, ticks: number): void {
    let payload = Buffer.concat([this.#packetHeader(frame.length, ticks), frame]);
    for (let isFirst = true; payload.length > 0; isFirst = false) {
      const taken = Math.min(payload.length, PACKET_BYTES - 4);
      this.#packet(AUDIO_PID, isFirst, this.#count, payload.subarray(0, taken));
      this.#count = (this.#count + 1) % 16;
      payload = payload.subarray(taken);
    }
  }

  /** What was written since the last call. */
  flush(): Buffer {
    const bytes = Buffer.concat(this.#packets);
    this.#packets = [];
    return bytes;
  }

  /** Section 2.4.3.6, with only a presentation time. */
  #packetHeader(frameBytes: number, ticks: number): Buffer {
    const length = 8 + frameBytes;
    const [high, middle, low] = [Math.floor(ticks / 2 ** 30), Math.floor(ticks / 2 ** 15) % 2 ** 15, ticks % 2 ** 15];
    const header = Buffer.from([0, 0, 1, this.#id, 0, 0, 0x84, 0x80, 5, 0x21 | (high << 1), 0, 0, 0, 0]);
    // A length of zero means "not given", which is necessary for a frame that is too long for the field.
    header.writeUInt16BE(length > 0xffff ? 0 : length, 4);
    header.writeUInt16BE(middle * 2 + 1, 10);
    header.writeUInt16BE(low * 2 + 1, 12);
    return header;
  }

  /** Section 2.4.4: a table of one section, which fits in a packet. */
  #table(pid: number, id: number, content: readonly number[]): void {
    const length = 5 + content.length + 4;
    const body = Buffer.from([id, 0xb0, length, 0, 1, 0xc1, 0, 0, ...content]);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32Mpeg(body));
    const section = Buffer.concat([Buffer.from([0]), body, sum]);
    const full = Buffer.concat([section, Buffer.alloc(PACKET_BYTES - 4 - section.length, 0xff)]);
    this.#packet(pid, true, 0, full);
  }

  /** Section 2.4.3.2. A short payload has stuffing before it. */
  #packet(pid: number, isFirst: boolean, count: number, payload: Buffer): void {
    const stuffing = PACKET_BYTES - 4 - payload.length;
    const header = [SYNC_BYTE, (isFirst ? 0x40 : 0) | (pid >> 8), pid & 0xff, (stuffing > 0 ? 0x30 : 0x10) | count];
    if (stuffing > 0) header.push(stuffing - 1);
    if (stuffing > 1) header.push(0);
    this.#packets.push(Buffer.from(header), Buffer.alloc(Math.max(0, stuffing - 2), 0xff), payload);
  }
}

/** Annex A. This is not the usual CRC-32. */
function crc32Mpeg(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum << 1) ^ (sum < 0 ? 0x04c11db7 : 0);
  }
  return sum >>> 0;
}

import { TS_PACKET_BYTES, TS_SYNC_BYTE } from '../inspect/inspect-ts.js';
import { TsTables } from './ts-tables.js';

/** A piece of a transport stream that begins with its tables and, if there is video, with a key frame. */
export interface TsSlice {
  readonly chunks: readonly Buffer[];
  readonly bytes: number;
  /** On the stream's own timeline, which does not wrap around; undefined if the stream has no timestamps. */
  readonly startsAtSeconds: number | undefined;
  readonly durationSeconds: number;
  /** The stream's timeline jumped before this slice. */
  readonly jumped: boolean;
}

export interface TsCutterSettings {
  /** A slice ends with the first key frame after this time. */
  readonly sliceSeconds: number;
  /** Without a key frame, a slice ends after this time or this many bytes. */
  readonly longestSeconds: number;
  readonly mostBytes: number;
}

export const DEFAULT_CUTTER_SETTINGS: TsCutterSettings = {
  sliceSeconds: 2,
  longestSeconds: 20,
  mostBytes: 16 << 20,
};

/** Times are 33 bits of a 90 kHz clock (ISO/IEC 13818-1 section 2.4.3.7). */
const CLOCK_HZ = 90_000;
const WRAP = 2 ** 33;
/** A larger step from one timestamp to the next means another timeline. */
const JUMP_SECONDS = 10;

export class NotATransportStream extends Error {
  override readonly name = 'NotATransportStream';
}

/** Cuts a transport stream, as it arrives, into slices that can be played on their own. */
export class TsCutter {
  readonly #tables = new TsTables();
  #rest: Buffer = Buffer.alloc(0);
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** Where in the slice the tables stand that the current packet follows; undefined if it follows none. */
  #tablesAt: number | undefined;
  #start: number | undefined;
  #last: number | undefined;
  #step = 0;
  #jumped = false;
  #isFirst = true;
  /** For streams other than the video: the first time in the first slice, and the last of all. */
  #earliest: number | undefined;
  #latest: number | undefined;

  constructor(private readonly settings: TsCutterSettings = DEFAULT_CUTTER_SETTINGS) {}

  /** Bytes whose slice is not complete yet. */
  get pendingBytes(): number {
    return this.#bytes + this.#rest.length;
  }

  /** What its tables say so far. */
  get tables(): Pick<TsTables, 'hasPicture' | 'hasUnnamed'> {
    return this.#tables;
  }

  /**
   * @returns the slices that became complete
   * @throws NotATransportStream
   */
  push(chunk: Buffer): readonly TsSlice[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const whole = bytes.length - (bytes.length % TS_PACKET_BYTES);
    this.#rest = bytes.subarray(whole);
    const slices: TsSlice[] = [];
    /** The bytes up to here are in a slice. */
    let taken = 0;
    for (let at = 0; at < whole; at += TS_PACKET_BYTES) {
      const cutAt = this.#look(bytes.subarray(at, at + TS_PACKET_BYTES), this.#bytes + at - taken);
      if (cutAt === undefined) continue;
      // The tables may be in an earlier chunk.
      const back = this.#bytes + at - taken - cutAt;
      this.#take(bytes.subarray(taken, at));
      taken = at;
      slices.push(this.#cut(this.#bytes - back));
    }
    this.#take(bytes.subarray(taken, whole));
    if (this.#bytes > this.settings.mostBytes * 2)
      throw new NotATransportStream('The transport stream never says what it contains.');
    return slices;
  }

  /** The rest at the end of the stream, without an incomplete last packet. */
  finish(): TsSlice | undefined {
    this.#rest = Buffer.alloc(0);
    if (this.#bytes === 0) return undefined;
    const end = this.#last === undefined ? this.#latest : Math.max(this.#last + this.#step, this.#latest ?? 0);
    return this.#slice(this.#bytes, end);
  }

  #take(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#bytes += bytes.length;
  }

  /** @returns where the slice ends, if it ends before this packet */
  #look(packet: Buffer, at: number): number | undefined {
    if (packet[0] !== TS_SYNC_BYTE) throw new NotATransportStream('The bytes are not a transport stream.');
    const pid = packet.readUInt16BE(1) & 0x1fff;
    if (this.#tables.take(pid, packet)) {
      this.#tablesAt ??= at;
      return undefined;
    }
    const tablesAt = this.#tablesAt;
    this.#tablesAt = undefined;
    if (!isStart(packet)) return undefined;
    const time = timeOf(packet);
    const unwrapped = time === undefined ? undefined : this.#unwrap(time);
    if (this.#tables.isBeside(pid)) this.#noteBeside(unwrapped);
    if (pid !== this.#tables.leading) return undefined;
    const isCut = this.#isCut(packet, unwrapped, at);
    if (isCut) this.#next = unwrapped;
    else this.#note(unwrapped);
    return isCut ? (tablesAt ?? at) : undefined;
  }

  /** The time of the packet that begins the next slice. */
  #next: number | undefined;

  #isCut(packet: Buffer, time: number | undefined, at: number): boolean {
    const { sliceSeconds, longestSeconds, mostBytes } = this.settings;
    if (at === 0) return false;
    if (at >= mostBytes) return true;
    if (time === undefined || this.#start === undefined) return false;
    if (this.#last !== undefined && isJump(time - this.#last)) return true;
    const seconds = time - this.#start;
    return seconds >= longestSeconds || (seconds >= sliceSeconds && this.#isEntrance(packet));
  }

  /** With audio only, a slice can begin anywhere. */
  #isEntrance(packet: Buffer): boolean {
    return !this.#tables.hasPicture || isKey(packet);
  }

  #note(time: number | undefined): void {
    if (time === undefined) return;
    this.#start ??= time;
    if (this.#last !== undefined && time > this.#last && !isJump(time - this.#last)) this.#step = time - this.#last;
    this.#last = Math.max(this.#last ?? time, time);
  }

  /** Audio may begin before the video and go on after it; the recorded length covers both. */
  #noteBeside(time: number | undefined): void {
    if (time === undefined || (this.#last !== undefined && isJump(time - this.#last))) return;
    if (this.#isFirst) this.#earliest = Math.min(this.#earliest ?? time, time);
    this.#latest = Math.max(this.#latest ?? time, time);
  }

  #cut(at: number): TsSlice {
    const next = this.#next;
    const jumps = next !== undefined && this.#last !== undefined && isJump(next - this.#last);
    const end = next === undefined || jumps ? (this.#last ?? 0) + this.#step : next;
    const slice = this.#slice(at, this.#start === undefined ? undefined : end);
    this.#isFirst = jumps;
    this.#earliest = undefined;
    this.#latest = jumps ? undefined : this.#latest;
    this.#start = next;
    this.#last = next;
    this.#next = undefined;
    this.#jumped = jumps;
    return slice;
  }

  #slice(bytes: number, endsAt: number | undefined): TsSlice {
    const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    const left = all?.subarray(bytes);
    const start = this.#earliest === undefined ? this.#start : Math.min(this.#earliest, this.#start ?? this.#earliest);
    const slice: TsSlice = {
      chunks: all === undefined ? [] : [all.subarray(0, bytes)],
      bytes,
      startsAtSeconds: start,
      durationSeconds: Math.max(0, (endsAt ?? 0) - (start ?? endsAt ?? 0)),
      jumped: this.#jumped,
    };
    this.#chunks = left === undefined || left.length === 0 ? [] : [left];
    this.#bytes -= bytes;
    return slice;
  }

  /** Converts to a timeline that goes on where the 33-bit clock wraps around. */
  #unwrap(ticks: number): number {
    const near = this.#last ?? this.#start;
    if (near === undefined) return ticks / CLOCK_HZ;
    const rounds = Math.round((near * CLOCK_HZ - ticks) / WRAP);
    return (ticks + rounds * WRAP) / CLOCK_HZ;
  }
}

const isJump = (seconds: number): boolean => seconds > JUMP_SECONDS || seconds < -JUMP_SECONDS;

/** Whether a PES packet begins here. */
const isStart = (packet: Buffer): boolean => (packet.readUInt8(1) & 0x40) !== 0;

const payloadAt = (packet: Buffer): number => {
  const control = (packet.readUInt8(3) >> 4) & 3;
  return control === 3 ? 5 + packet.readUInt8(4) : 4;
};

/** `random_access_indicator` (section 2.4.3.5), which ffmpeg sets at key frames. */
function isKey(packet: Buffer): boolean {
  const control = (packet.readUInt8(3) >> 4) & 3;
  return (control & 2) !== 0 && packet.readUInt8(4) > 0 && (packet.readUInt8(5) & 0x40) !== 0;
}

/** When the video or audio that begins here is decoded (DTS, else PTS), in ticks; undefined if it does not say. */
function timeOf(packet: Buffer): number | undefined {
  const at = payloadAt(packet);
  if (at + 19 > packet.length || packet.readUIntBE(at, 3) !== 1) return undefined;
  const flags = packet.readUInt8(at + 7) >> 6;
  if (flags === 0) return undefined;
  return readTicks(packet, flags === 3 ? at + 14 : at + 9);
}

/** 33 bits in five bytes, with marker bits between (section 2.4.3.6). */
const readTicks = (bytes: Buffer, at: number): number =>
  ((bytes.readUInt8(at) >> 1) & 7) * 2 ** 30 +
  (bytes.readUInt16BE(at + 1) >> 1) * 2 ** 15 +
  (bytes.readUInt16BE(at + 3) >> 1);

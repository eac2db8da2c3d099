import { boxes, find } from './inspect-mp4.js';
import { TS_PACKET_BYTES } from './inspect-ts.js';
import type { MediaTimes } from './timeline.js';

/**
 * Follows a segment's bytes and tells, by their own timestamps, how long the media lasts and where on the source's
 * clock it is.
 */
export interface MediaClock {
  push(chunk: Buffer): void;
  /** Undefined if the bytes do not tell. */
  seconds(): number | undefined;
  times(): MediaTimes | undefined;
}

const PTS_WRAP = 2 ** 33;
const PTS_PER_SECOND = 90_000;
/** The clock of a transport stream wraps around after this time. */
export const TS_WRAP_SECONDS = PTS_WRAP / PTS_PER_SECOND;

/** The presentation times of one elementary stream, as far as its length needs them. */
interface Span {
  readonly pid: number;
  readonly first: number;
  /** Counted from `first`, like `latest`, so that a wrap does no harm. */
  earliest: number;
  latest: number;
  count: number;
  /** Bytes of all packets, if each says how long it is; NaN if one does not. */
  bytes: number;
  /** Bytes of the last packet. */
  lastBytes: number;
}

/**
 * Measures a transport stream by the presentation times of its first video stream, or of its first audio if that tells
 * more.
 */
export class TsClock implements MediaClock {
  #rest = Buffer.alloc(0);
  #video: Span | undefined;
  #audio: Span | undefined;

  push(chunk: Buffer): void {
    let at = 0;
    if (this.#rest.length > 0) {
      at = TS_PACKET_BYTES - this.#rest.length;
      const packet = Buffer.concat([this.#rest, chunk.subarray(0, at)]);
      this.#rest = packet;
      if (packet.length < TS_PACKET_BYTES) return;
      this.#packet(packet, 0);
    }
    for (; at + TS_PACKET_BYTES <= chunk.length; at += TS_PACKET_BYTES) {
      // Only a packet that begins a PES (ISO/IEC 13818-1 section 2.4.3.2) has a time in it.
      if (((chunk[at + 1] ?? 0) & 0x40) !== 0) this.#packet(chunk, at);
    }
    this.#rest = Buffer.from(chunk.subarray(at));
  }

  /** Called for hundreds of packets in each segment, so it copies nothing out of the chunk. */
  #packet(chunk: Buffer, at: number): void {
    const header = ((chunk[at + 1] ?? 0) << 8) | (chunk[at + 2] ?? 0);
    const control = ((chunk[at + 3] ?? 0) >> 4) & 3;
    const offset = control === 3 ? 5 + (chunk[at + 4] ?? 0) : 4;
    // Fourteen bytes reach to the end of the time (section 2.4.3.6).
    if ((header & 0x4000) === 0 || (control & 1) === 0 || offset + 14 > TS_PACKET_BYTES) return;
    const pes = at + offset;
    if (chunk[pes] !== 0 || chunk[pes + 1] !== 0 || chunk[pes + 2] !== 1 || ((chunk[pes + 7] ?? 0) & 0x80) === 0)
      return;
    const pid = header & 0x1fff;
    const kind = chunk[pes + 3] ?? 0;
    if ((kind & 0xf0) === 0xe0) this.#video = note(this.#video, pid, readPts(chunk, pes), NaN);
    else if ((kind & 0xe0) === 0xc0 || kind === 0xbd)
      this.#audio = note(this.#audio, pid, readPts(chunk, pes), soundBytes(chunk, pes));
  }

  seconds(): number | undefined {
    const seen = secondsOf(this.#video);
    const heard = secondsOf(this.#audio);
    // Video that stands still sends no frames for a while. Audio goes on, though its few packets are less exact.
    return seen === undefined || (heard !== undefined && heard > seen * 1.5) ? heard : seen;
  }

  /** When video and audio end; undefined for what is missing. */
  get ends(): { readonly picture: number | undefined; readonly sound: number | undefined } {
    const { tracks } = this.times();
    const endOf = (span: Span | undefined): number | undefined => span && tracks.get(span.pid)?.to;
    return { picture: endOf(this.#video), sound: endOf(this.#audio) };
  }

  times(): MediaTimes {
    const spans = [this.#video, this.#audio].flatMap((span) => {
      const seconds = secondsOf(span);
      if (span === undefined || seconds === undefined) return [];
      const from = (span.first + span.earliest) / PTS_PER_SECOND;
      return [[span.pid, { from, to: from + seconds }] as const];
    });
    return { tracks: new Map(spans), wrapSeconds: TS_WRAP_SECONDS };
  }
}

function secondsOf(span: Span | undefined): number | undefined {
  if (span === undefined || span.count < 2) return undefined;
  const { latest, earliest, count, bytes, lastBytes } = span;
  // The last video frame lasts about as long as the others. An audio packet has a dozen frames, and the last of a
  // segment has the rest, so its size is taken into account.
  const share = Number.isNaN(bytes) ? count / (count - 1) : bytes / (bytes - lastBytes);
  return ((latest - earliest) * share) / PTS_PER_SECOND;
}

/** @param pes where the PES begins */
function readPts(bytes: Buffer, pes: number): number {
  const high = ((bytes[pes + 9] ?? 0) >> 1) & 7;
  const middle = ((bytes[pes + 10] ?? 0) << 8) | (bytes[pes + 11] ?? 0);
  const low = ((bytes[pes + 12] ?? 0) << 8) | (bytes[pes + 13] ?? 0);
  return high * 2 ** 30 + (middle >> 1) * 2 ** 15 + (low >> 1);
}

/** Bytes of audio in a PES: its length, which only video may leave out, less its header (section 2.4.3.6). */
function soundBytes(bytes: Buffer, pes: number): number {
  const length = ((bytes[pes + 4] ?? 0) << 8) | (bytes[pes + 5] ?? 0);
  return length === 0 ? NaN : length - 3 - (bytes[pes + 8] ?? 0);
}

function note(span: Span | undefined, pid: number, pts: number, bytes: number): Span {
  if (span === undefined) return { pid, first: pts, earliest: 0, latest: 0, count: 1, bytes, lastBytes: bytes };
  if (span.pid !== pid) return span;
  let since = pts - span.first;
  if (since >= PTS_WRAP / 2) since -= PTS_WRAP;
  else if (since < -PTS_WRAP / 2) since += PTS_WRAP;
  if (since < span.earliest) span.earliest = since;
  if (since > span.latest) span.latest = since;
  span.count += 1;
  span.bytes += bytes;
  span.lastBytes = bytes;
  return span;
}

/** A `moov` is kept in memory until it is complete. A thousandth of this is usual. */
const LARGEST_MOOF = 4 << 20;

interface Track {
  readonly id: number;
  readonly timescale: number;
  readonly isVideo: boolean;
  /** From the `trex` box; 0 if it gives none. */
  readonly defaultDuration: number;
}

/**
 * Measures mp4 fragments by the sample durations of the first video track, or of the first track if there is no video.
 */
export class FragmentClock implements MediaClock {
  readonly #tracks: readonly Track[];
  readonly #track: Track | undefined;
  /** Where the fragments of each track begin and end. */
  readonly #times = new Map<number, { readonly from: number; readonly to: number }>();
  #header = Buffer.alloc(0);
  /** Bytes of the current box that are still to come. */
  #left = 0;
  #fragment: Buffer[] | undefined;
  #ticks = 0;

  /** @param init the initialisation section of the segment */
  constructor(init: Buffer) {
    this.#tracks = readTracks(init);
    this.#track = this.#tracks.find(({ isVideo }) => isVideo) ?? this.#tracks[0];
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left === 0) at += this.#begin(chunk.subarray(at));
      const piece = chunk.subarray(at, at + this.#left);
      // Copied, because the caller may reuse its memory.
      this.#fragment?.push(Buffer.from(piece));
      this.#left -= piece.length;
      at += piece.length;
      if (this.#left === 0) this.#end();
    }
  }

  /** @returns how many bytes the box's header took */
  #begin(bytes: Buffer): number {
    const before = this.#header.length;
    const needed = before >= 4 && this.#header.readUInt32BE(0) === 1 ? 16 : 8;
    this.#header = Buffer.concat([this.#header, bytes.subarray(0, needed - before)]);
    const taken = this.#header.length - before;
    if (this.#header.length < needed) return taken;
    const short = this.#header.readUInt32BE(0);
    if (short === 1 && needed === 8) return taken + this.#begin(bytes.subarray(taken));
    const size = short === 1 ? Number(this.#header.readBigUInt64BE(8)) : short;
    this.#left = Math.max(0, size - this.#header.length);
    const isRead = this.#header.toString('latin1', 4, 8) === 'moof' && size <= LARGEST_MOOF;
    this.#fragment = isRead ? [] : undefined;
    this.#header = Buffer.alloc(0);
    return taken;
  }

  #end(): void {
    const fragment = this.#fragment;
    this.#fragment = undefined;
    if (fragment === undefined) return;
    for (const { type, body } of boxes(Buffer.concat(fragment))) if (type === 'traf') this.#note(body);
  }

  #note(traf: Buffer): void {
    const tfhd = find(traf, 'tfhd');
    const id = tfhd !== undefined && tfhd.length >= 8 ? tfhd.readUInt32BE(4) : undefined;
    const track = this.#tracks.find((one) => one.id === id);
    if (tfhd === undefined || track === undefined) return;
    const ticks = ticksOf(traf, tfhd, track);
    if (track === this.#track) this.#ticks += ticks;
    const start = startOf(traf);
    if (start === undefined || ticks === 0) return;
    const from = this.#times.get(track.id)?.from ?? start / track.timescale;
    this.#times.set(track.id, { from, to: (start + ticks) / track.timescale });
  }

  seconds(): number | undefined {
    return this.#track === undefined || this.#ticks === 0 ? undefined : this.#ticks / this.#track.timescale;
  }

  times(): MediaTimes {
    return { tracks: this.#times };
  }
}

/** ISO/IEC 14496-12 sections 8.3.2 (tkhd), 8.4.2 (mdhd), 8.4.3 (hdlr), 8.8.3 (trex). */
function readTracks(init: Buffer): readonly Track[] {
  const moov = find(init, 'moov');
  if (moov === undefined) return [];
  const defaults = new Map<number, number>();
  for (const { type, body } of boxes(find(moov, 'mvex') ?? Buffer.alloc(0))) {
    if (type === 'trex' && body.length >= 16) defaults.set(body.readUInt32BE(4), body.readUInt32BE(12));
  }
  return [...boxes(moov)].flatMap(({ type, body }) => {
    const tkhd = find(body, 'tkhd');
    const mdhd = find(body, 'mdia', 'mdhd');
    if (type !== 'trak' || tkhd === undefined || mdhd === undefined || tkhd.length < 24 || mdhd.length < 24) return [];
    // Version 1 has eight bytes for each of its two instants.
    const id = tkhd.readUInt32BE(tkhd[0] === 1 ? 20 : 12);
    const timescale = mdhd.readUInt32BE(mdhd[0] === 1 ? 20 : 12);
    const isVideo = find(body, 'mdia', 'hdlr')?.toString('latin1', 8, 12) === 'vide';
    return timescale === 0 ? [] : [{ id, timescale, isVideo, defaultDuration: defaults.get(id) ?? 0 }];
  });
}

/** When its first sample is decoded (section 8.8.12). */
function startOf(traf: Buffer): number | undefined {
  const tfdt = find(traf, 'tfdt');
  if (tfdt === undefined || tfdt.length < (tfdt[0] === 1 ? 12 : 8)) return undefined;
  return tfdt[0] === 1 ? Number(tfdt.readBigUInt64BE(4)) : tfdt.readUInt32BE(4);
}

/** The duration of all samples of a track fragment together (sections 8.8.7 and 8.8.8). */
function ticksOf(traf: Buffer, tfhd: Buffer, track: Track): number {
  const flags = tfhd.readUIntBE(1, 3);
  const at = 8 + ((flags & 0x01) === 0 ? 0 : 8) + ((flags & 0x02) === 0 ? 0 : 4);
  const given = (flags & 0x08) !== 0 && tfhd.length >= at + 4;
  const usual = given ? tfhd.readUInt32BE(at) : track.defaultDuration;
  let ticks = 0;
  for (const { type, body } of boxes(traf)) if (type === 'trun' && body.length >= 8) ticks += ticksOfRun(body, usual);
  return ticks;
}

function ticksOfRun(trun: Buffer, usual: number): number {
  const flags = trun.readUIntBE(1, 3);
  const samples = trun.readUInt32BE(4);
  if ((flags & 0x100) === 0) return samples * usual;
  const first = 8 + ((flags & 0x01) === 0 ? 0 : 4) + ((flags & 0x04) === 0 ? 0 : 4);
  const stride = 4 * [0x100, 0x200, 0x400, 0x800].filter((flag) => (flags & flag) !== 0).length;
  let ticks = 0;
  for (let at = first, left = samples; left > 0 && at + 4 <= trun.length; at += stride, left -= 1) {
    ticks += trun.readUInt32BE(at);
  }
  return ticks;
}

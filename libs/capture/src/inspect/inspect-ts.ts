import { createHash } from 'node:crypto';
import { PackedAudioReader } from '@streamvault/media';
import { AGREED, isComplete } from './coding-word.js';
import { readSpsSize } from './h264-sps.js';

export const TS_PACKET_BYTES = 188;
export const TS_SYNC_BYTE = 0x47;

/**
 * Stream types of ISO/IEC 13818-1 table 2-34 (and ATSC's) that carry video or audio. Others, like timed ID3, come and
 * go.
 */
const VIDEO_TYPES: ReadonlyMap<number, string> = new Map([
  [0x01, 'mpeg1'],
  [0x02, 'mpeg2'],
  [0x10, 'mpeg4'],
  [0x1b, 'h264'],
  [0x24, 'hevc'],
  [0x33, 'vvc'],
]);
const AUDIO_TYPES: ReadonlyMap<number, string> = new Map([
  [0x03, 'mp3'],
  [0x04, 'mp3'],
  [0x0f, 'aac'],
  [0x11, 'latm'],
  [0x81, 'ac3'],
  [0x87, 'eac3'],
]);

interface Sound {
  readonly codec: string;
  readonly pid: number;
}

type Picture = Sound;

interface Streams {
  readonly video?: Picture;
  readonly audio: readonly Sound[];
}

/**
 * Codecs and video size of a transport stream in one comparable word, like `h264:1280x720:1f0c9a3e+aac`, from the
 * beginning of a segment. Undefined if the beginning does not tell (no program map, or video without its parameters).
 */
export const inspectTs = (head: Buffer): string | undefined => inspect(head, ({ codec }) => codec);

/**
 * The same from a segment's first pieces, with what the audio frames say, like `h264:1280x720:1f0c9a3e+aac@2:48000:2`.
 * Audio that has not begun there is its codec alone. Compare with a {@link RecordingCoding}.
 */
export function inspectTsPieces(pieces: readonly Buffer[]): string | undefined {
  const wordOf = (sound: Sound): string => describeSound(pieces, sound);
  const [first = NOTHING] = pieces;
  // The first piece nearly always tells everything but the audio, so pieces are only joined when needed.
  return inspect(first, wordOf) ?? (pieces.length > 1 ? inspect(Buffer.concat(pieces), wordOf) : undefined);
}

const NOTHING = Buffer.alloc(0);

function inspect(head: Buffer, wordOf: (sound: Sound) => string): string | undefined {
  const streams = readStreams(head);
  if (streams === undefined) return undefined;
  const picture = streams.video === undefined ? undefined : describePicture(head, streams.video);
  if (streams.video !== undefined && picture === undefined) return undefined;
  // Audio streams of one codec keep the order of the program map, so that a word keeps its place however much is known.
  const sounds = streams.audio.toSorted((a, b) => (a.codec < b.codec ? -1 : Number(a.codec > b.codec)));
  const words = [...(picture === undefined ? [] : [picture]), ...sounds.map(wordOf)];
  return words.length === 0 ? undefined : words.join('+');
}

function describePicture(head: Buffer, { codec, pid }: Picture): string | undefined {
  const parameters = ENOUGH_BYTES.reduce<string | undefined>(
    (found, bytes) => found ?? parameterSet(elementaryStart(head, pid, bytes), codec),
    undefined,
  );
  if (parameters === undefined) return codec === 'h264' || codec === 'hevc' ? undefined : codec;
  return `${codec}:${parameters}`;
}

/** The codec, with what its frame headers say if two in a row agree. */
function describeSound(pieces: readonly Buffer[], { codec, pid }: Sound): string {
  if (isComplete(codec)) return codec;
  const reader = new PackedAudioReader();
  let begun = false;
  let before: string | undefined;
  for (const packet of packetsOver(pieces, pid)) {
    begun ||= packet.start;
    if (!begun) continue;
    for (const unit of reader.push(withoutPesHeader(packet))) {
      const coding = unit.kind === 'frame' && unit.header.format === codec ? unit.header.coding : undefined;
      if (coding !== undefined && coding === before) return `${codec}${AGREED}${coding.slice(codec.length + 1)}`;
      before = coding;
    }
  }
  return codec;
}

/** ISO/IEC 13818-1 section 2.4.3.6: nine bytes, and as many more as the last of them says. */
const withoutPesHeader = ({ start, payload }: Packet): Buffer =>
  start ? payload.subarray(9 + (payload[8] ?? 0)) : payload;

interface Packet {
  readonly pid: number;
  readonly start: boolean;
  readonly payload: Buffer;
}

/** Packets with a payload (ISO/IEC 13818-1 section 2.4.3.2), of all streams or of one. */
function* packets(bytes: Buffer, only?: number): Generator<Packet> {
  for (let at = 0; at + TS_PACKET_BYTES <= bytes.length; at += TS_PACKET_BYTES) {
    if (bytes[at] !== TS_SYNC_BYTE) return;
    const header = ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const pid = header & 0x1fff;
    if (only !== undefined && pid !== only) continue;
    const control = ((bytes[at + 3] ?? 0) >> 4) & 3;
    const from = control === 3 ? 5 + (bytes[at + 4] ?? 0) : 4;
    if ((control & 1) === 0 || from >= TS_PACKET_BYTES) continue;
    yield { pid, start: (header & 0x4000) !== 0, payload: bytes.subarray(at + from, at + TS_PACKET_BYTES) };
  }
}

/** Packets of one stream, in pieces that may split a packet. */
function* packetsOver(pieces: readonly Buffer[], pid: number): Generator<Packet> {
  let cut: Buffer = NOTHING;
  for (const piece of pieces) {
    let at = 0;
    if (cut.length > 0) {
      at = TS_PACKET_BYTES - cut.length;
      cut = Buffer.concat([cut, piece.subarray(0, at)]);
      if (cut.length < TS_PACKET_BYTES) continue;
      yield* packets(cut, pid);
    }
    const end = piece.length - ((piece.length - at) % TS_PACKET_BYTES);
    yield* packets(piece.subarray(at, end), pid);
    cut = piece.subarray(end);
  }
}

/** A program-specific section that fits in its packet, as those of one program do. */
function section({ start, payload }: Packet, tableId: number): Buffer | undefined {
  if (!start) return undefined;
  const from = 1 + payload.readUInt8(0);
  if (from + 3 > payload.length || payload.readUInt8(from) !== tableId) return undefined;
  const length = payload.readUInt16BE(from + 1) & 0x0fff;
  const bytes = payload.subarray(from, from + 3 + length);
  return bytes.length >= 12 ? bytes : undefined;
}

function readStreams(head: Buffer): Streams | undefined {
  let mapPid: number | undefined;
  for (const packet of packets(head)) {
    if (packet.pid === 0 && mapPid === undefined) {
      const table = section(packet, 0x00);
      // After the eight header bytes come the program number and the PID of its map.
      if (table !== undefined) mapPid = table.readUInt16BE(10) & 0x1fff;
    } else if (packet.pid === mapPid) {
      const table = section(packet, 0x02);
      if (table !== undefined) return readProgramMap(table);
    }
  }
  return undefined;
}

function readProgramMap(table: Buffer): Streams {
  let video: Streams['video'];
  const audio: Sound[] = [];
  const end = table.length - 4;
  let at = 12 + (table.readUInt16BE(10) & 0x0fff);
  while (at + 5 <= end) {
    const type = table.readUInt8(at);
    const pid = table.readUInt16BE(at + 1) & 0x1fff;
    const videoCodec = VIDEO_TYPES.get(type);
    const audioCodec = AUDIO_TYPES.get(type);
    if (videoCodec !== undefined) video ??= { codec: videoCodec, pid };
    if (audioCodec !== undefined) audio.push({ codec: audioCodec, pid });
    at += 5 + (table.readUInt16BE(at + 3) & 0x0fff);
  }
  return { ...(video && { video }), audio };
}

/** How many bytes are searched for the parameters of a video. They nearly always come first. */
const ENOUGH_BYTES = [1024, 16_384];

/** The first bytes of an elementary stream. */
function elementaryStart(head: Buffer, pid: number, enough: number): Buffer {
  const pieces: Buffer[] = [];
  let length = 0;
  for (const { start, payload } of packets(head, pid)) {
    // Starts with the first packet that begins a PES.
    if (pieces.length === 0 && !start) continue;
    pieces.push(payload);
    length += payload.length;
    if (length >= enough) break;
  }
  return Buffer.concat(pieces);
}

/** The sequence parameter set of H.264 or HEVC in Annex B bytes, as size and fingerprint. */
function parameterSet(bytes: Buffer, codec: string): string | undefined {
  for (const unit of nalUnits(bytes)) {
    const first = unit[0] ?? 0;
    const isSet = codec === 'h264' ? (first & 0x1f) === 7 : codec === 'hevc' && ((first >> 1) & 0x3f) === 33;
    if (!isSet) continue;
    return describeSet(unit, codec);
  }
  return undefined;
}

/** Each segment of a stream repeats the same one. */
const known = new Map<string, string>();
const MOST_KNOWN = 1000;

function describeSet(unit: Buffer, codec: string): string {
  const key = `${codec} ${unit.toString('latin1')}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const size = codec === 'h264' ? readSpsSize(unit) : undefined;
  const print = createHash('sha256').update(unit).digest('hex').slice(0, 8);
  const word = size === undefined ? print : `${size.width}x${size.height}:${print}`;
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, word);
  return word;
}

const START_CODE = Buffer.from([0, 0, 1]);

/** NAL units between start codes; the last one only if another start code follows it, since it may be cut off. */
function* nalUnits(bytes: Buffer): Generator<Buffer> {
  let start = bytes.indexOf(START_CODE);
  while (start !== -1) {
    const next = bytes.indexOf(START_CODE, start + 3);
    if (next === -1) return;
    let end = next;
    while (end > start + 3 && bytes[end - 1] === 0) end -= 1;
    yield bytes.subarray(start + 3, end);
    start = next;
  }
}

/**
 * Coded audio that HLS carries without a container (RFC 8216 section 3.4); `aac` in ADTS frames. MPEG layer II counts
 * as `mp3`.
 */
export type PackedAudio = 'aac' | 'mp3' | 'ac3' | 'eac3';

export interface FrameHeader {
  readonly format: PackedAudio;
  /** Size of the whole frame, header included. */
  readonly bytes: number;
  /** Samples of each channel. 0 if the frame only adds channels to the one before it. */
  readonly samples: number;
  readonly sampleRate: number;
  /** Equal for frames that can follow one another in one track: `aac.2:44100:2`. */
  readonly coding: string;
}

/** Enough bytes for any header. */
export const HEADER_BYTES = 8;

/**
 * The header of a frame that begins there; undefined if none does, or if there are fewer than {@link HEADER_BYTES}
 * bytes.
 */
export function readFrameHeader(bytes: Buffer, at = 0): FrameHeader | undefined {
  if (at + HEADER_BYTES > bytes.length) return undefined;
  const sync = bytes.readUInt16BE(at);
  if (sync === 0x0b77) return readDolby(bytes, at);
  if ((sync & 0xfff6) === 0xfff0) return readAdts(bytes, at);
  return (sync & 0xffe0) === 0xffe0 ? readMpeg(bytes, at) : undefined;
}

const AAC_RATES = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350];
const ADTS_HEADER_BYTES = 7;

/** ISO/IEC 13818-7 section 6.2. */
function readAdts(bytes: Buffer, at: number): FrameHeader | undefined {
  const fields = bytes.readUInt32BE(at + 2);
  const sampleRate = AAC_RATES[(fields >>> 26) & 15];
  const length = (fields >>> 5) & 0x1fff;
  if (sampleRate === undefined || length <= ADTS_HEADER_BYTES) return undefined;
  const objectType = (fields >>> 30) + 1;
  const channels = (fields >>> 22) & 7;
  const blocks = (bytes.readUInt8(at + 6) & 3) + 1;
  const coding = `aac.${objectType}:${sampleRate}:${channels}`;
  return { format: 'aac', bytes: length, samples: 1024 * blocks, sampleRate, coding };
}

const MPEG_RATES = [44_100, 48_000, 32_000];
const KBITS_1_LAYER_2 = [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
const KBITS_1_LAYER_3 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const KBITS_2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/** ISO/IEC 11172-3 section 2.4.2.3, 13818-3 section 2.4.2.3, and the quarter rates that MP3 adds. */
function readMpeg(bytes: Buffer, at: number): FrameHeader | undefined {
  const fields = bytes.readUInt32BE(at);
  const version = (fields >>> 19) & 3;
  const layer = 4 - ((fields >>> 17) & 3);
  const halving = [2, undefined, 1, 0][version];
  const fullRate = MPEG_RATES[(fields >>> 10) & 3];
  if (halving === undefined || fullRate === undefined || layer === 4 || layer === 1) return undefined;
  const table = halving > 0 ? KBITS_2 : layer === 2 ? KBITS_1_LAYER_2 : KBITS_1_LAYER_3;
  const kbits = table[(fields >>> 12) & 15];
  // Neither a forbidden rate nor "free format", whose frames do not state their length.
  if (!kbits) return undefined;
  const sampleRate = fullRate / 2 ** halving;
  const samples = layer === 3 && halving > 0 ? 576 : 1152;
  const padding = (fields >>> 9) & 1;
  const channels = ((fields >>> 6) & 3) === 3 ? 1 : 2;
  const length = Math.floor((samples * kbits * 125) / sampleRate) + padding;
  return { format: 'mp3', bytes: length, samples, sampleRate, coding: `mp3.${layer}:${sampleRate}:${channels}` };
}

const DOLBY_RATES = [48_000, 44_100, 32_000];
const AC3_KBITS = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640];
/** By `acmod`. */
const DOLBY_CHANNELS = [2, 1, 2, 3, 3, 4, 4, 5];
const DOLBY_BLOCK_SAMPLES = 256;

/** ETSI TS 102 366: `bsid` up to 10 is AC-3 (section 4.3), from 11 to 16 E-AC-3 (annex E). */
function readDolby(bytes: Buffer, at: number): FrameHeader | undefined {
  const version = bytes.readUInt8(at + 5) >> 3;
  if (version > 16) return undefined;
  return version > 10 ? readEac3(bytes, at) : readAc3(bytes, at);
}

function readAc3(bytes: Buffer, at: number): FrameHeader | undefined {
  const rateCode = bytes.readUInt8(at + 4) >> 6;
  const sizeCode = bytes.readUInt8(at + 4) & 63;
  const kbits = AC3_KBITS[sizeCode >> 1];
  const sampleRate = DOLBY_RATES[rateCode];
  if (kbits === undefined || sampleRate === undefined) return undefined;
  // Only 44.1 kHz does not divide into whole words (table 4.13).
  const words = rateCode === 1 ? Math.floor((kbits * 320) / 147) + (sizeCode & 1) : (kbits * 96_000) / sampleRate;
  const modes = bytes.readUInt16BE(at + 6);
  const mode = modes >> 13;
  // The mix levels of the mode come before the flag for low frequencies.
  const levels = ((mode & 1) === 1 && mode !== 1 ? 2 : 0) + ((mode & 4) === 4 ? 2 : 0) + (mode === 2 ? 2 : 0);
  const channels = (DOLBY_CHANNELS[mode] ?? 0) + ((modes >> (12 - levels)) & 1);
  const samples = 6 * DOLBY_BLOCK_SAMPLES;
  return { format: 'ac3', bytes: words * 2, samples, sampleRate, coding: `ac3:${sampleRate}:${channels}` };
}

function readEac3(bytes: Buffer, at: number): FrameHeader | undefined {
  const fields = bytes.readUInt32BE(at + 2);
  const rateCode = (fields >>> 14) & 3;
  const next = (fields >>> 12) & 3;
  const fullRate = DOLBY_RATES[rateCode === 3 ? next : rateCode];
  if (fullRate === undefined) return undefined;
  const sampleRate = rateCode === 3 ? fullRate / 2 : fullRate;
  const blocks = rateCode === 3 ? 6 : ([1, 2, 3, 6][next] ?? 6);
  const channels = (DOLBY_CHANNELS[(fields >>> 9) & 7] ?? 0) + ((fields >>> 8) & 1);
  // A dependent substream, or another programme beside the first, takes no time of its own.
  const beside = fields >>> 30 === 1 || ((fields >>> 27) & 7) > 0;
  const samples = beside ? 0 : blocks * DOLBY_BLOCK_SAMPLES;
  const length = (((fields >>> 16) & 0x7ff) + 1) * 2;
  return { format: 'eac3', bytes: length, samples, sampleRate, coding: `eac3:${sampleRate}:${channels}` };
}

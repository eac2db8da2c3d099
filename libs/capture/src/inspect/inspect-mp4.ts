import { createHash } from 'node:crypto';

export interface Box {
  readonly type: string;
  readonly body: Buffer;
}

/** The boxes that are complete in the bytes (ISO/IEC 14496-12 section 4.2). */
export function* boxes(bytes: Buffer): Generator<Box> {
  let at = 0;
  while (at + 8 <= bytes.length) {
    const short = bytes.readUInt32BE(at);
    const long = short === 1 && at + 16 <= bytes.length;
    const size = long ? Number(bytes.readBigUInt64BE(at + 8)) : short === 0 ? bytes.length - at : short;
    const header = long ? 16 : 8;
    if (size < header || at + size > bytes.length) return;
    yield { type: bytes.toString('latin1', at + 4, at + 8), body: bytes.subarray(at + header, at + size) };
    at += size;
  }
}

function firstOf(bytes: Buffer, type: string): Buffer | undefined {
  for (const box of boxes(bytes)) if (box.type === type) return box.body;
  return undefined;
}

export function find(bytes: Buffer, ...path: readonly string[]): Buffer | undefined {
  let here: Buffer | undefined = bytes;
  for (const type of path) {
    if (here === undefined) return undefined;
    here = firstOf(here, type);
  }
  return here;
}

/**
 * Codecs and video size of an mp4 initialisation section in one comparable word, like
 * `avc1:1280x720:1f0c9a3e+mp4a:77b2c3d4`. Undefined if it has no usable `moov`.
 */
export function inspectInit(init: Buffer): string | undefined {
  const moov = find(init, 'moov');
  if (moov === undefined) return undefined;
  const tracks: string[] = [];
  for (const { type, body } of boxes(moov)) {
    if (type !== 'trak') continue;
    const described = describeTrack(body);
    if (described !== undefined) tracks.push(described);
  }
  return tracks.length === 0 ? undefined : tracks.toSorted().join('+');
}

/**
 * Whether the samples of a track are encrypted one by one (ISO/IEC 23001-7 section 4.2), by the word of {@link
 * inspectInit}.
 */
export const isProtected = (signature: string): boolean => /(^|\+)enc[av]:/.test(signature);

function describeTrack(trak: Buffer): string | undefined {
  const descriptions = find(trak, 'mdia', 'minf', 'stbl', 'stsd');
  if (descriptions === undefined) return undefined;
  // Version, flags and entry count come before the sample entries.
  const [entry] = boxes(descriptions.subarray(8));
  if (entry === undefined) return undefined;
  const print = createHash('sha256').update(entry.body).digest('hex').slice(0, 8);
  const isVideo = find(trak, 'mdia', 'minf', 'vmhd') !== undefined && entry.body.length >= 28;
  const size = isVideo ? `${entry.body.readUInt16BE(24)}x${entry.body.readUInt16BE(26)}:` : '';
  return `${entry.type}:${size}${print}`;
}

/** What ffprobe says about a stream, as far as a codec string needs it. */
export interface CodecFacts {
  readonly codec: string;
  readonly profile?: string | undefined;
  /** As ffprobe gives it: H.264 31 for 3.1, HEVC 93 for 3.1, AV1 the index. */
  readonly level?: number | undefined;
  readonly pixelFormat?: string | undefined;
}

/**
 * The codec as RFC 6381 and the codecs' own registrations write it (ISO/IEC 14496-15 annex E for AVC and HEVC, the AV1
 * ISOBMFF binding §5), as far as ffprobe's facts go. Constraint bits are those that encoders of that profile set.
 * Undefined if it would be a guess.
 */
export function codecString(facts: CodecFacts): string | undefined {
  switch (facts.codec) {
    case 'h264':
      return avc(facts);
    case 'hevc':
      return hevc(facts);
    case 'av1':
      return av1(facts);
    case 'aac':
      return aacObjectTypes.get(facts.profile ?? '');
    default:
      return plainNames.get(facts.codec);
  }
}

const aacObjectTypes: ReadonlyMap<string, string> = new Map([
  ['LC', 'mp4a.40.2'],
  ['HE-AAC', 'mp4a.40.5'],
  ['HE-AACv2', 'mp4a.40.29'],
]);

const plainNames: ReadonlyMap<string, string> = new Map([
  ['mp3', 'mp4a.40.34'],
  ['opus', 'opus'],
  ['ac3', 'ac-3'],
  ['eac3', 'ec-3'],
  ['flac', 'fLaC'],
]);

/** profile_idc and the constraint flags, in hexadecimal. */
const avcProfiles: ReadonlyMap<string, string> = new Map([
  ['Constrained Baseline', '42e0'],
  ['Baseline', '4200'],
  ['Main', '4d40'],
  ['Extended', '5800'],
  ['High', '6400'],
  ['High 10', '6e00'],
  ['High 4:2:2', '7a00'],
  ['High 4:4:4 Predictive', 'f400'],
]);

function avc({ profile, level }: CodecFacts): string | undefined {
  const bits = avcProfiles.get(profile ?? '');
  return bits === undefined || !isLevel(level) ? undefined : `avc1.${bits}${level.toString(16).padStart(2, '0')}`;
}

function hevc({ profile, level }: CodecFacts): string | undefined {
  const space = profile === 'Main' ? '1.6' : profile === 'Main 10' ? '2.4' : undefined;
  return space === undefined || !isLevel(level) ? undefined : `hvc1.${space}.L${level}.B0`;
}

function av1({ profile, level, pixelFormat }: CodecFacts): string | undefined {
  if (profile !== 'Main' || level === undefined || level < 0 || level > 31) return undefined;
  return `av01.0.${String(level).padStart(2, '0')}M.${pixelFormat?.includes('10') === true ? '10' : '08'}`;
}

function isLevel(level: number | undefined): level is number {
  return level !== undefined && level > 0 && level < 256;
}

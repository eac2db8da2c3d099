import { SourceUnavailable } from '@streamvault/platforms';

/**
 * By scheme: the protocols that ffmpeg may use for the address (never a file), and further options. For all schemes but
 * SRT it reaches only our own relay, which encrypts where needed.
 */
const SCHEMES: Readonly<Record<string, { readonly protocols: string; readonly options?: readonly string[] }>> = {
  http: { protocols: 'http,tcp' },
  rtmp: { protocols: 'rtmp,tcp' },
  // TCP loses nothing on the way, and one connection gets through any router.
  rtsp: { protocols: 'rtsp,tcp', options: ['-rtsp_transport', 'tcp'] },
  srt: { protocols: 'srt' },
};

/** Audio that a transport stream cannot carry is encoded into audio that it can. */
export type AudioChoice = 'as-it-is' | 'encoded';

const output = (sound: AudioChoice): readonly string[] =>
  ['-c copy', ...(sound === 'encoded' ? ['-c:a aac'] : []), '-dn -sn -f mpegts -flush_packets 1 pipe:1']
    .join(' ')
    .split(' ');

/** Addresses with these schemes are recorded by ffmpeg. */
export const FFMPEG_SCHEMES: readonly string[] = ['http', 'https', 'rtmp', 'rtmps', 'rtsp', 'rtsps', 'srt'];

export interface FfmpegInput {
  /** Shown on the command line, where every user of the machine can read it: it must not contain a secret. */
  readonly url: string;
  /** ffmpeg reads the address from its third descriptor instead, as `addressFor` writes it. */
  readonly isSecret?: boolean | undefined;
  /** Further options for the input. */
  readonly options?: readonly string[] | undefined;
  readonly sound?: AudioChoice;
}

/** An address as ffmpeg reads it from a pipe (its concat demuxer). */
export const addressFor = (url: string): string => `ffconcat version 1.0\nfile '${url.replaceAll("'", '%27')}'\n`;

export const schemeOf = (url: string): string => /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? '';

/** @throws SourceUnavailable for a scheme that is not on the list */
export function assertRecordable(url: string): void {
  const scheme = schemeOf(url);
  if (!FFMPEG_SCHEMES.includes(scheme))
    throw new SourceUnavailable('unsupported', `Addresses that begin with ${scheme}: are not recorded.`);
}

/**
 * Arguments for an ffmpeg that copies the best video and audio of the source, as a transport stream, to its output.
 * Audio that a transport stream cannot carry has to be `encoded`: it becomes AAC.
 * @throws SourceUnavailable for a scheme that is not on the list
 */
export function ffmpegArguments({
  url,
  isSecret = false,
  options = [],
  sound = 'as-it-is',
}: FfmpegInput): readonly string[] {
  const scheme = schemeOf(url);
  const known = SCHEMES[scheme];
  if (known === undefined || !Object.hasOwn(SCHEMES, scheme))
    throw new SourceUnavailable('unsupported', `Addresses that begin with ${scheme}: are not recorded.`);
  return [
    ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'warning'],
    ['-protocol_whitelist', isSecret ? `pipe,${known.protocols}` : known.protocols],
    known.options ?? [],
    options,
    isSecret ? ['-f', 'concat', '-safe', '0', '-i', 'pipe:3'] : ['-i', url],
    output(sound),
  ].flat();
}

/** Arguments for an ffmpeg that joins what it is handed: one stream for each input, from the third descriptor on. */
export function joiningArguments(inputs: number): readonly string[] {
  const numbers = Array.from({ length: inputs }, (_, index) => index);
  return [
    ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'warning', '-protocol_whitelist', 'pipe'],
    // Without their own times, video and audio that begin at different instants would be moved together.
    ['-copyts'],
    numbers.flatMap((index) => ['-i', `pipe:${index + 3}`]),
    numbers.flatMap((index) => ['-map', String(index)]),
    output('as-it-is'),
  ].flat();
}

/** Whether it is fetched over HTTP. */
export const isWeb = (url: string): boolean => /^https?:/i.test(url);

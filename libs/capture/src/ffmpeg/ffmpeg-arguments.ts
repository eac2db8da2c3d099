import { SourceUnavailable } from '@streamvault/platforms';

/** By the scheme of an address: what ffmpeg may open on its way (never a file), and what it needs to be told. */
const SCHEMES: Readonly<Record<string, { readonly protocols: string; readonly options?: readonly string[] }>> = {
  http: { protocols: 'http,https,httpproxy,tcp,tls,crypto,data' },
  https: { protocols: 'http,https,httpproxy,tcp,tls,crypto,data' },
  rtmp: { protocols: 'rtmp,rtmps,tcp,tls' },
  rtmps: { protocols: 'rtmp,rtmps,tcp,tls' },
  // Over TCP nothing is lost on the way, and one connection goes through any router.
  rtsp: { protocols: 'rtsp,tcp,tls,udp,rtp', options: ['-rtsp_transport', 'tcp'] },
  rtsps: { protocols: 'rtsp,rtsps,tcp,tls,udp,rtp', options: ['-rtsp_transport', 'tcp'] },
  srt: { protocols: 'srt' },
};

/** What a transport stream cannot carry is made into what it can. */
export type SoundChoice = 'as-it-is' | 'encoded';

const output = (sound: SoundChoice): readonly string[] =>
  ['-c copy', ...(sound === 'encoded' ? ['-c:a aac'] : []), '-dn -sn -f mpegts -flush_packets 1 pipe:1']
    .join(' ')
    .split(' ');

/** Addresses that begin so are recorded by ffmpeg. */
export const FFMPEG_SCHEMES: readonly string[] = Object.keys(SCHEMES);

export interface FfmpegInput {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly sound?: SoundChoice;
}

/**
 * What ffmpeg is started with: it copies the best picture and sound of the source, as a transport stream, to its output.
 * Sound that one cannot carry has to be `encoded`: AAC is made of it.
 * @throws SourceUnavailable for a scheme that is not on the list
 */
export function ffmpegArguments({ url, headers = {}, sound = 'as-it-is' }: FfmpegInput): readonly string[] {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? '';
  const known = SCHEMES[scheme];
  if (known === undefined || !Object.hasOwn(SCHEMES, scheme))
    throw new SourceUnavailable('unsupported', `Addresses that begin with ${scheme}: are not recorded.`);
  return [
    ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'warning'],
    ['-protocol_whitelist', known.protocols],
    known.options ?? [],
    isWeb(url) ? headerOptions(headers) : [],
    ['-i', url],
    output(sound),
  ].flat();
}

/** What ffmpeg is started with where what it joins is handed to it: one stream for each input, from the third descriptor on. */
export function joiningArguments(inputs: number): readonly string[] {
  const numbers = Array.from({ length: inputs }, (_, index) => index);
  return [
    ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'warning', '-protocol_whitelist', 'pipe'],
    // Without their own times, picture and sound that begin apart would be moved together.
    ['-copyts'],
    numbers.flatMap((index) => ['-i', `pipe:${index + 3}`]),
    numbers.flatMap((index) => ['-map', String(index)]),
    output('as-it-is'),
  ].flat();
}

/** Had over HTTP. */
export const isWeb = (url: string): boolean => /^https?:/i.test(url);

/** A line break in a header would begin another one. */
function headerOptions(headers: Readonly<Record<string, string>>): readonly string[] {
  const sound = Object.entries(headers).filter(([name, value]) => !/[\r\n]/.test(name + value));
  const agent = sound.find(([name]) => name.toLowerCase() === 'user-agent');
  const others = sound.filter((header) => header !== agent).map(([name, value]) => `${name}: ${value}\r\n`);
  return [
    ...(agent === undefined ? [] : ['-user_agent', agent[1]]),
    ...(others.length === 0 ? [] : ['-headers', others.join('')]),
  ];
}

/** Words of ffmpeg without what addresses in them may hold: users, passwords, stream keys, tokens. */
export const withoutSecrets = (words: string): string =>
  words.replaceAll(/([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/?#'"]*@)?([^\s/?#'"]*)[^\s'"]*/gi, '$1$2/…');

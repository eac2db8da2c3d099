import { SourceNotSupported } from './streamer-errors.js';
import type { Platform } from './streamer-events.js';
import { twitchChannel } from './twitch-channel.js';

export interface Source {
  readonly url: string;
  readonly platform: Platform;
  /** The streamer's name if the user gives none. */
  readonly name: string;
  /** Credentials that were in the address: secret, and not part of `url`. */
  readonly credentials?: Credentials;
}

export interface Credentials {
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly passphrase?: string | undefined;
}

/** The address of the channel that the server makes itself. */
export const demoUrl = 'demo:channel';

/** What ffmpeg records, as `URL.protocol`. */
const streamProtocols = new Set(['rtmp:', 'rtmps:', 'rtsp:', 'rtsps:', 'srt:']);

const examples =
  'Use a Twitch channel (https://www.twitch.tv/name), an HLS playlist (https://…/live.m3u8), or an RTMP, RTSP or SRT address';

/**
 * The kind of a pasted address. Two spellings of one address give the same `url`, so that it is not added twice.
 * @throws SourceNotSupported with what is possible instead
 */
export function sourceFrom(text: string): Source {
  const address = text.trim();
  if (address === demoUrl) return { url: demoUrl, platform: 'demo', name: 'Demo channel' };
  const url = URL.parse(/^([a-z]+\.)?twitch\.tv\//i.test(address) ? `https://${address}` : address);
  if (!url) throw new SourceNotSupported(`This is not a URL. ${examples}.`);
  const isStream = streamProtocols.has(url.protocol);
  if (url.protocol !== 'http:' && url.protocol !== 'https:' && !isStream)
    throw new SourceNotSupported(
      `An address that begins with ${url.protocol.slice(0, 20)} cannot be recorded. ${examples}.`,
    );
  const credentials = takeCredentials(url);
  if (url.username !== '' || url.password !== '')
    throw new SourceNotSupported('The address contains a user name or password, which would be stored. Leave it out.');
  if (isStream) {
    if (url.hostname === '') throw new SourceNotSupported(`The address names no host. ${examples}.`);
    // The path of such an address may be a key, so it is not used as a name.
    return { url: url.href, platform: 'stream', name: url.host, ...(credentials && { credentials }) };
  }
  const channel = twitchChannel(url);
  if (channel !== undefined)
    return { url: `https://www.twitch.tv/${channel.toLowerCase()}`, platform: 'twitch', name: channel };
  url.hash = '';
  return { url: url.href, platform: platformOf(url), name: nameFrom(url) };
}

/** Removes the secrets from an address that are stored separately: a camera's login, a sender's passphrase. */
function takeCredentials(url: URL): Credentials | undefined {
  if (isCamera(url) && (url.username !== '' || url.password !== '')) {
    const credentials = { user: safeDecode(url.username), password: safeDecode(url.password) };
    url.username = '';
    url.password = '';
    return credentials;
  }
  const passphrase = url.protocol === 'srt:' ? url.searchParams.get('passphrase') : null;
  if (passphrase === null) return undefined;
  url.searchParams.delete('passphrase');
  return checked({ passphrase });
}

const isCamera = ({ protocol }: URL): boolean => protocol === 'rtsp:' || protocol === 'rtsps:';

function checked(credentials: Credentials): Credentials {
  const { length } = credentials.passphrase ?? '';
  if (length < 10 || length > 79)
    throw new SourceNotSupported('The passphrase of an SRT source must have 10 to 79 characters.');
  return credentials;
}

/** @throws SourceNotSupported if an address does not use such credentials */
export function requireUse(address: string, { user, password, passphrase }: Credentials): void {
  const url = URL.parse(address);
  const isForCamera = user !== undefined || password !== undefined;
  if (isForCamera && (url === null || !isCamera(url)))
    throw new SourceNotSupported('Only RTSP cameras have a user and a password.');
  if (passphrase !== undefined && url?.protocol !== 'srt:')
    throw new SourceNotSupported('Only SRT sources have a passphrase.');
}

function platformOf({ pathname }: URL): Platform {
  if (/\.m3u8?$/i.test(pathname)) return 'hls';
  return /\.mpd$/i.test(pathname) ? 'stream' : 'web';
}

/** The host, and the folder of the playlist, which mostly names the streamer. */
function nameFrom(url: URL): string {
  const folders = url.pathname.split('/').filter((part) => part !== '' && !part.toLowerCase().endsWith('.m3u8'));
  const last = folders.at(-1);
  return last ? `${url.host} ${safeDecode(last)}`.slice(0, 200) : url.host;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray % in a path is valid for servers; it just is not an escape.
    return text;
  }
}

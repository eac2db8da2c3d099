import { SourceNotSupported } from './streamer-errors.js';

export interface Source {
  readonly url: string;
  readonly platform: 'hls' | 'demo';
  /** What to call the streamer where nobody says. */
  readonly name: string;
}

/** The address of the channel that the server makes itself. */
export const demoUrl = 'demo:channel';

const twitchHosts = /(^|\.)twitch\.tv$/i;

/**
 * What a pasted address is. Two spellings of one address give the same `url`, so that it is not added twice.
 *
 * @throws SourceNotSupported with what is possible instead
 */
export function sourceFrom(text: string): Source {
  if (text === demoUrl) return { url: demoUrl, platform: 'demo', name: 'Demo channel' };
  const url = URL.parse(text.trim());
  if (!url) throw new SourceNotSupported('This is no URL. Paste the address of an HLS playlist: https://…/live.m3u8');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new SourceNotSupported(
      `An address that begins with ${url.protocol.slice(0, 20)} cannot be recorded. Use an HLS playlist: https://…/live.m3u8`,
    );
  if (url.username !== '' || url.password !== '')
    throw new SourceNotSupported('The address holds a user name or password, which would be stored. Leave it out.');
  if (twitchHosts.test(url.hostname))
    throw new SourceNotSupported('Twitch channels cannot be recorded yet. Use an HLS playlist: https://…/live.m3u8');
  url.hash = '';
  return { url: url.href, platform: 'hls', name: nameFrom(url) };
}

/** The host, and the folder that the playlist lies in, which is mostly the channel. */
function nameFrom(url: URL): string {
  const folders = url.pathname.split('/').filter((part) => part !== '' && !part.toLowerCase().endsWith('.m3u8'));
  const last = folders.at(-1);
  return last ? `${url.host} ${safeDecode(last)}`.slice(0, 200) : url.host;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray % in a path is legal enough for servers; it just is not an escape.
    return text;
  }
}

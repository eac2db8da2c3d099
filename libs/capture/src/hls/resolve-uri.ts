import { PlaylistError } from './playlist.js';

/**
 * An address from a playlist, absolute.
 * @throws PlaylistError for anything but http and https: a `file:` address would read this machine's files
 */
export function resolveUri(uri: string, baseUrl: string): URL {
  const url = URL.parse(uri.trim(), baseUrl);
  if (url === null) throw new PlaylistError('playlist.malformed', `“${uri.slice(0, 100)}” is not an address.`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new PlaylistError(
      'playlist.forbidden-uri',
      `It points to a “${url.protocol}” address. Only http and https are fetched.`,
    );
  }
  return url;
}

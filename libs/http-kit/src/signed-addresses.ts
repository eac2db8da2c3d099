/**
 * A playlist (RFC 8216) in which every address gets the signature with which the playlist itself was requested, so that
 * a player without a cookie can follow it. Unchanged without a signature.
 */
export function signPlaylist(playlist: string, signature: string): string {
  if (signature === '') return playlist;
  return playlist
    .split('\n')
    .map((line) => {
      if (line.startsWith('#'))
        return line.replaceAll(/URI="([^"]+)"/g, (_, uri: string) => `URI="${signed(uri, signature)}"`);
      return line.trim() === '' ? line : signed(line, signature);
    })
    .join('\n');
}

/** One relative address. What follows `#` stays there. */
export function signed(address: string, signature: string): string {
  if (signature === '') return address;
  const [path = '', fragment] = address.split('#', 2);
  const query = `${path.includes('?') ? '&' : '?'}${signature}`;
  return `${path}${query}${fragment === undefined ? '' : `#${fragment}`}`;
}

/** An address for a log, without signatures and tokens. */
export const withoutSecrets = (address: string): string =>
  address
    .replace(/^\/s\/[^/?#]+/, '/s/***')
    .replaceAll(/([?&](?:sig|code|state|id_token|password|token)=)[^&#]*/g, '$1***');

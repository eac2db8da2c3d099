/**
 * A playlist (RFC 8216) whose every address brings the signature along that the playlist itself was asked for with, so that a
 * player without a cookie can follow it. Nothing changes where there is none.
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

/** One relative address, with what stands behind `#` kept there. */
export function signed(address: string, signature: string): string {
  if (signature === '') return address;
  const [path = '', fragment] = address.split('#', 2);
  const query = `${path.includes('?') ? '&' : '?'}${signature}`;
  return `${path}${query}${fragment === undefined ? '' : `#${fragment}`}`;
}

/** An address as a log may have it: what opens something is left out. */
export const withoutSecrets = (address: string): string =>
  address
    .replace(/^\/s\/[^/?#]+/, '/s/***')
    .replaceAll(/([?&](?:sig|code|state|id_token|password|token)=)[^&#]*/g, '$1***');

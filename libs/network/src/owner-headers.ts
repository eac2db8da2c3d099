/** Headers that carry, or may carry, credentials. */
const SECRET = /auth|cookie|token|secret|key|session|signature|credential|password/i;

/** Never taken from the owner: they belong to the connection and the body, and would break both. */
const OURS = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'range',
  'te',
  'trailer',
  'proxy-authorization',
]);

/**
 * The headers that a source's owner gave, as far as they may go to an address, by lower-case name. Credentials go to
 * the source's own origin only, not to every host that a playlist or a redirect names.
 */
export function ownerHeaders(
  given: Readonly<Record<string, string>> | undefined,
  { isOwn }: { readonly isOwn: boolean },
): Record<string, string> {
  const headers = Object.entries(given ?? {})
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    // A line break in a header would begin another one.
    .filter(([name, value]) => !OURS.has(name) && (isOwn || !SECRET.test(name)) && !/[\r\n\0]/.test(name + value));
  return Object.fromEntries(headers);
}

/** A cookie that the server has set replaces the owner's cookie with the same name. */
export function cookiesTogether(given: string | undefined, stored: string | undefined): string | undefined {
  if (given === undefined || stored === undefined) return given ?? stored;
  const name = (pair: string): string => pair.split('=', 1)[0]?.trim() ?? '';
  const replaced = new Set(stored.split(';').map(name));
  const kept = given.split(';').filter((pair) => !replaced.has(name(pair)));
  return [...kept.map((pair) => pair.trim()), stored].join('; ');
}

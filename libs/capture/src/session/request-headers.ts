import type { ByteRange } from '../hls/playlist.js';

export interface HeaderParts {
  readonly userAgent: string;
  /** What the source's owner gave; their names in any case. */
  readonly given: Readonly<Record<string, string>> | undefined;
  /** From the address itself, as user and password. */
  readonly authorization: string | undefined;
  readonly cookies: string | undefined;
  readonly range: ByteRange | undefined;
  /** False beyond a redirect to somebody else, who is not to see what the owner gave to prove who he is. */
  readonly trusted: boolean;
}

const SECRET = new Set(['authorization', 'cookie', 'proxy-authorization']);

/** Never from the owner: they belong to the connection and the body, and would break both. */
const OURS = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'range',
  'te',
  'trailer',
]);

/** The headers of a request, by lower-case name. */
export function requestHeaders(parts: HeaderParts): Record<string, string> {
  const { userAgent, authorization, range, trusted } = parts;
  const given = Object.entries(parts.given ?? {})
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !OURS.has(name) && (trusted || !SECRET.has(name)));
  const headers: Record<string, string> = {
    'user-agent': userAgent,
    accept: '*/*',
    'accept-encoding': 'identity',
    ...(authorization !== undefined && trusted && { authorization }),
    ...Object.fromEntries(given),
    ...(range && { range: `bytes=${range.offset}-${range.offset + range.length - 1}` }),
  };
  const cookie = together(headers['cookie'], parts.cookies);
  if (cookie !== undefined) headers['cookie'] = cookie;
  return headers;
}

/** Basic access authentication (RFC 7617) for an address with a user in it. */
export function basicAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const pair = `${decoded(username)}:${decoded(password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A lone per cent sign is no escape; what was typed is meant as it stands.
    return part;
  }
}

/** A cookie that the server has set replaces the one of that name which the owner gave. */
function together(given: string | undefined, stored: string | undefined): string | undefined {
  if (given === undefined || stored === undefined) return given ?? stored;
  const name = (pair: string): string => pair.split('=', 1)[0]?.trim() ?? '';
  const replaced = new Set(stored.split(';').map(name));
  const kept = given.split(';').filter((pair) => !replaced.has(name(pair)));
  return [...kept.map((pair) => pair.trim()), stored].join('; ');
}

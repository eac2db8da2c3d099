import { cookiesTogether, ownerHeaders } from '@streamvault/network';
import type { ByteRange } from '../hls/playlist.js';

export interface HeaderParts {
  readonly userAgent: string;
  /** Given by the source's owner. Names may be in any case. */
  readonly given: Readonly<Record<string, string>> | undefined;
  /** From the address itself, as user and password; meant for that address only. */
  readonly authorization: string | undefined;
  readonly cookies: string | undefined;
  readonly range: ByteRange | undefined;
  /** Whether the request goes to the source's own origin. No other host may see the owner's credentials. */
  readonly trusted: boolean;
}

/** The headers of a request, by lower-case name. */
export function requestHeaders(parts: HeaderParts): Record<string, string> {
  const { userAgent, authorization, range, trusted } = parts;
  const headers: Record<string, string> = {
    'user-agent': userAgent,
    accept: '*/*',
    'accept-encoding': 'identity',
    ...(authorization !== undefined && { authorization }),
    ...ownerHeaders(parts.given, { isOwn: trusted }),
    ...(range && { range: `bytes=${range.offset}-${range.offset + range.length - 1}` }),
  };
  const cookie = cookiesTogether(headers['cookie'], parts.cookies);
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
    // A lone per cent sign is not an escape. What was typed is taken literally.
    return part;
  }
}

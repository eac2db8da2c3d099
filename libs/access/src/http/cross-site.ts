import type { IncomingHttpHeaders } from 'node:http';

export interface BrowserRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** Scheme, host and port as the browser sees this server; behind a trusted proxy, as the proxy says. */
  readonly origin: string;
}

const harmless = new Set(['GET', 'HEAD', 'OPTIONS']);
export const isRead = (method: string): boolean => harmless.has(method);

/**
 * Whether a page of another site made this request (OWASP, Cross-Site Request Forgery Prevention). A page on another
 * host of the same site counts too: at home those are other programs.
 *
 * Browsers send `Sec-Fetch-Site` only to https and to this machine; to an address in the network there are `Origin` and
 * `Referer`. A program sends neither.
 */
export function isFromElsewhere({ headers, origin }: BrowserRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const from = headers.origin ?? headers.referer;
  return from !== undefined && originOf(from) !== originOf(origin);
}

/** A write with a cookie says where it comes from; one that does not may be a page that hides its origin. */
export const saysWhereFrom = ({ headers }: BrowserRequest): boolean =>
  headers['sec-fetch-site'] !== undefined || (headers.origin ?? headers.referer) !== undefined;

/** A user follows a link to a page of ours: the linking site can read nothing of it, and no frame may show it. */
export function isFollowedLink({ headers }: BrowserRequest): boolean {
  const mode = headers['sec-fetch-mode'];
  if (mode !== undefined) return mode === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return headers.origin === undefined && (headers.accept ?? '').includes('text/html');
}

const originOf = (address: string): string | undefined => URL.parse(address)?.origin;

import type { IncomingHttpHeaders } from 'node:http';

export interface BrowserRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** As the browser sees this server: scheme, host and port; behind a trusted proxy what that says. */
  readonly origin: string;
}

const harmless = new Set(['GET', 'HEAD', 'OPTIONS']);
export const isRead = (method: string): boolean => harmless.has(method);

/**
 * Whether a page of somebody else made this request (OWASP, Cross-Site Request Forgery Prevention). A page on another host of the
 * same site is somebody else's: at home those are other programs.
 *
 * Browsers send `Sec-Fetch-Site` to https and to this machine only; to an address in the network there are `Origin` and
 * `Referer`. A program sends neither.
 */
export function isFromElsewhere({ headers, origin }: BrowserRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const from = headers.origin ?? headers.referer;
  return from !== undefined && originOf(from) !== originOf(origin);
}

/** A write that brings a cookie says where it comes from; one that does not may be a page that hides it. */
export const saysWhereFrom = ({ headers }: BrowserRequest): boolean =>
  headers['sec-fetch-site'] !== undefined || (headers.origin ?? headers.referer) !== undefined;

/** Somebody goes to a page of ours: nothing of it can be read by where he comes from, and no frame may show it. */
export function isFollowedLink({ headers }: BrowserRequest): boolean {
  const mode = headers['sec-fetch-mode'];
  if (mode !== undefined) return mode === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return headers.origin === undefined && (headers.accept ?? '').includes('text/html');
}

const originOf = (address: string): string | undefined => URL.parse(address)?.origin;

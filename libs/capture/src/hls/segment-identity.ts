import type { ByteRange } from './playlist.js';

/** Query parameters that carry a permission or a session, and therefore change from one request to the next. */
const VOLATILE =
  /^(token|tok|sig|signature|expires?|exp|hdn(ts|ea|tl)|hdnea|policy|key-pair-id|x-amz-.*|auth.*|session.*|sid|nonce|cache.*|_.*)$/i;

/** Identifies a resource whatever host, token or session its address names: path, stable query and byte range. */
export function identify(url: URL, range?: ByteRange): string {
  const query = url.search === '' ? '' : stableQuery(url.searchParams);
  return sliceOf(`${url.pathname}${query}`, range);
}

/** The identity of a byte range, given that of the whole resource. */
export const sliceOf = (name: string, range?: ByteRange): string =>
  range === undefined ? name : `${name}#${range.length}@${range.offset}`;

/** The query without what changes from one request to the next, with its question mark; empty if nothing is left. */
export function stableQuery(parameters: URLSearchParams): string {
  const kept = [...parameters].filter(([name]) => !VOLATILE.test(name));
  return kept.length === 0 ? '' : `?${new URLSearchParams(kept).toString()}`;
}

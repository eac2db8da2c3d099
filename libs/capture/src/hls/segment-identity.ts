import type { ByteRange } from './playlist.js';

/** Query parameters that carry permission or a session, and so change from one request to the next. */
const VOLATILE =
  /^(token|tok|sig|signature|expires?|exp|hdn(ts|ea|tl)|hdnea|policy|key-pair-id|x-amz-.*|auth.*|session.*|sid|nonce|cache.*|_.*)$/i;

/** What a resource is, whatever host, token or session its address names: path, stable query and byte range. */
export function identify(url: URL, range?: ByteRange): string {
  const query = url.search === '' ? '' : stableQuery(url.searchParams);
  return sliceOf(`${url.pathname}${query}`, range);
}

/** What a slice of a resource is called, by the name of the whole. */
export const sliceOf = (name: string, range?: ByteRange): string =>
  range === undefined ? name : `${name}#${range.length}@${range.offset}`;

/** The query without what changes from one request to the next, with its question mark; empty where nothing is left. */
export function stableQuery(parameters: URLSearchParams): string {
  const kept = [...parameters].filter(([name]) => !VOLATILE.test(name));
  return kept.length === 0 ? '' : `?${new URLSearchParams(kept).toString()}`;
}

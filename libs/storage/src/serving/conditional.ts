import { parseHttpDate } from './http-date.js';

/** As Node gives them: names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Distinguishes one state of a file from another. */
export interface Validators {
  /** Strong, quotes included. */
  readonly etag: string;
  readonly mtime: Date;
}

export interface ConditionalRequest {
  readonly headers: RequestHeaders;
  readonly file: Validators;
  readonly now: Date;
}

/**
 * `proceed`: answer in full or with the requested range · `ignore-range`: the client has another state (`If-Range`),
 * answer in full · `not-modified`: 304 · `precondition-failed`: 412.
 */
export type Condition = 'proceed' | 'ignore-range' | 'not-modified' | 'precondition-failed';

/**
 * The conditions of a GET or HEAD in the order of RFC 9110 §13.2.2. Invalid dates are ignored, as §13.1.3 and §13.1.4
 * say.
 */
export function evaluateConditional(request: ConditionalRequest): Condition {
  const { headers, file, now } = request;
  const modified = lastModified(file, now);
  const date = (name: string) => parseHttpDate(fieldOf(headers, name) ?? '', now);

  const ifMatch = fieldOf(headers, 'if-match');
  const unmodifiedSince = date('if-unmodified-since');
  if (ifMatch !== undefined) {
    if (!listMatches(ifMatch, file.etag, 'strong')) return 'precondition-failed';
  } else if (unmodifiedSince !== undefined && modified > unmodifiedSince) return 'precondition-failed';

  const ifNoneMatch = fieldOf(headers, 'if-none-match');
  const modifiedSince = date('if-modified-since');
  if (ifNoneMatch !== undefined) {
    if (listMatches(ifNoneMatch, file.etag, 'weak')) return 'not-modified';
  } else if (modifiedSince !== undefined && modified <= modifiedSince) return 'not-modified';

  const ifRange = fieldOf(headers, 'if-range');
  return ifRange === undefined || isSameState(ifRange, request) ? 'proceed' : 'ignore-range';
}

/** The value of `Last-Modified`, in milliseconds: whole seconds, and never in the future (§8.8.2.1). */
export function lastModified({ mtime }: Validators, now: Date): number {
  // A file may claim an impossible year: then it counts as new.
  const claimed = mtime.getTime();
  const milliseconds = Number.isNaN(claimed) ? now.getTime() : Math.min(claimed, now.getTime());
  return milliseconds - (((milliseconds % 1000) + 1000) % 1000);
}

/** One field; several lines of it are one list (§5.3). */
export function fieldOf(headers: RequestHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' || value === undefined ? value : value.join(', ');
}

/**
 * §13.1.5: the same strong entity tag, or exactly the same date. A date is a strong validator only if the file cannot
 * have changed again within that second (§8.8.2.2).
 */
function isSameState(ifRange: string, { file, now }: ConditionalRequest): boolean {
  const text = ifRange.trim();
  if (/^(W\/)?"/.test(text)) return text === file.etag;
  const modified = lastModified(file, now);
  return parseHttpDate(text, now) === modified && now.getTime() - modified >= 1000;
}

/**
 * `*` or a list of entity tags (§8.8.3). In the weak comparison the `W/` does not count; in the strong one no weak tag
 * matches.
 */
function listMatches(list: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (list.trim() === '*') return true;
  const tags = [...list.matchAll(/(W\/)?("[\u0021\u0023-\u007e\u0080-\u00ff]*")/g)];
  return tags.some(([, weak, opaque]) => opaque === etag && (weak === undefined || comparison === 'weak'));
}

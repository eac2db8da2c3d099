import { type ByteRange, parseRange } from './byte-range.js';
import { evaluateConditional, fieldOf, lastModified, type RequestHeaders, type Validators } from './conditional.js';

export interface FileToServe extends Validators {
  readonly size: number;
  readonly contentType?: string;
}

export interface ResponseRequest {
  /** GET, or HEAD: its answer has the same headers, but no range (RFC 9110 §14.2) and no body. */
  readonly method: string;
  readonly headers: RequestHeaders;
  readonly file: FileToServe;
  /** Default: `private, no-cache`: kept, but revalidated every time, so that a video that was made again is seen. */
  readonly cacheControl?: string;
  readonly now?: Date;
}

export interface ResponsePlan {
  readonly status: 200 | 206 | 304 | 412 | 416;
  /** Ready to send, lower-case names. A 412 or 416 has no `content-length`: its body is the problem document. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes to send, both ends included. Absent if no byte of the file is sent. */
  readonly range?: ByteRange;
}

/** How to answer a request for a file: status, headers and bytes, by RFC 9110 §13 (conditions), §14 (ranges) and §15. */
export function planResponse({ method, headers, file, cacheControl, now = new Date() }: ResponseRequest): ResponsePlan {
  const always = {
    'accept-ranges': 'bytes',
    'cache-control': cacheControl ?? 'private, no-cache',
    etag: file.etag,
    'last-modified': new Date(lastModified(file, now)).toUTCString(),
  };
  const condition = evaluateConditional({ headers, file, now });
  if (condition === 'not-modified') return { status: 304, headers: always };
  if (condition === 'precondition-failed') return { status: 412, headers: { 'accept-ranges': 'bytes' } };

  const isHead = method.toUpperCase() === 'HEAD';
  const answer = parseRange(isHead || condition === 'ignore-range' ? undefined : fieldOf(headers, 'range'), file.size);
  if (answer.kind === 'unsatisfiable') {
    return { status: 416, headers: { 'accept-ranges': 'bytes', 'content-range': `bytes */${file.size}` } };
  }
  const content = { ...always, ...(file.contentType !== undefined && { 'content-type': file.contentType }) };
  if (answer.kind === 'whole') {
    const all = { ...content, 'content-length': String(file.size) };
    return { status: 200, headers: all, ...(!isHead && file.size > 0 && { range: { start: 0, end: file.size - 1 } }) };
  }
  const { start, end } = answer;
  const part = { 'content-length': String(end - start + 1), 'content-range': `bytes ${start}-${end}/${file.size}` };
  return { status: 206, headers: { ...content, ...part }, range: { start, end } };
}

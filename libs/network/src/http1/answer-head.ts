export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** How the end of a body is known (RFC 9112 section 6.3). */
export type Framing =
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  /** The end of the connection is the end of the body. */
  | { readonly kind: 'close' };

export interface AnswerHead {
  readonly status: number;
  /** By lower-case name; several lines with one name are a list. */
  readonly headers: AnswerHeaders;
  readonly framing: Framing;
  /** The connection can be used again if the answer ends before the connection does. */
  readonly staysOpen: boolean;
  /** How long the server says that it keeps it, if it does. */
  readonly keepSeconds: number | undefined;
}

/** The answer is not valid HTTP/1.1. */
export class BadAnswer extends Error {
  override readonly name = 'BadAnswer';
  readonly code = 'HTTP_BAD_ANSWER';
}

/** More headers than any server sends. */
export const LARGEST_HEAD = 64 << 10;

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [^\r\n]*)?$/;
/** A header's name (RFC 9110 section 5.6.2). */
export const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
/**
 * A header's value: no control characters but the tab, and nothing beyond Latin-1, in which heads are sent (section
 * 5.5).
 */
export const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const LENGTH = /^\d{1,15}$/;

/**
 * The head of an answer to a GET.
 * @param text without the empty line that ends it
 * @throws BadAnswer
 */
export function parseAnswerHead(text: string): AnswerHead {
  const lines = text.split('\r\n');
  const [, minor, status] = STATUS_LINE.exec(lines[0] ?? '') ?? [];
  if (status === undefined) throw new BadAnswer('It does not begin with a status line');
  const headers: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (const line of lines.slice(1)) note(headers, line);
  const code = Number(status);
  const framing = framingOf(code, headers);
  const connection = listOf(headers['connection']);
  const staysOpen =
    framing.kind !== 'close' && (minor === '1' ? !connection.includes('close') : connection.includes('keep-alive'));
  const keep = /(?:^|[,\s])timeout=(\d{1,6})\b/i.exec(String(headers['keep-alive'] ?? ''))?.[1];
  return { status: code, headers, framing, staysOpen, keepSeconds: keep === undefined ? undefined : Number(keep) };
}

function note(headers: Record<string, string | string[]>, line: string): void {
  const colon = line.indexOf(':');
  // A space before the colon, or a line that continues in the next, is not allowed (RFC 9112 section 5): both have been
  // used for attacks.
  if (colon < 1 || !TOKEN.test(line.slice(0, colon))) throw new BadAnswer('A header has no name');
  const name = line.slice(0, colon).toLowerCase();
  const value = line.slice(colon + 1).trim();
  if (!FIELD_VALUE.test(value)) throw new BadAnswer(`The header ${name} has characters that are not allowed`);
  const known = headers[name];
  if (known === undefined) headers[name] = value;
  else if (typeof known === 'string') headers[name] = [known, value];
  else known.push(value);
}

function framingOf(status: number, headers: AnswerHeaders): Framing {
  if (status < 200 || status === 204 || status === 304) return { kind: 'length', bytes: 0 };
  // `identity` means no encoding in RFC 2616, and servers still send it.
  const codings = listOf(headers['transfer-encoding']).filter((coding) => coding !== 'identity');
  if (codings.length > 0) {
    // If a length is sent as well, the coding counts (RFC 9112 section 6.3).
    if (codings.length === 1 && codings[0] === 'chunked') return { kind: 'chunked' };
    throw new BadAnswer(`It has the transfer coding ${codings.join(', ').slice(0, 50)}, which was not requested`);
  }
  const lengths = new Set(listOf(headers['content-length']));
  const [length] = lengths;
  if (length === undefined) return { kind: 'close' };
  if (lengths.size > 1 || !LENGTH.test(length)) throw new BadAnswer('It does not say how long it is');
  return { kind: 'length', bytes: Number(length) };
}

/** The members of a header that is a list, in lower case. */
function listOf(value: string | string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return [value]
    .flat()
    .flatMap((line) => line.split(','))
    .map((member) => member.trim().toLowerCase())
    .filter((member) => member !== '');
}

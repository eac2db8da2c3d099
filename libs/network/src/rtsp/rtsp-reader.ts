/** A request or an answer of RTSP (RFC 2326 section 4 and 6), or a packet of media between them (section 10.12). */
export type RtspItem =
  | { readonly kind: 'packet'; readonly bytes: Buffer }
  | { readonly kind: 'message'; readonly first: string; readonly lines: readonly string[]; readonly body: Buffer };

export type RtspMessage = Extract<RtspItem, { kind: 'message' }>;

const LONGEST_HEAD = 64 << 10;
const LONGEST_BODY = 1 << 20;
const DOLLAR = 0x24;

/** The bytes are not RTSP. */
export class MalformedRtsp extends Error {
  override readonly name = 'MalformedRtsp';
}

/** Parses one direction of a connection. */
export class RtspReader {
  #held: Buffer = Buffer.alloc(0);

  /** @throws MalformedRtsp */
  push(chunk: Buffer): RtspItem[] {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const items: RtspItem[] = [];
    for (;;) {
      const item = this.#held[0] === DOLLAR ? this.#packet() : this.#message();
      if (item === undefined) return items;
      items.push(item);
    }
  }

  #packet(): RtspItem | undefined {
    if (this.#held.length < 4) return undefined;
    return this.#take(4 + this.#held.readUInt16BE(2), (bytes) => ({ kind: 'packet', bytes }));
  }

  #message(): RtspItem | undefined {
    // Some cameras send empty lines to keep a connection open.
    while (this.#held[0] === 0x0d || this.#held[0] === 0x0a) this.#held = this.#held.subarray(1);
    const end = this.#held.indexOf('\r\n\r\n');
    if (end === -1) {
      if (this.#held.length > LONGEST_HEAD) throw new MalformedRtsp('The head does not end');
      return undefined;
    }
    const [first = '', ...lines] = this.#held.toString('latin1', 0, end).split('\r\n');
    const length = Number(headerOf(lines, 'content-length') ?? 0);
    if (!Number.isInteger(length) || length < 0 || length > LONGEST_BODY)
      throw new MalformedRtsp('The body is too long');
    return this.#take(end + 4 + length, (bytes) => ({ kind: 'message', first, lines, body: bytes.subarray(end + 4) }));
  }

  #take(length: number, make: (bytes: Buffer) => RtspItem): RtspItem | undefined {
    if (this.#held.length < length) return undefined;
    const bytes = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return make(bytes);
  }
}

const nameOf = (line: string): string => line.split(':', 1)[0]?.trim().toLowerCase() ?? '';

export const headersOf = (lines: readonly string[], name: string): readonly string[] =>
  lines.filter((line) => nameOf(line) === name).map((line) => line.slice(line.indexOf(':') + 1).trim());

export const headerOf = (lines: readonly string[], name: string): string | undefined => headersOf(lines, name)[0];

/** A message as it is sent, with these headers replacing those of the same name; undefined removes one. */
export function withHeaders(
  { first, lines, body }: Pick<RtspMessage, 'first' | 'lines' | 'body'>,
  headers: Readonly<Record<string, string | undefined>>,
): Buffer {
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  const kept = lines.filter((line) => !names.includes(nameOf(line)));
  const added = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return Buffer.concat([Buffer.from([first, ...kept, ...added, '', ''].join('\r\n'), 'latin1'), body]);
}

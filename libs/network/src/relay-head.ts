import type { Socket } from 'node:net';

/** A request to a proxy (RFC 9112 section 3.2). */
export interface RelayHead {
  readonly method: string;
  /** For a tunnel, its host and port only, as an https address. */
  readonly url: URL;
  readonly isTunnel: boolean;
  readonly authorization: string | undefined;
  /** Header lines that are meant for the server. */
  readonly lines: readonly string[];
}

const LONGEST_HEAD = 64 << 10;
const OF_THE_CONNECTION = /^(proxy-[a-z-]+|connection|keep-alive)\s*:/i;

/** The head of a request as it is, up to its empty line. What came after it is put back into the connection. */
export function readHead(socket: Socket, timeoutMs: number): Promise<string> {
  return readUntil(socket, timeoutMs, (held) => {
    const end = held.indexOf('\r\n\r\n');
    return end === -1 ? undefined : end + 4;
  }).then(({ held, end }) => {
    if (held.length > end) socket.unshift(held.subarray(end));
    return held.toString('latin1', 0, end);
  });
}

/** The status of an answer. The answer stays in the connection. */
export async function readStatus(socket: Socket, timeoutMs: number): Promise<number> {
  const { held } = await readUntil(socket, timeoutMs, (bytes) => (bytes.length < 12 ? undefined : 12));
  socket.unshift(held);
  return Number(/^HTTP\/1\.\d (\d{3})/.exec(held.toString('latin1', 0, 12))?.[1]);
}

/** Undefined if it is not a request to a proxy. */
export function parseRelayHead(head: string): RelayHead | undefined {
  const [first = '', ...rest] = head.split('\r\n').filter((line) => line !== '');
  const [, method = '', target = ''] = /^([A-Z]+) (\S+) HTTP\/1\.[01]$/.exec(first) ?? [];
  const isTunnel = method === 'CONNECT';
  const url = URL.parse(isTunnel ? `https://${target}` : target);
  if (url === null || method === '' || (!isTunnel && url.protocol !== 'http:')) return undefined;
  const authorization = rest.map((line) => /^proxy-authorization\s*:\s*(.*)$/i.exec(line)?.[1]).find(Boolean);
  const lines = rest.filter((line) => !OF_THE_CONNECTION.test(line));
  return { method, url, isTunnel, authorization: authorization?.trim(), lines };
}

/** A request's head for the server that will answer it, as the only one on its connection. */
export function originFormHead(
  { method, lines }: RelayHead,
  target: string,
  more: Readonly<Record<string, string>> = {},
): string {
  const added = Object.entries(more).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${target} HTTP/1.1`, ...lines, ...added, 'Connection: close', '', ''].join('\r\n');
}

/**
 * Reads until enough has arrived, then pauses the connection.
 * @throws Error if it ends or takes too long before
 */
function readUntil(
  socket: Socket,
  timeoutMs: number,
  enough: (held: Buffer) => number | undefined,
): Promise<{ readonly held: Buffer; readonly end: number }> {
  return new Promise((resolve, reject) => {
    let held: Buffer = Buffer.alloc(0);
    const settle = (work: () => void): void => {
      clearTimeout(timer);
      socket.off('data', onData).off('end', onEnd).off('close', onEnd);
      socket.pause();
      work();
    };
    const onData = (chunk: Buffer): void => {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const end = enough(held);
      if (end !== undefined) settle(() => resolve({ held, end }));
      else if (held.length > LONGEST_HEAD) settle(() => reject(new Error('The head is too large')));
    };
    const failed = (code: string) => () => settle(() => reject(Object.assign(new Error('No answer'), { code })));
    const onEnd = failed('ECONNRESET');
    const timer = setTimeout(failed('ETIMEDOUT'), timeoutMs);
    socket.on('data', onData).on('end', onEnd).on('close', onEnd);
  });
}

import type { IncomingMessage } from 'node:http';

/** What says which bytes of which state are wanted, and nothing about who wants them. All that is not known here counts. */
const aboutTheBytes: ReadonlySet<string> = new Set([
  'range',
  'if-range',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'last-event-id',
  'x-correlation-id',
  'connection',
]);

/** Equal for requests that nobody who decides about them could tell apart: same route, way, headers and peer. */
export function admissionKeyOf({ method, headers, socket, httpVersion }: IncomingMessage, route: string): string {
  let key = `${method} ${route}\n${httpVersion}\n${socket.remoteAddress ?? ''}`;
  for (const name in headers) {
    if (aboutTheBytes.has(name)) continue;
    const value = headers[name];
    // No value has a line break.
    key += `\n${name}:${typeof value === 'string' ? value : JSON.stringify(value)}`;
  }
  return key;
}

import type { FastifyRequest } from 'fastify';
import { isTrusted } from '../trusted-proxies.js';

/**
 * The user named by a reverse proxy. Only if the setting names a header, and the peer itself is trusted; from any other
 * peer the header is ignored.
 */
export function proxyUserOf(
  { headers, socket }: Pick<FastifyRequest, 'headers' | 'socket'>,
  header: string | undefined,
  trusted: readonly string[],
): string | undefined {
  if (header === undefined || !isTrusted(trusted, socket?.remoteAddress)) return undefined;
  const value = headers[header];
  // Two values: one from the proxy, and one that came with the request.
  return typeof value === 'string' && value.trim() !== '' && !value.includes(',') ? value.trim() : undefined;
}

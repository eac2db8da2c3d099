import type { FastifyRequest } from 'fastify';
import { isTrusted } from '../trusted-proxies.js';

/**
 * Who a proxy in front says it is. Only where the setting names a header, and the very one who is connected to us is trusted: what
 * anybody else sends under that name is nothing.
 */
export function proxyUserOf(
  { headers, socket }: Pick<FastifyRequest, 'headers' | 'socket'>,
  header: string | undefined,
  trusted: readonly string[],
): string | undefined {
  if (header === undefined || !isTrusted(trusted, socket?.remoteAddress)) return undefined;
  const value = headers[header];
  // Twice is one of the proxy's, and one that came with the request.
  return typeof value === 'string' && value.trim() !== '' && !value.includes(',') ? value.trim() : undefined;
}

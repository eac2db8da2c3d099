import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/**
 * A body is JSON, or it is not read: what a form of another web site can send is none.
 *
 * @throws UnsupportedMediaTypeException
 */
export function requireJson({ headers }: Pick<FastifyRequest, 'headers'>): void {
  const hasBody = (headers['content-length'] ?? '0') !== '0' || headers['transfer-encoding'] !== undefined;
  if (!hasBody) return;
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json')
    throw new UnsupportedMediaTypeException('Send the body as JSON, with Content-Type: application/json.');
}

import type { CommandMetadata } from '@streamvault/kernel';
import type { FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { principalOf } from './principal.js';

const correlationIds = new WeakMap<object, string>();
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The id under which all consequences of a request can be found: in the answer's header, in the log and in the events.
 * A client that sends its own UUID as `X-Correlation-Id` keeps it.
 */
export function correlationIdOf(request: FastifyRequest): string {
  const known = correlationIds.get(request.raw);
  if (known !== undefined) return known;
  const given = request.headers['x-correlation-id'];
  const id = typeof given === 'string' && uuid.test(given) ? given.toLowerCase() : randomUUID();
  correlationIds.set(request.raw, id);
  return id;
}

/** The metadata of a command that this request sends. */
export function metadataOf(request: FastifyRequest, commandId: string = randomUUID()): CommandMetadata {
  const correlationId = correlationIdOf(request);
  const principal = principalOf(request);
  return {
    commandId,
    correlationId,
    causationId: correlationId,
    actor: principal.actor,
    now: new Date().toISOString(),
    may: (permission) => principal.can(permission),
  };
}

import type { CommandMetadata } from '@streamvault/kernel';
import type { FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { principalOf } from './principal.js';

const correlationIds = new WeakMap<object, string>();
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The id under which all consequences of a request can be found: in the answer's header, in the log and in the events.
 * A client that sends its own UUID as `X-Correlation-Id` keeps it.
 */
export const correlationIdOf = (request: FastifyRequest): string => correlationIdOfMessage(request.raw);

export function correlationIdOfMessage(message: IncomingMessage): string {
  const known = correlationIds.get(message);
  if (known !== undefined) return known;
  const given = message.headers['x-correlation-id'];
  const id = typeof given === 'string' && uuid.test(given) ? given.toLowerCase() : randomUUID();
  correlationIds.set(message, id);
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

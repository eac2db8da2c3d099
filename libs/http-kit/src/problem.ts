import { HttpException } from '@nestjs/common';
import type { Problem } from '@streamvault/api-contract';
import { EventDamaged, EventLogDamaged } from '@streamvault/event-store';
import { DomainError, isTransient, type DomainErrorKind } from '@streamvault/kernel';
import { STATUS_CODES } from 'node:http';

const statusOf: Readonly<Record<DomainErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'too-fast': 429,
  unavailable: 503,
};

const codeOf: Readonly<Record<number, string>> = {
  400: 'request.invalid',
  401: 'request.unauthenticated',
  403: 'request.forbidden',
  404: 'route.not-found',
  405: 'route.method-not-allowed',
  406: 'request.not-acceptable',
  408: 'request.timeout',
  413: 'request.too-large',
  414: 'request.uri-too-long',
  415: 'request.unsupported-media-type',
  416: 'range.not-satisfiable',
  429: 'request.too-fast',
  503: 'dependency.down',
};

/** Invalid input; thrown by the validation pipe. */
export class InvalidInput extends DomainError {
  readonly code = 'request.invalid';
  readonly kind = 'invalid';
  constructor(readonly errors: readonly { readonly path: string; readonly message: string }[]) {
    super(errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join(' '), {
      errors: errors.map((error) => ({ ...error })),
    });
  }
}

export function problem(status: number, code: string, detail: string, instance: string, more: object = {}): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, code, instance, ...more };
}

/** An error as RFC 9457 describes it. An unexpected error becomes a plain 500 with the correlation id. */
export function problemOf(error: unknown, instance: string, correlationId: string): Problem {
  if (error instanceof DomainError) {
    const { kind, code, message, details } = error;
    return problem(statusOf[kind], code, message, instance, details);
  }
  if (error instanceof HttpException) {
    const status = error.getStatus();
    if (status < 500) return problem(status, codeOf[status] ?? 'request.refused', error.message, instance);
  }
  const refused = fastifyRefusal(error);
  if (refused) return problem(refused.status, codeOf[refused.status] ?? 'request.refused', refused.detail, instance);
  // Checked before temporary failures: a retry never helps here.
  const damage = damageIn(error);
  if (damage) return problem(409, 'log.damaged', damage.message, instance, damage.details);
  if (isWantOfRoom(error))
    return problem(503, 'disk.full', 'The disk of a database is full. Free some space, then try again.', instance, {
      retryAfterSeconds: 60,
    });
  if (isTransient(error))
    return problem(503, 'dependency.down', 'A database is temporarily unavailable. Try again shortly.', instance);
  return problem(
    500,
    'server.defect',
    `Something is broken in the server. Its log says more under ${correlationId}.`,
    instance,
  );
}

/** By SQLite's code, PostgreSQL's (53100), or the system's. */
function isWantOfRoom(error: unknown): boolean {
  for (let depth = 0; typeof error === 'object' && error !== null && depth < 10; depth++) {
    if ('code' in error && /^(?:SQLITE_FULL|53100|ENOSPC|EDQUOT)$/.test(String(error.code))) return true;
    error = 'cause' in error ? error.cause : undefined;
  }
  return false;
}

/** An event of the log that cannot be read, or a damaged file: reported as such, with what to do. */
function damageIn(error: unknown): { message: string; details: object } | undefined {
  for (let depth = 0; error instanceof Error && depth < 10; depth++, error = error.cause) {
    const { message } = error;
    if (error instanceof EventDamaged) return { message, details: { position: String(error.place.position) } };
    if (error instanceof EventLogDamaged)
      return { message: 'The event log is damaged. /health says more.', details: {} };
  }
  return undefined;
}

/** Refusals of Fastify itself (a body that is not JSON, too large, …) have a 4xx and a code of their own. */
function fastifyRefusal(error: unknown): { status: number; detail: string } | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || !('code' in error)) return undefined;
  const { statusCode, code, message } = error;
  // A path that is not valid text names nothing.
  if (code === 'FST_ERR_BAD_URL') return { status: 404, detail: 'There is nothing at that address.' };
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return undefined;
  return typeof code === 'string' && code.startsWith('FST_') ? { status: statusCode, detail: message } : undefined;
}

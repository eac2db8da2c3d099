import type { DomainError } from '@streamvault/kernel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { problemOf } from '../problem.js';
import { correlationIdOfMessage } from '../request-metadata.js';
import { admissionKeyOf } from './admission-key.js';

export interface OpenLimit {
  /** How many of one caller may be open, those included whose caller was not checked yet. */
  readonly mostEach: number;
  /** What is said to the next one. */
  readonly tooMany: DomainError;
  /** Why nobody else is let in now, if so. */
  readonly full?: () => DomainError | undefined;
}

/**
 * Refuses requests that stay open, before anything is spent on them. Thousands that come at once cost little more than
 * their connections, which are closed with the refusal; who asks for something else is answered meanwhile.
 *
 * A caller is what the request says of it: its headers and its address. The gate knows better, and what is limited by
 * account stays limited there; here it is only decided which requests get that far.
 */
export class OpenLimits {
  readonly #limits = new Map<string, OpenLimit>();
  readonly #open = new Map<string, number>();

  set(path: string, limit: OpenLimit): void {
    this.#limits.set(path, limit);
  }

  /** @returns why this one is refused; undefined where it may go on, and is counted until its connection ends */
  refusalOf(request: IncomingMessage, response: ServerResponse): DomainError | undefined {
    const { url = '' } = request;
    const query = url.indexOf('?');
    const path = query < 0 ? url : url.slice(0, query);
    const limit = this.#limits.get(path);
    if (limit === undefined) return undefined;
    const full = limit.full?.();
    if (full !== undefined) return full;
    const key = admissionKeyOf(request, path);
    const open = this.#open.get(key) ?? 0;
    if (open >= limit.mostEach) return limit.tooMany;
    this.#open.set(key, open + 1);
    response.once('close', () => {
      const left = (this.#open.get(key) ?? 1) - 1;
      if (left > 0) this.#open.set(key, left);
      else this.#open.delete(key);
    });
    return undefined;
  }
}

/** Answers as the usual way would, and closes the connection. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  error: DomainError,
  headers: readonly string[],
): void {
  const [path = '/'] = (request.url ?? '/').split('?');
  const correlationId = correlationIdOfMessage(request);
  const problem = problemOf(error, path, correlationId);
  const body = JSON.stringify(problem);
  const { retryAfterSeconds } = error.details;
  const own = [
    ['x-correlation-id', correlationId],
    ['retry-after', typeof retryAfterSeconds === 'number' ? String(retryAfterSeconds) : '2'],
    ['content-type', 'application/problem+json'],
    ['content-length', String(Buffer.byteLength(body))],
    ['connection', 'close'],
  ].flat();
  response.writeHead(problem.status, [...headers, ...own]);
  response.end(body);
}

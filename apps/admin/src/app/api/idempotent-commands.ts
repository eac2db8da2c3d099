import { type HttpInterceptorFn, HttpErrorResponse } from '@angular/common/http';
import { retry, throwError, timer } from 'rxjs';

/** Milliseconds before the second and the third attempt. */
const waits = [500, 2000];

/**
 * As unique as a UUID. Not `randomUUID`, because browsers deny it to pages that come over plain HTTP from another
 * machine.
 */
const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * Every command carries an `Idempotency-Key`. If its answer was lost on the way, the command can be sent again: the
 * server executes it once and returns the first answer again.
 */
export const idempotentCommands: HttpInterceptorFn = (request, next) => {
  const isCommand = request.method !== 'GET' && request.method !== 'HEAD';
  if (!isCommand || !request.url.startsWith('/api/')) return next(request);
  return next(request.clone({ setHeaders: { 'Idempotency-Key': newKey() } })).pipe(
    retry({
      count: waits.length,
      delay: (error: unknown, attempt) => {
        const isUnanswered = error instanceof HttpErrorResponse && error.status === 0;
        return isUnanswered ? timer(waits[attempt - 1] ?? 0) : throwError(() => error);
      },
    }),
  );
};

import { EventStoreError, EventStoreUnavailable } from '../errors.js';

/** The server refuses this user. A retry does not help; a role or an access list does. */
export class EventStoreAccessDenied extends EventStoreError {
  readonly code = 'event-store.access-denied';
}

/** The stream was deleted permanently ("tombstoned"), by hand: StreamVault never does that. Its name is lost. */
export class StreamTombstoned extends EventStoreError {
  readonly code = 'event-store.stream-tombstoned';
}

/** There is no record at a position: it is from another log, or this one was restored from an older backup. */
export class NoSuchPosition extends EventStoreError {
  readonly code = 'event-store.no-such-position';
}

/** An unexpected error of the server or its client. */
export class EventStoreFailed extends EventStoreError {
  readonly code = 'event-store.failed';
}

/** `type` of the client's own errors (`ErrorType`). */
const UNAVAILABLE_TYPES = new Set(['unavailable', 'cancelled', 'deadline-exceeded', 'timeout', 'not-leader']);
/** gRPC status codes: CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE, DATA_LOSS. */
const UNAVAILABLE_CODES = new Set<unknown>([1, 4, 8, 10, 13, 14, 15]);
const UNAVAILABLE_ERRNO = /^(?:ECONN|EPIPE$|ETIMEDOUT$|EHOST|ENET|EAI_AGAIN$|ENOTFOUND$)/;
/** Errors that come only as text: a plain `Error`, or an unknown error of the native half. */
const UNAVAILABLE_WORDS =
  /failed to discover|discovery|ECONNREFUSED|ECONNRESET|connection (?:is )?(?:closed|reset|refused|dropped|error)|connectionclosed|broken pipe|transport error|h2 protocol error|error reading a body|server (?:is )?(?:unavailable|not ready|busy)|no leader info|deadline|timed? ?out|write after end|promise bank|channel has been shut down/i;

/**
 * Whether the server could not be reached, or its answer was lost. For an append, it is then unknown whether it was
 * stored.
 */
export function isUnavailable(error: unknown): boolean {
  if (isRefusal(error)) return false;
  if (error instanceof EventStoreError) return error instanceof EventStoreUnavailable;
  const { type, code, message } = fieldsOf(error);
  if (typeof type === 'string' && type !== 'unknown') return UNAVAILABLE_TYPES.has(type);
  if (UNAVAILABLE_CODES.has(code) || (typeof code === 'string' && UNAVAILABLE_ERRNO.test(code))) return true;
  return UNAVAILABLE_WORDS.test(message);
}

/** By `type`, not by class: the errors of the native half are made in another realm. */
export function isOfType(error: unknown, type: string): boolean {
  return fieldsOf(error).type === type;
}

/** @param where host and port, for the message */
export function asStoreError(error: unknown, where: string): EventStoreError {
  if (error instanceof EventStoreError) return error;
  const cause = { cause: error };
  if (isUnavailable(error)) {
    return new EventStoreUnavailable(
      `KurrentDB at ${where} does not answer (${gist(error)}). Check that it runs and can be reached from here; ` +
        'a running request is safe to repeat.',
      cause,
    );
  }
  if (isOfType(error, 'access-denied') || isRefusal(error)) {
    return new EventStoreAccessDenied(
      `KurrentDB at ${where} refuses this user. Check the user name and password of EVENT_STORE_URL, and that the user ` +
        'may read $all and write (docs/deploy/kurrentdb.md, "Users").',
      cause,
    );
  }
  return new EventStoreFailed(`KurrentDB at ${where} failed: ${gist(error)}`, cause);
}

/** gRPC status codes PERMISSION_DENIED and UNAUTHENTICATED, without the trailer by which the client recognizes them. */
const isRefusal = (error: unknown): boolean => {
  const { code, message } = fieldsOf(error);
  return code === 7 || code === 16 || /\b(?:permission.?denied|unauthenticated|access denied)\b/i.test(message);
};

/** One line that says what happened. */
export function gist(error: unknown): string {
  const { type, message } = fieldsOf(error);
  const line = message.split('\n', 1)[0]?.trim() ?? '';
  if (line !== '') return line.slice(0, 200);
  return typeof type === 'string' ? type : 'no details';
}

function fieldsOf(error: unknown): { type: unknown; code: unknown; message: string } {
  if (typeof error !== 'object' || error === null) return { type: undefined, code: undefined, message: String(error) };
  return {
    type: 'type' in error ? error.type : undefined,
    code: 'code' in error ? error.code : undefined,
    message: 'message' in error ? String(error.message) : '',
  };
}

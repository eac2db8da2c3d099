import { errorCode, messageOf } from '@streamvault/failures';
import {
  EventIdConflict,
  EventLogDamaged,
  EventLogNotWritable,
  EventLogTooNew,
  EventStoreLocked,
  EventStoreUnavailable,
  UnsupportedSqlite,
  WrongExpectedRevision,
} from '../errors.js';
import type { ExpectedRevision, Revision } from '../port.js';

/** An error on its way from one thread to the other: copying alone would lose its class and fields. */
export type ErrorMessage =
  | {
      readonly kind: 'wrongRevision';
      readonly stream: string;
      readonly expected: ExpectedRevision;
      readonly actual: Revision | 'no_stream';
    }
  | { readonly kind: 'idConflict'; readonly stream: string; readonly eventId: string }
  | {
      readonly kind: 'other';
      readonly message: string;
      readonly code: string | undefined;
      readonly stack: string | undefined;
      readonly cause: ErrorMessage | undefined;
    };

const BY_CODE = new Map(
  [
    EventStoreUnavailable,
    EventLogNotWritable,
    EventLogDamaged,
    EventLogTooNew,
    EventStoreLocked,
    UnsupportedSqlite,
  ].map((errorClass) => [new errorClass('').code as string, errorClass]),
);

export function toErrorMessage(error: unknown): ErrorMessage {
  if (error instanceof WrongExpectedRevision) {
    return { kind: 'wrongRevision', stream: error.stream, expected: error.expected, actual: error.actual };
  }
  if (error instanceof EventIdConflict) return { kind: 'idConflict', stream: error.stream, eventId: error.eventId };
  const isError = error instanceof Error;
  return {
    kind: 'other',
    message: messageOf(error),
    code: errorCode(error),
    stack: isError ? error.stack : undefined,
    cause: isError && error.cause !== undefined ? toErrorMessage(error.cause) : undefined,
  };
}

/** The error again, in its own class if callers know that, and with its cause. */
export function fromErrorMessage(message: ErrorMessage): Error {
  switch (message.kind) {
    case 'wrongRevision':
      return new WrongExpectedRevision(message.stream, message.expected, message.actual);
    case 'idConflict':
      return new EventIdConflict(message.stream, message.eventId);
    case 'other': {
      const options = message.cause && { cause: fromErrorMessage(message.cause) };
      const known = message.code === undefined ? undefined : BY_CODE.get(message.code);
      if (known !== undefined) return new known(message.message, options);
      // The place where it happened is more useful than where it arrived.
      const { code, stack } = message;
      return Object.assign(new Error(message.message, options), code !== undefined && { code }, stack && { stack });
    }
    default:
      return message satisfies never;
  }
}

import type { Cause } from '../domain/recording-events.js';

const noRoom: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

/** A failure as people see it. An error without a code of its own was not caused by a user. */
export function causeOf(error: unknown, code: string): Cause {
  if (!(error instanceof Error)) return { code, message: String(error) };
  const own: unknown = 'code' in error ? error.code : undefined;
  if (noRoom.has(own)) return waitingForRoom('The disk is full. Free some space.');
  if (own === 'media.storage-full') return waitingForRoom(error.message);
  return { code: typeof own === 'string' && own.includes('.') ? own : code, message: error.message };
}

const waitingForRoom = (message: string): Cause => ({
  code: 'disk.full',
  message: `Waiting for disk space. ${message} It goes on by itself.`,
});

import { errorCode } from '@streamvault/failures';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * The program closed its end: it had enough, or it failed; its exit code tells which. `ECANCELED` is the result of a
 * write that was under way when the pipe was torn down.
 */
const closedByProgram = new Set([
  'EPIPE',
  'ECONNRESET',
  'ECANCELED',
  'EOF',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
]);

/**
 * Feeds a program as fast as it reads. Never rejects: a failing source is reported to `onSourceError`, or the program
 * would take half an input for a whole one.
 */
export async function feed(
  source: AsyncIterable<Uint8Array> | undefined,
  stdin: Writable | null,
  onSourceError: (error: unknown) => void,
): Promise<void> {
  if (source === undefined || stdin === null) return;
  let failed: { readonly error: unknown } | undefined;
  /** An error of the source is marked as such, whatever its code. */
  async function* watched(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* bytes;
    } catch (error) {
      failed = { error };
      throw error;
    }
  }
  try {
    await pipeline(watched(source), stdin);
  } catch (error) {
    if (failed !== undefined) onSourceError(failed.error);
    else if (!closedByProgram.has(errorCode(error) ?? '')) onSourceError(error);
  }
}

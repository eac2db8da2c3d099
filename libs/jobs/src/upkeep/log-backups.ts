import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OwnedThread } from '@streamvault/threads';

const nameOfBackup = /^events-\d{8}T\d{6}Z\.db$/;

/** What the thread is started with. */
export interface LogCopy {
  readonly source: string;
  readonly destination: string;
}

/**
 * Copies the log at `source` into the new file `destination`; settles when that is complete and checked.
 * @returns its bytes
 */
export type CopyLog = (source: string, destination: string, signal: AbortSignal) => Promise<number>;

/** In a thread of its own. If aborted, it leaves at most a file with another name, which the next attempt removes. */
export const copyInThread: CopyLog = (source, destination, signal) => {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const data: LogCopy = { source, destination };
  const thread = new OwnedThread<never, number>(
    { program: new URL('./back-up-thread.js', import.meta.url), name: 'backup', data },
    { message: resolve, ended: (why = new Error('The backup ended without a report.')) => reject(why) },
  );
  const stop = () => {
    void thread.terminate();
    reject(new Error('The backup was aborted.'));
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return promise.finally(() => signal.removeEventListener('abort', stop));
};

/** The backups in a folder: makes a new one, and then removes the oldest. Other files are never touched. */
export class LogBackups {
  constructor(
    private readonly folder: string,
    private readonly copy: CopyLog = copyInThread,
  ) {}

  async make(
    source: string,
    { at, keep, signal }: { readonly at: Date; readonly keep: number; readonly signal: AbortSignal },
  ): Promise<{ readonly bytes: number; readonly removed: number }> {
    const stamp = at
      .toISOString()
      .replace(/\.\d+Z$/, 'Z')
      .replaceAll(/[-:]/g, '');
    const bytes = await this.copy(source, join(this.folder, `events-${stamp}.db`), signal);
    const names = (await readdir(this.folder)).filter((name) => nameOfBackup.test(name)).toSorted();
    const old = names.slice(0, Math.max(0, names.length - keep));
    for (const name of old) await rm(join(this.folder, name));
    return { bytes, removed: old.length };
  }
}

import { Injectable } from '@nestjs/common';
import type { Job, JobOutcome, JobSchedule } from '@streamvault/kernel';
import { LibraryRoot } from '@streamvault/recording';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Names of files that are being written and have no final name yet. */
const unfinished = /^\.streamvault-(?:[0-9a-f]{16}-[0-9a-f]{12}\.partial|fill-\d+\.mp4)$/;
/** A file that was not written to for this long has been abandoned. */
const dayMilliseconds = 24 * 3600 * 1000;

@Injectable()
export class SweepLeftoversJob implements Job {
  readonly name = 'sweep-leftovers';
  readonly title = 'Removes unfinished files that an interrupted step left in the library, a day after the last write.';
  readonly schedule: JobSchedule = { kind: 'cron', expression: '10 5 * * *' };
  readonly deadlineSeconds = 1800;

  constructor(private readonly root: LibraryRoot) {}

  async run(signal: AbortSignal): Promise<JobOutcome> {
    await this.root.requireThere();
    const before = Date.now() - dayMilliseconds;
    let removed = 0;
    let bytesFreed = 0;
    for (const entry of await readdir(this.root.path, { recursive: true, withFileTypes: true })) {
      if (signal.aborted) break;
      if (!entry.isFile() || !unfinished.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      // Gone since the list was made: finished, or removed by its own step.
      const found = await lstat(path).catch(() => undefined);
      if (!found || found.mtimeMs > before) continue;
      await rm(path, { force: true });
      removed += 1;
      bytesFreed += found.blocks * 512;
    }
    return {
      summary: `${removed === 1 ? '1 unfinished file' : `${removed} unfinished files`} removed.`,
      figures: { removed, bytesFreed },
    };
  }
}

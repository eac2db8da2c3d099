import type { EntityManager } from '@mikro-orm/core';
import type { KernelLogger } from '@streamvault/kernel';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../ports.js';
import { findDiscardable } from '../read-models/open-recordings.js';
import type { WorkFolders } from '../recorder/work-folders.js';
import type { RecordingMedia } from '../playback/recording-media.js';

export interface PartsJanitorOptions {
  readonly em: () => EntityManager;
  readonly folders: WorkFolders;
  readonly media: RecordingMedia;
  readonly graceSeconds: number;
  readonly clock: Clock;
  readonly logger: KernelLogger;
  /** Records in the log that the parts are gone. */
  readonly report: (recordingId: number, bytes: number) => Promise<void>;
}

const pauseMilliseconds = 15_000;
const batch = 50;

/** Removes the raw parts of completed recordings, once they were not watched for the grace time. */
export class PartsJanitor {
  readonly #options: PartsJanitorOptions;

  constructor(options: PartsJanitorOptions) {
    this.#options = options;
  }

  /** Until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#options;
    while (!signal.aborted) {
      await this.sweep().catch((error: unknown) => logger.error('Raw parts could not be removed', { error }));
      await clock.sleep(pauseMilliseconds, signal);
    }
  }

  async sweep(): Promise<void> {
    const { clock, em, folders, graceSeconds, media, report } = this.#options;
    // While the disk is away nothing is removed, and nothing may be reported as removed.
    if (!(await folders.isRootThere())) return;
    for (const { recordingId, completedAt } of await findDiscardable(em(), batch)) {
      const unused = clock.now() - Math.max(Date.parse(completedAt), media.lastWatchedAt(recordingId));
      if (unused < graceSeconds * 1000) continue;
      await folders.inTurn(recordingId, async () => {
        const directory = folders.path(recordingId);
        const bytes = await sizeOf(directory);
        await rm(directory, { recursive: true, force: true });
        media.forget(recordingId);
        await report(recordingId, bytes);
      });
    }
  }
}

async function sizeOf(directory: string): Promise<number> {
  const names = await readdir(directory, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(directory, name)).then(
        (file) => (file.isFile() ? file.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

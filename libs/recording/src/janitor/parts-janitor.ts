import type { EntityManager } from '@mikro-orm/core';
import type { KernelLogger } from '@streamvault/kernel';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordingContext } from '../domain/recording-context.js';
import type { Cause } from '../domain/recording-events.js';
import type { Clock, OutputGuard } from '../ports.js';
import { findDiscardable } from '../read-models/open-recordings.js';
import { causeOf } from '../recorder/cause-of.js';
import type { WorkFolders } from '../recorder/work-folders.js';
import type { RecordingMedia } from '../playback/recording-media.js';

export interface PartsJanitorOptions {
  readonly em: () => EntityManager;
  readonly folders: Pick<WorkFolders, 'path' | 'inTurn' | 'isRootThere'>;
  readonly media: Pick<RecordingMedia, 'lastWatchedAt' | 'forget'>;
  /** Looks at the videos again right before their parts go. */
  readonly guard: OutputGuard;
  readonly graceSeconds: number;
  readonly clock: Clock;
  readonly logger: KernelLogger;
  /** Records in the log that the parts are gone, or why they stay. */
  readonly report: (
    recordingId: number,
    outcome: { readonly bytes: number } | { readonly cause: Cause },
  ) => Promise<void>;
}

const pauseMilliseconds = 15_000;
const batch = 50;

/** Removes the raw parts of completed recordings, once they were not watched for the grace time and their videos are there. */
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
    const { em, folders } = this.#options;
    // While the disk is away nothing is removed, and nothing may be reported as removed.
    if (!(await folders.isRootThere())) return;
    let after = 0;
    for (;;) {
      const found = await findDiscardable(em(), batch, after);
      for (const each of found) await this.#consider(each);
      const last = found.at(-1);
      if (last === undefined || found.length < batch) return;
      after = last.recordingId;
    }
  }

  async #consider({ recordingId, completedAt, context }: Found): Promise<void> {
    const { clock, graceSeconds, guard, logger, media, report } = this.#options;
    const unused = clock.now() - Math.max(Date.parse(completedAt), media.lastWatchedAt(recordingId));
    if (unused < graceSeconds * 1000) return;
    try {
      const needed = await guard.whyPartsAreNeeded(context);
      if (needed === 'later') return;
      if (needed !== undefined) await report(recordingId, { cause: needed });
      else await this.#discard(recordingId, context);
    } catch (error) {
      // One folder that cannot be removed must not hold up the others.
      logger.error('Raw parts could not be removed', { err: error, recordingId });
      await report(recordingId, { cause: causeOf(error, 'parts.not-removed') });
    }
  }

  async #discard(recordingId: number, context: RecordingContext): Promise<void> {
    const { folders, media, report } = this.#options;
    await folders.inTurn(recordingId, async () => {
      const directory = folders.path(recordingId);
      // Of a sweep that was killed before its report nothing is left to measure.
      const bytes = (await sizeOf(directory)) ?? context.totals?.bytes ?? 0;
      await rm(directory, { recursive: true, force: true });
      media.forget(recordingId);
      await report(recordingId, { bytes });
    });
  }
}

type Found = Awaited<ReturnType<typeof findDiscardable>>[number];

/** Undefined if there is no such folder. */
async function sizeOf(directory: string): Promise<number | undefined> {
  const names = await readdir(directory, { recursive: true }).catch(() => undefined);
  const sizes = await Promise.all(
    (names ?? []).map((name) =>
      stat(join(directory, name)).then(
        (file) => (file.isFile() ? file.size : 0),
        () => 0,
      ),
    ),
  );
  return names && sizes.reduce((sum, size) => sum + size, 0);
}

import { EntityManager } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { WorkQueue } from '@streamvault/jobs';
import type { Job, JobOutcome, JobSchedule } from '@streamvault/kernel';
import { VideoRow } from '../read-models/video-row.entity.js';
import { SidecarWriter } from '../sidecars/sidecar-writer.js';

/** For videos from before there were sidecars, those whose folder took none at the time, and after another choice of what is written. */
@Injectable()
export class WriteSidecarsJob implements Job {
  readonly name = 'write-sidecars';
  readonly title =
    'Writes what is missing or out of date beside the videos: info files, files and pictures for media servers.';
  readonly schedule: JobSchedule = { kind: 'cron', expression: '20 6 * * 0' };
  readonly deadlineSeconds = 24 * 3600;

  constructor(
    private readonly em: EntityManager,
    private readonly queue: WorkQueue,
    private readonly sidecars: SidecarWriter,
  ) {}

  async run(signal: AbortSignal): Promise<JobOutcome> {
    // The oldest first: numbers within a day are given in this order.
    const rows = await this.em
      .fork()
      .find(
        VideoRow,
        { place: { $in: ['library', 'bin'] } },
        { fields: ['id'], orderBy: { recordedAt: 'asc', id: 'asc' } },
      );
    let written = 0;
    const failed: string[] = [];
    for (const { id } of rows) {
      signal.throwIfAborted();
      try {
        const isWritten = await this.queue.run(`sidecars of ${id}`, { group: 'sidecars', priority: -1, signal }, () =>
          this.sidecars.write(id, signal),
        );
        written += isWritten ? 1 : 0;
      } catch (error) {
        if (signal.aborted) throw error;
        // One folder that takes nothing; the others may.
        failed.push(error instanceof Error ? error.message : String(error));
      }
    }
    const trouble = failed.length === 0 ? '' : ` ${failed.length} could not be written: ${failed[0]}`;
    return {
      summary: `What lies beside ${written} of ${rows.length} videos was written.${trouble}`,
      figures: { videos: rows.length, written, failed: failed.length },
    };
  }
}

import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Job, JobOutcome, JobSchedule } from '@streamvault/kernel';
import { randomUUID } from 'node:crypto';
import { EmptyBin } from '../commands/empty-bin/empty-bin.command.js';

/** Removes what has been in the bin long enough, and finishes interrupted removals. */
@Injectable()
export class EmptyBinJob implements Job {
  readonly name = 'empty-bin';
  readonly title = 'Removes the files of videos that have been in the bin long enough.';
  readonly schedule: JobSchedule = { kind: 'every', seconds: 3600 };
  readonly deadlineSeconds = 3600;

  constructor(private readonly commands: CommandBus) {}

  async run(signal: AbortSignal): Promise<JobOutcome> {
    const id = randomUUID();
    const metadata = {
      commandId: id,
      correlationId: id,
      causationId: id,
      actor: 'scheduler',
      now: new Date().toISOString(),
    };
    const { purged, bytesFreed, failed } = await this.commands.execute(new EmptyBin('due', metadata, signal));
    const [first] = failed;
    const trouble = first === undefined ? '' : ` ${failed.length} could not be removed: ${first.message}`;
    return {
      summary: `${purged === 1 ? '1 video' : `${purged} videos`} removed for good.${trouble}`,
      figures: { videos: purged, bytesFreed, failed: failed.length },
    };
  }
}

import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Job, JobOutcome, JobSchedule } from '@streamvault/kernel';
import { randomUUID } from 'node:crypto';
import { RunCleanup } from '../commands/run-cleanup/run-cleanup.command.js';

@Injectable()
export class CleanupJob implements Job {
  readonly name = 'cleanup';
  readonly title = 'Puts what the cleanup rules choose into the bin, and makes room if the disk is about to be full.';
  readonly schedule: JobSchedule = { kind: 'every', seconds: 1800 };
  readonly deadlineSeconds = 1800;

  constructor(private readonly commands: CommandBus) {}

  async run(signal: AbortSignal): Promise<JobOutcome> {
    const id = randomUUID();
    const now = new Date().toISOString();
    const metadata = { commandId: id, correlationId: id, causationId: id, actor: 'scheduler', now };
    const { run } = await this.commands.execute(new RunCleanup({ holdUnconfirmed: true, signal }, metadata));
    const { binned, purged, bytesFreed, bytesInBin, chosen, skipped } = run;
    const held =
      run.outcome === 'held'
        ? ` ${chosen} were chosen, more than a quarter of the library: somebody has to confirm that number.`
        : '';
    return {
      summary: `${binned} put into the bin, ${purged} removed at once.${held}`,
      figures: { binned, purged, bytesFreed, bytesInBin, skipped: skipped.length },
    };
  }
}

import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { deterministicId, requirePermission } from '@streamvault/kernel';
import { JobStreams } from '../../job-streams.js';
import { JobRegistry } from '../../job-registry.js';
import { requireSchedule } from '../../schedule/next-run.js';
import { ChangeJob } from './change-job.command.js';

@CommandHandler(ChangeJob)
export class ChangeJobHandler implements ICommandHandler<ChangeJob> {
  constructor(
    private readonly jobs: JobRegistry,
    private readonly streams: JobStreams,
  ) {}

  /** @throws JobNotFound, InvalidSchedule */
  async execute({ name, changes, metadata }: ChangeJob): Promise<void> {
    requirePermission(metadata, 'jobs.control');
    const { name: job } = this.jobs.get(name);
    const { paused, schedule } = changes;
    const { actor: by, now: at } = metadata;
    if (schedule) requireSchedule(schedule);
    if (schedule !== undefined) await this.streams.handle({ type: 'ScheduleJob', job, by, at, schedule }, metadata);
    if (paused === undefined) return;
    const commandId = deterministicId(metadata.commandId, 'pause');
    await this.streams.handle({ type: paused ? 'PauseJob' : 'ResumeJob', job, by, at }, { ...metadata, commandId });
  }
}

import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { requirePermission } from '@streamvault/kernel';
import { JobStreams } from '../../job-streams.js';
import { JobRegistry } from '../../job-registry.js';
import { JobHost } from '../../runner/job-host.js';
import { RequestJobRun } from './request-job-run.command.js';

@CommandHandler(RequestJobRun)
export class RequestJobRunHandler implements ICommandHandler<RequestJobRun> {
  constructor(
    private readonly jobs: JobRegistry,
    private readonly streams: JobStreams,
    private readonly host: JobHost,
  ) {}

  /** @throws JobNotFound, JobAlreadyRunning */
  async execute({ name, metadata }: RequestJobRun): Promise<void> {
    requirePermission(metadata, 'jobs.control');
    const { name: job } = this.jobs.get(name);
    await this.streams.handle({ type: 'RequestRun', job, by: metadata.actor, at: metadata.now }, metadata);
    await this.host.look();
  }
}

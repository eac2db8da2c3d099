import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { INSTALLATION, type Installation, KERNEL_LOGGER, type KernelLogger } from '@streamvault/kernel';
import { JobStreams } from '../job-streams.js';
import { JobRegistry } from '../job-registry.js';
import { ownerOfThisProcess } from './job-owner.js';
import { JobRunner } from './job-runner.js';

const everyMilliseconds = 5000;

/** Checks the jobs every few seconds, in a process with that role. */
@Injectable()
export class JobHost implements BeforeApplicationShutdown {
  readonly #runner: JobRunner | undefined;

  constructor(
    jobs: JobRegistry,
    streams: JobStreams,
    @Inject(INSTALLATION) { roles, sharesLog, timeZone }: Installation,
    @Inject(KERNEL_LOGGER) logger: KernelLogger,
  ) {
    if (!roles.has('scheduler')) return;
    const owner = ownerOfThisProcess();
    this.#runner = new JobRunner({ jobs: jobs.all, streams, timeZone, owner, isAlone: !sharesLog, logger });
  }

  @Interval('jobs', everyMilliseconds)
  async look(): Promise<void> {
    await this.#runner?.look();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#runner?.stop();
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { ALL_JOBS, type Job } from '@streamvault/kernel';
import { JobNotFound } from './domain/job-errors.js';

/** The jobs of all contexts, by name. */
@Injectable()
export class JobRegistry {
  readonly all: readonly Job[];

  constructor(@Inject(ALL_JOBS) jobs: readonly Job[]) {
    this.all = jobs.toSorted((one, other) => (one.name < other.name ? -1 : 1));
    for (const [index, { name }] of this.all.entries())
      if (this.all[index + 1]?.name === name) throw new TypeError(`Two jobs are called ${name}.`);
  }

  /** @throws JobNotFound */
  get(name: string): Job {
    const job = this.all.find((each) => each.name === name);
    if (!job) throw new JobNotFound(name);
    return job;
  }
}

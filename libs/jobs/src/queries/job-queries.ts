import { Query } from '@nestjs/cqrs';
import type { JobDescription, JobRunDescription } from '@streamvault/api-contract';

/** All jobs by name, from the log itself. */
export class ListJobs extends Query<JobDescription[]> {}

/** @throws JobNotFound */
export class GetJob extends Query<JobDescription> {
  constructor(readonly name: string) {
    super();
  }
}

/**
 * The runs of a job, newest first.
 * @throws JobNotFound
 */
export class ListJobRuns extends Query<JobRunDescription[]> {
  constructor(
    readonly name: string,
    readonly limit: number,
  ) {
    super();
  }
}

import { DomainError } from '@streamvault/kernel';

export class JobNotFound extends DomainError {
  readonly code = 'job.not-found';
  readonly kind = 'not-found';
  constructor(job: string) {
    super(`There is no job ${job}.`, { job });
  }
}

export class JobAlreadyRunning extends DomainError {
  readonly code = 'job.already-running';
  readonly kind = 'conflict';
  constructor(job: string, since: string) {
    super(`The job ${job} has been running since ${since}. Wait until it ends.`, { job, since });
  }
}

export class InvalidSchedule extends DomainError {
  readonly code = 'job.invalid-schedule';
  readonly kind = 'invalid';
}

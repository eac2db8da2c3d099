import { Injectable } from '@nestjs/common';
import type { Job, JobOutcome, JobSchedule } from '@streamvault/kernel';
import { Preflight } from './preflight.js';

@Injectable()
export class PreflightJob implements Job {
  readonly name = 'pre-flight';
  readonly title =
    'Checks whether the next recordings will find what they need: sources, credentials, folders, disk space.';
  readonly schedule: JobSchedule = { kind: 'every', seconds: 3600 };
  readonly deadlineSeconds = 1800;

  constructor(private readonly preflight: Preflight) {}

  async run(signal: AbortSignal): Promise<JobOutcome> {
    const { problems, streamers, expected } = await this.preflight.check(signal);
    const failures = problems.filter(({ level }) => level === 'fail').length;
    const found =
      problems.length === 0 ? 'All is well.' : `${problems.length} problems, the first: ${problems[0]?.message ?? ''}`;
    return {
      summary: `${streamers} streamers checked. ${found}`,
      figures: { streamers, problems: problems.length, failures, expectedToday: expected.length },
    };
  }
}

import { Injectable } from '@nestjs/common';
import type { Job, JobOutcome, JobSchedule } from '@streamvault/kernel';
import { AccessRecords } from './records/access-records.js';
import { Addresses } from './records/addresses.js';
import { Sessions } from './records/sessions.js';
import { Tries } from './records/tries.js';

const day = 24 * 3600 * 1000;
const devicesDays = 180;

/** Erases what is no longer needed: addresses are personal data, and ended sessions are useless. */
@Injectable()
export class SweepAccessJob implements Job {
  readonly name = 'erase-old-access-records';
  readonly title = 'Erases ended sessions, and sign-in addresses that are older than 30 days';
  readonly schedule: JobSchedule = { kind: 'every', seconds: 6 * 3600 };
  readonly deadlineSeconds = 60;

  constructor(
    private readonly records: AccessRecords,
    private readonly addresses: Addresses,
    private readonly sessions: Sessions,
    private readonly tries: Tries,
  ) {}

  run(): Promise<JobOutcome> {
    return this.sweep(Date.now());
  }

  /** @param now milliseconds since 1970 */
  async sweep(now: number): Promise<JobOutcome> {
    const sessions = await this.sessions.sweep(now);
    await this.tries.sweep(now);
    const addresses = await this.addresses.sweep(now);
    await this.records.database
      .deleteFrom('access_devices')
      .where('last_used_at', '<', new Date(now - devicesDays * day).toISOString())
      .execute();
    return {
      summary: `${sessions} ended sessions and ${addresses} addresses were erased.`,
      figures: { sessions, addresses },
    };
  }
}

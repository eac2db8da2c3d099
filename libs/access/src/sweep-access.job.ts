import { Injectable } from '@nestjs/common';
import type { Job, JobOutcome, JobSchedule } from '@streamvault/kernel';
import { AccessRecords } from './records/access-records.js';
import { Sessions } from './records/sessions.js';
import { Tries } from './records/tries.js';

const day = 24 * 3600 * 1000;
const addressesDays = 30;
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
    private readonly sessions: Sessions,
    private readonly tries: Tries,
  ) {}

  async run(): Promise<JobOutcome> {
    const now = Date.now();
    const { database } = this.records;
    const sessions = await this.sessions.sweep(now);
    await this.tries.sweep(now);
    const before = (days: number) => new Date(now - days * day).toISOString();
    const erased = await database
      .deleteFrom('access_addresses')
      .where('at', '<', before(addressesDays))
      .executeTakeFirst();
    await database.deleteFrom('access_devices').where('last_used_at', '<', before(devicesDays)).execute();
    const addresses = Number(erased.numDeletedRows);
    return {
      summary: `${sessions} ended sessions and ${addresses} addresses were erased.`,
      figures: { sessions, addresses },
    };
  }
}

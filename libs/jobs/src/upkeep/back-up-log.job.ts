import { Inject, Injectable } from '@nestjs/common';
import { type EventStore, SqliteEventStore } from '@streamvault/event-store';
import {
  EVENT_STORE,
  INSTALLATION,
  type Installation,
  type Job,
  type JobOutcome,
  type JobSchedule,
} from '@streamvault/kernel';
import { join } from 'node:path';
import { type JobsSettings, jobsSettings } from '../jobs-settings.js';
import { LogBackups } from './log-backups.js';

@Injectable()
export class BackUpLogJob implements Job {
  readonly name = 'back-up-log';
  readonly title = 'Copies the event log into DATA_DIR/backups, checks the copy, and keeps the newest.';
  readonly schedule: JobSchedule = { kind: 'cron', expression: '30 4 * * *' };
  readonly deadlineSeconds = 3600;

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(INSTALLATION) private readonly installation: Installation,
    @Inject(jobsSettings.token) private readonly settings: JobsSettings,
  ) {}

  async run(signal: AbortSignal): Promise<JobOutcome> {
    if (!(this.store instanceof SqliteEventStore))
      return { summary: 'Nothing to do: a KurrentDB server has its own backups.' };
    const backups = new LogBackups(join(this.installation.dataDirectory, 'backups'));
    const keep = this.settings.BACKUP_COUNT;
    const { bytes, removed } = await backups.make(this.store.path, { at: new Date(), keep, signal });
    return { summary: `Backed up the log; ${removed} older backups removed.`, figures: { bytes, removed } };
  }
}

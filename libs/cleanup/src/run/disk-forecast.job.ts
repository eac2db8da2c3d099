import { EntityManager } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { Job, JobOutcome, JobSchedule } from '@streamvault/kernel';
import { VideoRow } from '@streamvault/library';
import { DiskWatch } from '@streamvault/storage';

const days = 7;
const dayMilliseconds = 24 * 3600 * 1000;

@Injectable()
export class DiskForecastJob implements Job {
  readonly name = 'disk-forecast';
  readonly title = 'Estimates how long the room for videos lasts, by the last week and by what is being written now.';
  readonly schedule: JobSchedule = { kind: 'every', seconds: 3600 };
  readonly deadlineSeconds = 60;

  constructor(
    private readonly em: EntityManager,
    private readonly disks: DiskWatch,
  ) {}

  async run(): Promise<JobOutcome> {
    await this.disks.check();
    const disk = this.disks.status.find(({ folders }) => folders.split(', ').includes('RECORDINGS_DIR'));
    if (!disk || disk.level === 'gone') throw new Error('The disk of RECORDINGS_DIR is not there. Mount it again.');
    const since = new Date(Date.now() - days * dayMilliseconds).toISOString();
    const recent = await this.em.fork().find(VideoRow, { recordedAt: { $gte: since } }, { fields: ['bytes'] });
    const bytesPerDay = recent.reduce((sum, { bytes }) => sum + bytes, 0) / days;
    const daysLeft = bytesPerDay > 0 && Number.isFinite(disk.freeBytes) ? disk.freeBytes / bytesPerDay : undefined;
    const { secondsToFull } = disk;
    const figures = {
      ...(Number.isFinite(disk.freeBytes) && { freeBytes: disk.freeBytes }),
      bytesPerDay: Math.round(bytesPerDay),
      ...(daysLeft !== undefined && { daysLeft: Math.floor(daysLeft) }),
      ...(secondsToFull !== undefined && { hoursLeftNow: Math.floor(secondsToFull / 3600) }),
    };
    const lasting =
      daysLeft === undefined
        ? 'Nothing was recorded in the last week.'
        : `Room for ${Math.floor(daysLeft)} days like those of the last week.`;
    const atOnce =
      secondsToFull === undefined ? '' : ` Current recordings fill it in ${Math.floor(secondsToFull / 3600)} hours.`;
    return { summary: `${lasting}${atOnce}`, figures };
  }
}

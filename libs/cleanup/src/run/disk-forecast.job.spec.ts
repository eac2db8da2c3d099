import type { EntityManager } from '@mikro-orm/core';
import { expect, it } from '@jest/globals';
import type { DiskWatch } from '@streamvault/storage';
import { DiskForecastJob } from './disk-forecast.job.js';

const gigabyte = 1e9;
const jobOf = (recentBytes: readonly number[], disk: object | undefined): DiskForecastJob => {
  const rows = recentBytes.map((bytes) => ({ bytes }));
  const em = { fork: () => ({ find: () => Promise.resolve(rows) }) } as unknown as EntityManager;
  const status = disk ? [{ folders: 'DATA_DIR, RECORDINGS_DIR', level: 'ok', ...disk }] : [];
  return new DiskForecastJob(em, { check: () => Promise.resolve(), status } as unknown as DiskWatch);
};

it('says for how many days like those of the last week there is room, and what fills it now', async () => {
  const job = jobOf([7 * gigabyte, 7 * gigabyte], { freeBytes: 21 * gigabyte, secondsToFull: 5 * 3600 + 60 });
  expect(await job.run()).toEqual({
    summary: 'Room for 10 days like those of the last week. Current recordings fill it in 5 hours.',
    figures: { freeBytes: 21 * gigabyte, bytesPerDay: 2 * gigabyte, daysLeft: 10, hoursLeftNow: 5 },
  });
});

it('promises nothing where nothing was recorded, and no number where the room is unknown', async () => {
  expect(await jobOf([], { freeBytes: gigabyte }).run()).toEqual({
    summary: 'Nothing was recorded in the last week.',
    figures: { freeBytes: gigabyte, bytesPerDay: 0 },
  });
  expect((await jobOf([gigabyte], { freeBytes: Infinity }).run()).figures).not.toHaveProperty('daysLeft');
});

it('fails where the disk is not there', async () => {
  await expect(jobOf([], undefined).run()).rejects.toThrow('RECORDINGS_DIR is not there');
  await expect(jobOf([], { level: 'gone', freeBytes: 0 }).run()).rejects.toThrow('Mount it again');
});

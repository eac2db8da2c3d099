import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WatchRecords } from './watch-records.js';

let folder: string;
let records: WatchRecords;
const at = (minute: number) => new Date(Date.UTC(2026, 10, 30, 20, minute)).toISOString();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sv-watch-'));
  records = await WatchRecords.open(`sqlite:${join(folder, 'watching.db')}`);
});
afterEach(async () => {
  await records.onApplicationShutdown();
  await rm(folder, { recursive: true });
});

it('remembers where each viewer is, what was watched last first', async () => {
  await records.save('user:1', { videoId: 4, seconds: 10.5, at: at(1) });
  await records.save('user:1', { videoId: 5, seconds: 20, at: at(2) });
  await records.save('user:2', { videoId: 4, seconds: 99, at: at(3) });
  await records.save('user:1', { videoId: 4, seconds: 33, at: at(4) });
  expect(await records.latest('user:1', 10)).toEqual([
    { videoId: 4, seconds: 33, at: at(4) },
    { videoId: 5, seconds: 20, at: at(2) },
  ]);
  expect(await records.find('user:2', 4)).toEqual({ videoId: 4, seconds: 99, at: at(3) });
  await records.forget('user:1', 4);
  expect(await records.find('user:1', 4)).toBeUndefined();
  expect(await records.find('user:2', 4)).toBeDefined();
});

it('is there after a restart', async () => {
  await records.save('user:1', { videoId: 4, seconds: 10, at: at(1) });
  await records.onApplicationShutdown();
  records = await WatchRecords.open(`sqlite:${join(folder, 'watching.db')}`);
  expect(await records.latest('user:1', 1)).toMatchObject([{ videoId: 4 }]);
});

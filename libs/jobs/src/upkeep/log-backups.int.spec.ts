import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CopyLog, LogBackups } from './log-backups.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'streamvault-backups-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const copy: CopyLog = async (_, destination) => {
  await writeFile(destination, 'log');
  return 3;
};
const fail: CopyLog = () => Promise.reject(new Error('The disk is full.'));
const { signal } = new AbortController();
const on = (day: number) => ({ at: new Date(Date.UTC(2026, 10, day, 4, 30)), keep: 2, signal });

it('keeps the newest backups, and removes nothing else', async () => {
  await writeFile(join(folder, 'events-before-the-move.db'), 'mine');
  const backups = new LogBackups(folder, copy);
  for (const day of [1, 2, 3]) await backups.make('log', on(day));
  expect(await readdir(folder)).toEqual([
    'events-20261102T043000Z.db',
    'events-20261103T043000Z.db',
    'events-before-the-move.db',
  ]);
});

it('removes no backup if the new one fails', async () => {
  for (const day of [1, 2]) await new LogBackups(folder, copy).make('log', on(day));
  await expect(new LogBackups(folder, fail).make('log', on(3))).rejects.toThrow('The disk is full.');
  expect(await readdir(folder)).toHaveLength(2);
});

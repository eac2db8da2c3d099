import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SOUND_FOLDER } from '@streamvault/capture';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ApartOrigin } from '../live-origin/apart.js';
import { CaptureRun, ledgerOf } from './capture-run.js';
import { finalized } from './finalized.js';

let folder: string;
let origin: ApartOrigin;
const runs: CaptureRun[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sound-'));
});
afterEach(async () => {
  await Promise.allSettled(runs.splice(0).map((run) => run.stop()));
  await origin.close();
  await rm(folder, { recursive: true, force: true });
});

function capture(): CaptureRun {
  const run = new CaptureRun({ directory: folder, url: origin.url });
  runs.push(run);
  return run;
}

const soundFolder = () => path.join(folder, SOUND_FOLDER);

describe.each(['ts', 'fmp4'] as const)('a source of %s that keeps video and audio apart', (container) => {
  it('is recorded with both, and becomes one video', async () => {
    origin = await ApartOrigin.start(container, 10);
    const run = capture();
    await run.witness.segments(6);
    origin.shown.picture = 10;
    await run.witness.segments(10);
    origin.shown.sound = 20;
    origin.ended = true;
    expect(await run.end).toEqual({ kind: 'ended', reason: 'endlist' });
    const sound = await ledgerOf(soundFolder());
    expect(sound.totals.durationSeconds).toBeCloseTo(10, 0);
    expect(sound.gaps).toEqual([]);
    const [made, ...others] = await finalized(folder);
    expect(others).toEqual([]);
    expect(made?.durationSeconds).toBeCloseTo(10, 0);
    expect([made?.probe.video?.codec, made?.probe.audio?.codec]).toEqual(['h264', 'aac']);
  });

  it('is continued with both after a stop', async () => {
    origin = await ApartOrigin.start(container, 12);
    const first = capture();
    await first.witness.segments(6);
    expect(await first.stop()).toEqual({ kind: 'stopped' });
    origin.shown.picture = origin.shown.sound = 20;
    origin.ended = true;
    expect(await capture().end).toEqual({ kind: 'ended', reason: 'endlist', wasOver: true });
    expect((await ledgerOf(folder)).parts.map(({ reason }) => reason)).toEqual(['start', 'restart']);
    const [made, ...others] = await finalized(folder);
    expect(others).toEqual([]);
    expect(made?.durationSeconds).toBeCloseTo(12, 0);
    expect(made?.probe.audio?.durationSeconds).toBeCloseTo(12, 0);
  });
});

it('audio that restarts while the video continues is completely in the video', async () => {
  origin = await ApartOrigin.start('ts', 20);
  origin.anew.add('sound-012.ts');
  origin.shown.picture = origin.shown.sound = 30;
  origin.ended = true;
  expect(await capture().end).toEqual({ kind: 'ended', reason: 'endlist', wasOver: true });
  const [made, ...others] = await finalized(folder);
  expect(others).toEqual([]);
  expect(made?.durationSeconds).toBeCloseTo(20, 0);
  expect(made?.probe.audio?.durationSeconds).toBeCloseTo(20, 0);
});

it('audio after a segment that cannot be fetched is waited for when the video has ended', async () => {
  origin = await ApartOrigin.start('ts', 8);
  origin.missing.add('sound-003.ts');
  origin.shown.picture = origin.shown.sound = 20;
  origin.ended = true;
  const run = new CaptureRun({ directory: folder, url: origin.url, rate: 10 });
  runs.push(run);
  expect(await run.end).toEqual({ kind: 'ended', reason: 'endlist', wasOver: true });
  const sound = await ledgerOf(soundFolder());
  expect(sound.gaps).toMatchObject([{ cause: { code: 'source.not-found' } }]);
  expect(sound.totals.durationSeconds).toBeCloseTo(7, 0);
  const [made] = await finalized(folder);
  expect(made?.probe.audio?.durationSeconds).toBeCloseTo(8, 0);
});

it('audio that is listed a little later than its video is as long when it is stopped', async () => {
  origin = await ApartOrigin.start('ts', 12);
  const run = new CaptureRun({ directory: folder, url: origin.url, rate: 2 });
  runs.push(run);
  await run.witness.segments(6);
  origin.shown.picture = 8;
  await run.witness.segments(8);
  const stopped = run.stop();
  origin.shown.sound = 8;
  expect(await stopped).toEqual({ kind: 'stopped' });
  expect((await ledgerOf(folder)).totals.durationSeconds).toBeCloseTo(8, 0);
  expect((await ledgerOf(soundFolder())).totals.durationSeconds).toBeCloseTo(8, 0);
});

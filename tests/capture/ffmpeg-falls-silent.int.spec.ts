import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BROADCAST_OVER, FfmpegCaptureEngine, readLedger, type CaptureEnd } from '@streamvault/capture';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { AAC, H264, makeCoded } from '../live-origin/coded.js';
import { ledgerOf, Witness } from './capture-run.js';
import { HeldClock } from './held-clock.js';

/** Each run brings this much, in slices of a second; the last one is still held back when the run falls silent. */
const SECONDS = 4;
const STALLED = 10;
const STUCK = 20;

let folder: string;
let clock: HeldClock;
let witness: Witness;
let stop: AbortController;
let leave: AbortController;
let end: Promise<CaptureEnd>;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'silent-'));
  clock = new HeldClock();
  witness = new Witness();
  [stop, leave] = [new AbortController(), new AbortController()];
});
afterEach(async () => {
  leave.abort();
  stop.abort();
  await end;
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

const recording = (): string => path.join(folder, 'recording');

/** A program in the place of ffmpeg: the nth of its runs brings the nth take, and then nothing. */
async function capture(takes: number): Promise<void> {
  const coded = { container: 'ts', seconds: SECONDS, video: H264, audio: AAC } as const;
  const { segments } = await makeCoded(path.join(folder, 'coded'), coded);
  const take = Buffer.concat(segments.map(({ bytes }) => bytes));
  for (let nth = 0; nth < takes; nth += 1) await writeFile(path.join(folder, `${nth}.ts`), take);
  const runs = path.join(folder, 'runs');
  await mkdir(runs);
  const ffmpegPath = path.join(folder, 'ffmpeg');
  const lines = [`nth=$(ls '${runs}' | wc -l)`, `touch "${runs}/$nth"`, `cat "${folder}/$nth.ts"`, 'exec sleep 1000'];
  await writeFile(ffmpegPath, `#!/bin/sh\n${lines.join('\n')}\n`);
  await chmod(ffmpegPath, 0o755);
  const settings = { ffmpegPath, sliceSeconds: 0.5, stallSeconds: STALLED, stuckSeconds: STUCK };
  const engine = new FfmpegCaptureEngine(settings, undefined, clock);
  const source = { url: 'rtmp://127.0.0.1:1/x', engine: 'ffmpeg' } as const;
  const request = { recordingId: 7, directory: recording(), source, quality: 'best' };
  end = engine.capture(request, witness, stop.signal, leave.signal);
}

async function stored(count: number): Promise<void> {
  while (((await readLedger(recording()))?.segments.length ?? 0) < count)
    await new Promise((resolve) => setImmediate(resolve));
}

it('what a run that is killed still held is kept, and is no sign that the source is back', async () => {
  await capture(2);
  await stored(SECONDS - 1);
  clock.pass(STALLED + 1);
  expect((await witness.told('interrupted')).cause.code).toBe('source.stalled');
  clock.pass(STUCK - STALLED);
  // The program is killed, and its run ends with what it held.
  await witness.told('partClosed');
  expect((await ledgerOf(recording())).segments).toHaveLength(SECONDS);
  expect(witness.of('resumed')).toEqual([]);
  expect(witness.interruption).toBeDefined();

  clock.pass(5);
  await stored(SECONDS + SECONDS - 1);
  await witness.told('resumed');
  const { gaps, parts } = await ledgerOf(recording());
  expect(parts.map(({ reason }) => reason)).toEqual(['start', 'restart']);
  expect(gaps.map(({ cause }) => cause.code)).toEqual(['ffmpeg.silent']);
});

it('silence that lasts until a stop is a gap, and it ends with the stop', async () => {
  await capture(1);
  await stored(SECONDS - 1);
  const brokeOffAtMs = clock.now();
  clock.pass(STUCK - 2);
  await witness.told('interrupted');
  stop.abort();
  await expect(end).resolves.toEqual({ kind: 'stopped' });
  const { gaps, segments } = await ledgerOf(recording());
  expect(segments).toHaveLength(SECONDS);
  const { startsAtMs, durationSeconds } = segments.at(-1)!;
  expect(gaps).toMatchObject([{ cause: { code: 'source.stalled' }, to: new Date(clock.now()).toISOString() }]);
  expect(Date.parse(gaps[0]!.from)).toBeCloseTo(startsAtMs + durationSeconds * 1000, -1);
  expect(Date.parse(gaps[0]!.from)).toBeLessThan(brokeOffAtMs + 2000);
});

it.each([
  ['the broadcast was over', () => stop.abort(BROADCAST_OVER)],
  ['StreamVault ends and will go on', () => leave.abort()],
])('silence until a stop is no gap if %s', async (_why, abort) => {
  await capture(1);
  await stored(SECONDS - 1);
  clock.pass(STUCK - 2);
  await witness.told('interrupted');
  abort();
  stop.abort();
  await end;
  expect((await ledgerOf(recording())).gaps).toEqual([]);
});

it('a stop while bytes come leaves no gap, however late ffmpeg ends', async () => {
  await capture(1);
  await stored(SECONDS - 1);
  clock.pass(2);
  stop.abort();
  await end;
  expect((await ledgerOf(recording())).gaps).toEqual([]);
  expect(witness.of('interrupted')).toEqual([]);
});

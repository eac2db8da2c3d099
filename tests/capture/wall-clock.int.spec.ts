import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { readRuns } from '@streamvault/capture';
import { mediaSecondsAt } from '@streamvault/recording';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { LiveOrigin } from '../live-origin/live-origin.js';
import { findFfmpeg } from '../live-origin/media.js';
import { CaptureRun, ledgerOf } from './capture-run.js';
import { finalized } from './finalized.js';

const run = promisify(execFile);
let folder: string;
let origin: LiveOrigin;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'wall-clock-'));
});
afterEach(async () => {
  await origin.close();
  await rm(folder, { recursive: true, force: true });
});

/** Each decoded frame with its time, counted from the first. */
async function frames(...input: string[]): Promise<{ readonly at: number; readonly hash: string }[]> {
  const args = ['-v', 'error', ...input, ...'-map 0:v -fps_mode passthrough -f framehash -hash md5 -'.split(' ')];
  const { stdout } = await run(await findFfmpeg(), args, { maxBuffer: 1 << 26 });
  const [, over = '1', under = '1'] = /^#tb 0: (\d+)\/(\d+)/m.exec(stdout) ?? [];
  const all = [...stdout.matchAll(/^0, *-?\d+, *(-?\d+), *\d+, *\d+, *(\w+)/gm)].map(([, pts = '0', hash = '']) => ({
    at: (Number(pts) * Number(over)) / Number(under),
    hash,
  }));
  return all.map(({ at, hash }) => ({ at: at - (all[0]?.at ?? 0), hash }));
}

it('leads from any instant of the playlist to the same picture in the file, on both sides of a gap', async () => {
  origin = await LiveOrigin.start({ container: 'ts', mediaSeconds: 60, window: 6 });
  const request = { directory: folder, url: origin.url };
  const first = new CaptureRun(request);
  await first.witness.segments(6);
  await first.stop();
  // More than a window goes by.
  origin.advance(20);
  const second = new CaptureRun(request);
  await second.witness.segments(10);
  origin.end();
  await second.end;

  const ledger = await ledgerOf(folder);
  expect(ledger.gaps).toHaveLength(1);
  const runs = readRuns(ledger);
  const timeline = runs.map(({ startsAt, mediaStartSeconds: mediaSeconds, durationSeconds }) => ({
    startsAt,
    mediaSeconds,
    durationSeconds,
  }));
  const [video] = await finalized(folder);
  const shown = await frames('-i', video!.path);
  for (const { part, offset, length, startsAtMs } of ledger.segments) {
    const file = path.join(folder, part.file);
    const [own] = await frames('-f', 'mpegts', '-i', `subfile,,start,${offset},end,${offset + length},,:file:${file}`);
    const seconds = mediaSecondsAt(new Date(startsAtMs).toISOString(), timeline);
    const nearest = shown.reduce((best, one) =>
      Math.abs(one.at - seconds) < Math.abs(best.at - seconds) ? one : best,
    );
    expect(nearest).toMatchObject({ hash: own?.hash });
    expect(Math.abs(nearest.at - seconds)).toBeLessThan(0.04);
  }
});

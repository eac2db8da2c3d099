import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { playlistFromLedger, readRuns, type AdChoice } from '@streamvault/capture';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AdMark } from '../live-origin/published.js';
import { LiveOrigin, SMALLER, type LiveOriginOptions } from '../live-origin/live-origin.js';
import { CaptureRun, ledgerOf, storedHashes } from './capture-run.js';
import { finishedVideos } from './finished-videos.js';

const RATE = 60;
let folder: string;
let origin: LiveOrigin;
const runs: CaptureRun[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ads-'));
});
afterEach(async () => {
  await Promise.allSettled(runs.splice(0).map((run) => run.stop()));
  await origin.close();
  await rm(folder, { recursive: true, force: true });
});

async function live(options: LiveOriginOptions = {}): Promise<void> {
  origin = await LiveOrigin.start({ mediaSeconds: 180, ...options });
}

/** Starts, and has read the playlist once. */
async function capture(ads?: AdChoice): Promise<CaptureRun> {
  const asked = origin.requested();
  const run = new CaptureRun({ directory: folder, url: origin.url, rate: RATE, ...(ads && { ads }) });
  runs.push(run);
  await asked;
  return run;
}

/** Publishes segments one by one, each after the playlist with the previous one was read. */
async function broadcast(segments: number): Promise<void> {
  for (let count = 0; count < segments; count += 1) {
    origin.advance();
    await origin.requested();
    await origin.requested();
  }
}

const show = () => origin.segments().filter(({ ad }) => ad === undefined);
const hashes = (segments: readonly { sha256: string }[]) => segments.map(({ sha256 }) => sha256);
const instants = (segments: readonly { programDateTime: string }[]) =>
  segments.map(({ programDateTime }) => programDateTime);

describe.each([
  ['ts', 30, 'class'],
  ['fmp4', 30, 'pods'],
  ['ts', 60, 'open'],
  ['ts', 60, 'title'],
  ['ts', 90, 'id'],
] as const)('%s with %d s of advertising, marked by %s', (container, seconds, mark: AdMark) => {
  it('is recorded without it, and says when it was and how long', async () => {
    await live({ container });
    const run = await capture();
    await broadcast(4);
    origin.broadcast.showAds(seconds, { mark });
    await broadcast(seconds + 4);
    origin.end();
    expect(await run.end).toEqual({ kind: 'ended', reason: 'endlist' });

    expect(await storedHashes(folder)).toEqual(hashes(show()));
    const ledger = await ledgerOf(folder);
    const [from, to] = [10, 10 + seconds].map((index) => origin.segments()[index]!.programDateTime);
    const told = { from, to, seconds, kept: false };
    expect(ledger.ads).toMatchObject([{ ...told, atMediaSeconds: 10 }]);
    expect(run.witness.of('ad')).toEqual([{ kind: 'ad', ...told }]);
    expect(ledger.gaps).toEqual([]);
    expect(ledger.losses).toMatchObject({ adSeconds: seconds, gapSeconds: 0 });
    // None of it was even requested.
    expect(origin.requests.filter((asked) => /\.(ts|m4s)$/.test(asked))).toHaveLength(show().length);

    // Wall-clock time is the time base: what follows is where it was broadcast.
    expect(instants(ledger.segments)).toEqual(instants(show()));
    expect(ledger.parts).toHaveLength(1);
    expect(readRuns(ledger)).toHaveLength(2);
    const playlist = playlistFromLedger(ledger, { partUri: (part) => part.file });
    expect(playlist).toContain(
      `#EXT-X-DATERANGE:ID="ad-1",CLASS="streamvault-ad-skipped",START-DATE="${from}",DURATION=${seconds}\n#EXT-X-DISCONTINUITY\n`,
    );

    const [video, ...others] = await finishedVideos(folder);
    expect(others).toEqual([]);
    expect(Math.abs(video!.durationSeconds - show().length)).toBeLessThan(0.5);
  });
});

describe('advertising', () => {
  it('is kept on request, and still reported', async () => {
    await live();
    const run = await capture('keep');
    await broadcast(2);
    origin.broadcast.showAds(30);
    await broadcast(33);
    origin.end();
    await run.end;
    expect(await storedHashes(folder)).toEqual(hashes(origin.segments()));
    const ledger = await ledgerOf(folder);
    expect(ledger.ads).toMatchObject([{ seconds: 30, kept: true, atMediaSeconds: 8 }]);
    expect(run.witness.of('ad')).toMatchObject([{ seconds: 30, kept: true }]);
    expect(ledger.segments.filter(({ ad }) => ad)).toHaveLength(30);
    const [video] = await finishedVideos(folder);
    expect(Math.abs(video!.durationSeconds - origin.segments().length)).toBeLessThan(0.5);
  });

  it('of another video size that is kept opens its own parts', async () => {
    await live({ alternate: SMALLER });
    const run = await capture('keep');
    await broadcast(2);
    origin.broadcast.showAds(5, { alternate: true });
    await broadcast(8);
    origin.end();
    await run.end;
    const ledger = await ledgerOf(folder);
    expect(ledger.parts.map(({ reason }) => reason)).toEqual(['start', 'discontinuity', 'discontinuity']);
    expect((await finishedVideos(folder)).map(({ durationSeconds }) => Math.round(durationSeconds))).toEqual([16]);
  });

  it('of another video size that is left out leaves one part and one video', async () => {
    await live({ alternate: SMALLER });
    const run = await capture();
    await broadcast(2);
    origin.broadcast.showAds(5, { alternate: true });
    await broadcast(8);
    origin.end();
    await run.end;
    expect((await ledgerOf(folder)).parts).toHaveLength(1);
    expect(await finishedVideos(folder)).toHaveLength(1);
  });

  it('before the first bytes is waited for, reported repeatedly, and not a failure', async () => {
    await live({ initial: 0 });
    origin.broadcast.showAds(90);
    origin.advance();
    const run = await capture();
    await broadcast(94);
    await run.witness.segments(1);
    origin.end();
    expect(await run.end).toMatchObject({ kind: 'ended' });
    expect(await storedHashes(folder)).toEqual(hashes(show()));
    expect(run.witness.of('ad')).toMatchObject([{ seconds: 90 }]);
    expect(run.witness.of('advertising').length).toBeGreaterThan(1);
    expect(run.witness.of('partOpened')).toMatchObject([{ reason: 'start' }]);
  });

  it('that a stop cuts in two is reported in two pieces, without a gap or an overlap', async () => {
    await live();
    const first = await capture();
    await broadcast(2);
    origin.broadcast.showAds(20);
    await broadcast(10);
    await first.stop();
    const second = await capture();
    await broadcast(14);
    await second.witness.segments(show().length);
    origin.end();
    await second.end;
    const ledger = await ledgerOf(folder);
    expect(await storedHashes(folder)).toEqual(hashes(show()));
    expect(ledger.gaps).toEqual([]);
    expect(ledger.ads).toHaveLength(2);
    expect(ledger.ads[1]!.from).toBe(ledger.ads[0]!.to);
    expect(ledger.losses.adSeconds).toBe(20);
    expect(ledger.parts.map(({ reason }) => reason)).toEqual(['start', 'restart']);
  });

  it('that is kept and cut in two by a stop is still one stretch', async () => {
    await live();
    const first = await capture('keep');
    await broadcast(2);
    origin.broadcast.showAds(10);
    await broadcast(5);
    await first.witness.segments(origin.segments().length);
    await first.stop();
    const second = await capture('keep');
    await broadcast(8);
    origin.end();
    await second.end;
    expect((await ledgerOf(folder)).ads).toMatchObject([{ seconds: 10, kept: true }]);
    expect([...first.witness.of('ad'), ...second.witness.of('ad')]).toMatchObject([{ seconds: 10, kept: true }]);
  });
});

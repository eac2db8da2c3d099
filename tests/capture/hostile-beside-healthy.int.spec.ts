import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ThreadedCaptureEngine } from '@streamvault/capture';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hostileSources, serveHostileSources } from '../live-origin/hostile-sources.js';
import { LiveOrigin } from '../live-origin/live-origin.js';
import { ledgerOf, storedHashes, Witness } from './capture-run.js';

const built = new URL('../../libs/capture/dist/thread/capture-thread.js', import.meta.url);
const HEALTHY = 9;
/** The limit for each of them to fail with its own cause. */
const LONGEST_MS = 15_000;

describe('beside nine healthy sources', () => {
  let folder: string;
  let hostile: Awaited<ReturnType<typeof serveHostileSources>>;
  let engine: ThreadedCaptureEngine;
  let origins: LiveOrigin[];
  let witnesses: Witness[];
  const ends: Promise<unknown>[] = [];
  const stop = new AbortController();

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'nine-'));
    hostile = await serveHostileSources();
    engine = new ThreadedCaptureEngine({ program: built });
    origins = [];
    witnesses = [];
    for (let nth = 0; nth < HEALTHY; nth += 1) {
      const origin = await LiveOrigin.start({ mediaSeconds: 40 });
      const witness = new Witness();
      origins.push(origin);
      witnesses.push(witness);
      const request = { recordingId: nth + 1, directory: path.join(folder, String(nth + 1)), quality: 'best' };
      ends.push(engine.capture({ ...request, source: { url: origin.url } }, witness, stop.signal));
    }
    await Promise.all(witnesses.map((witness) => witness.segments(6)));
  });
  afterAll(async () => {
    stop.abort();
    await Promise.allSettled(ends);
    await engine.close();
    hostile.close();
    await Promise.all(origins.map((origin) => origin.close()));
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  it.each(hostileSources)('$what fails with its own cause, and soon', async ({ path: name, causes }) => {
    const url = `${hostile.origin}/${name}`;
    const source = { url, ...(name.endsWith('.mpd') && { engine: 'ffmpeg' as const }) };
    const request = { recordingId: 10, directory: path.join(folder, name), source, quality: 'best' };
    const beganAtMs = performance.now();
    const end = await engine.capture(request, new Witness(), stop.signal);
    expect(performance.now() - beganAtMs).toBeLessThan(LONGEST_MS);
    expect(end).toMatchObject({ kind: 'failed', cause: { code: expect.stringMatching(causes) } });
    for (const origin of origins) origin.advance(1);
  });

  it('none of the nine lost anything', async () => {
    for (const origin of origins) origin.end();
    expect(await Promise.all(ends)).toEqual(origins.map(() => ({ kind: 'ended', reason: 'endlist' })));
    for (const [nth, origin] of origins.entries()) {
      const directory = path.join(folder, String(nth + 1));
      expect(await storedHashes(directory)).toEqual(origin.segments().map(({ sha256 }) => sha256));
      expect((await ledgerOf(directory)).gaps).toEqual([]);
    }
    const stalls = witnesses.flatMap((witness) =>
      witness.of('interrupted').filter(({ cause }) => cause.code === 'capture.stalled'),
    );
    expect(stalls).toEqual([]);
  });
});

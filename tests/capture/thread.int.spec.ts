import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ThreadedCaptureEngine, type CaptureEnd, type CaptureRequest, type RefreshReason } from '@streamvault/capture';
import { SourceUnavailable } from '@streamvault/platforms';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LiveOrigin } from '../live-origin/live-origin.js';
import { ledgerOf, storedHashes, Witness } from './capture-run.js';

/** As built: a thread runs no TypeScript. */
const built = new URL('../../libs/capture/dist/thread/capture-thread.js', import.meta.url);

describe('the engine in a thread of its own', () => {
  let folder: string;
  let origin: LiveOrigin;
  let engine: ThreadedCaptureEngine;
  let witness: Witness;
  let stop: AbortController;
  let leaving: AbortController;
  let ends: Promise<CaptureEnd>[];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'thread-'));
    origin = await LiveOrigin.start({ mediaSeconds: 40 });
    engine = new ThreadedCaptureEngine({ program: built, settings: { retryMinSeconds: 0.01, retryMaxSeconds: 0.05 } });
    witness = new Witness();
    stop = new AbortController();
    leaving = new AbortController();
    ends = [];
  });
  afterEach(async () => {
    leaving.abort();
    stop.abort();
    await Promise.allSettled(ends);
    await engine.close();
    await origin.close();
    await rm(folder, { recursive: true, force: true });
  });

  function capture(source: Partial<CaptureRequest['source']> = {}): Promise<CaptureEnd> {
    const request = { recordingId: 7, directory: folder, source: { url: origin.url, ...source }, quality: 'best' };
    const end = engine.capture(request, witness, stop.signal, leaving.signal);
    end.catch(() => undefined);
    ends.push(end);
    return end;
  }

  const published = () => origin.segments().map(({ sha256 }) => sha256);

  it('stores what the source has, and reports facts in order and progress', async () => {
    const end = capture();
    await witness.segments(6);
    origin.advance(2);
    await witness.segments(8);
    origin.end();
    expect(await end).toEqual({ kind: 'ended', reason: 'endlist' });
    expect(await storedHashes(folder)).toEqual(published());
    expect(witness.facts.map(({ kind }) => kind)).toEqual(['sourceOpened', 'partOpened', 'partClosed']);
  });

  it('stops when it is told to, with the part closed', async () => {
    const end = capture();
    await witness.segments(6);
    stop.abort();
    expect(await end).toEqual({ kind: 'stopped' });
    expect((await ledgerOf(folder)).parts[0]).toMatchObject({ reason: 'start' });
    expect(await storedHashes(folder)).toEqual(published());
  });

  it('goes at once when told to, although it was about to wait for unfinished segments', async () => {
    origin.faults.segments({ kind: 'stalled' }, [4]);
    const end = capture();
    await witness.segments(4);
    stop.abort();
    const before = performance.now();
    leaving.abort();
    expect(await end).toEqual({ kind: 'stopped' });
    expect(performance.now() - before).toBeLessThan(3000);
    // What follows the segment that hung is there, if it had come.
    expect((await storedHashes(folder)).slice(0, 4)).toEqual(published().slice(0, 4));
  });

  it('does not begin what was stopped before it was requested', async () => {
    stop.abort();
    expect(await capture()).toEqual({ kind: 'stopped' });
  });

  it('asks the main thread where the source is now, and accepts a refusal', async () => {
    const asked: RefreshReason[] = [];
    const refresh: CaptureRequest['source']['refresh'] = async (reason) => {
      asked.push(reason);
      if (asked.length === 1) throw new SourceUnavailable('timeout', 'Nobody answers.');
      origin.faults.clear();
      return { url: origin.url };
    };
    const end = capture({ refresh });
    await witness.segments(6);
    origin.faults.playlist({ kind: 'status', status: 403 });
    expect(await witness.told('sourceOpened', 2)).toMatchObject({ again: 'refused' });
    origin.advance(2);
    await witness.segments(8);
    origin.end();
    expect(await end).toEqual({ kind: 'ended', reason: 'endlist' });
    expect(asked).toEqual(['refused', 'refused']);
    expect(await storedHashes(folder)).toEqual(published());
  });

  it('rejects its captures if the thread breaks, and starts another for the next', async () => {
    const program = path.join(folder, 'breaks.mjs');
    await writeFile(
      program,
      "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { throw new Error('No more'); });",
    );
    const broken = new ThreadedCaptureEngine({ program: pathToFileURL(program) });
    const request = { recordingId: 7, directory: folder, source: { url: origin.url }, quality: 'best' };
    for (let times = 0; times < 2; times += 1)
      await expect(broken.capture(request, witness, stop.signal)).rejects.toThrow(
        'The capture thread broke: Error: No more',
      );
    await broken.close();
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HlsCaptureEngine } from '@streamvault/capture';
import { LiveOrigin } from '../live-origin/live-origin.js';
import { storedHashes, Witness } from './capture-run.js';

const CAPTURES = 20;

describe('many captures that begin at once', () => {
  let folder: string;
  let origin: LiveOrigin;
  let engine: HlsCaptureEngine;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'capture-'));
    origin = await LiveOrigin.start({ window: 6 });
  });
  afterEach(async () => {
    await engine.close();
    await origin.close();
    await rm(folder, { recursive: true, force: true });
  });

  const begin = (index: number) => {
    const witness = new Witness();
    const directory = path.join(folder, String(index));
    const request = { recordingId: index, directory, source: { url: origin.url }, quality: 'best' };
    return { witness, directory, end: engine.capture(request, witness, new AbortController().signal) };
  };

  it('lose nothing, however little memory there is for all of them', async () => {
    engine = new HlsCaptureEngine({ flushBytes: 4096, bufferBytes: 8192, totalBufferBytes: 8192 });
    const captures = Array.from({ length: CAPTURES }, (_, index) => begin(index));
    await Promise.all(captures.map(({ witness }) => witness.segments(6)));
    origin.advance(2);
    origin.end();
    const hashes = origin.segments().map(({ sha256 }) => sha256);
    for (const { end, directory, witness } of captures) {
      expect(await end).toMatchObject({ kind: 'ended' });
      expect(witness.of('gap')).toEqual([]);
      expect(await storedHashes(directory)).toEqual(hashes);
    }
  });

  it('keep reading their playlists, whatever their segments wait for', async () => {
    engine = new HlsCaptureEngine({ flushBytes: 4096, bufferBytes: 8192, totalBufferBytes: 8192 });
    origin.faults.segments({ kind: 'stalled' });
    const stop = new AbortController();
    const ends = Array.from({ length: CAPTURES }, (_, index) =>
      engine.capture(
        {
          recordingId: index,
          directory: path.join(folder, String(index)),
          source: { url: origin.url },
          quality: 'best',
        },
        new Witness(),
        stop.signal,
      ),
    );
    const reads = () => origin.requests.filter((asked) => asked.endsWith('.m3u8')).length;
    while (reads() < CAPTURES * 3) await origin.requested(/\.m3u8/);
    stop.abort();
    expect(new Set((await Promise.all(ends)).map(({ kind }) => kind))).toEqual(new Set(['stopped']));
  });
});

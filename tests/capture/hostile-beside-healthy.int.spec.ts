import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { ThreadedCaptureEngine } from '@streamvault/capture';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LiveOrigin } from '../live-origin/live-origin.js';
import { ledgerOf, storedHashes, Witness } from './capture-run.js';

const built = new URL('../../libs/capture/dist/thread/capture-thread.js', import.meta.url);
const HEALTHY = 9;
/** The limit for each of them to fail with its own cause. */
const LONGEST_MS = 15_000;

const segments = (count: number): string => `#EXTM3U\n#EXT-X-TARGETDURATION:2\n${'#EXTINF:2,\na\n'.repeat(count)}`;
const variants = (count: number): string =>
  `#EXTM3U\n${'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="n",URI="a"\n'.repeat(4000)}${'#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"\nb\n'.repeat(count)}`;
const live = (inside: string): string => `<MPD type="dynamic"><Period>${inside}</Period></MPD>`;

const kinds: readonly (readonly [kind: string, name: string, body: string | Buffer, code: RegExp, packed?: string])[] =
  [
    ['a list of a million segments', 'a.m3u8', segments(1_000_000), /^source\.too-large$/],
    ['sixty thousand variants', 'b.m3u8', variants(60_000), /^source\.too-large$/],
    ['bytes that are packed to burst', 'c.m3u8', gzipSync(Buffer.alloc(64 << 20)), /^source\.too-large$/, 'gzip'],
    ['a manifest of open quotes', 'd.mpd', `<MPD ${'a="'.repeat(43_000)}`, /^manifest\.malformed$/],
    ['a manifest of four megabytes', 'e.mpd', live('<S/>'.repeat(1_100_000)), /^source\.too-large$/],
    ['a manifest under a playlist’s name', 'f.m3u8', live('<x '.repeat(40_000)), /^manifest\.malformed$/],
    [
      'an encrypted manifest',
      'g.mpd',
      live('<AdaptationSet contentType="video"><ContentProtection/><Representation/></AdaptationSet>'),
      /^source\.encrypted$/,
    ],
  ];

describe('beside nine healthy sources', () => {
  let folder: string;
  let server: Server;
  let engine: ThreadedCaptureEngine;
  let origins: LiveOrigin[];
  let witnesses: Witness[];
  const ends: Promise<unknown>[] = [];
  const stop = new AbortController();

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'nine-'));
    server = createServer((request, response) => {
      const kind = kinds.find(([, name]) => request.url === `/${name}`);
      if (kind?.[4] !== undefined) response.setHeader('content-encoding', kind[4]);
      response.end(kind?.[2]);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
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
    server.closeAllConnections();
    server.close();
    await Promise.all(origins.map((origin) => origin.close()));
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  it.each(kinds)('%s fails with its own cause, and soon', async (_kind, name, _body, code) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`;
    const source = { url, ...(name.endsWith('.mpd') && { engine: 'ffmpeg' as const }) };
    const request = { recordingId: 10, directory: path.join(folder, name), source, quality: 'best' };
    const beganAtMs = performance.now();
    const end = await engine.capture(request, new Witness(), stop.signal);
    expect(performance.now() - beganAtMs).toBeLessThan(LONGEST_MS);
    expect(end).toMatchObject({ kind: 'failed', cause: { code: expect.stringMatching(code) } });
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

import { createCipheriv, createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { readRuns } from '@streamvault/capture';
import { createMedia, locateTools } from '@streamvault/media';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SMALL } from '../live-origin/live-origin.js';
import { makeMedia, type Media } from '../live-origin/media.js';
import { CaptureRun, ledgerOf, storedHashes } from './capture-run.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let media: Media;
let bodies: Buffer[];
let folder: string;
let server: Server;
let base: string;
let pages: Record<string, Answer>;

beforeAll(async () => {
  media = await makeMedia({ profile: SMALL, container: 'ts', segmentSeconds: 1, seconds: 40 });
  bodies = await Promise.all(media.segments.slice(0, 4).map(({ file }) => readFile(path.join(media.directory, file))));
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'capture-'));
  pages = {};
  server = createServer((request, response) => {
    const page = pages[new URL(request.url ?? '/', 'http://x').pathname];
    if (page) page(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
  await rm(folder, { recursive: true, force: true });
});

const text =
  (body: string): Answer =>
  (_, response) =>
    response.end(body);
const bytes =
  (body: Uint8Array): Answer =>
  (_, response) =>
    response.end(body);

/** A broadcast that has ended, with these lines before each segment. */
const over = (segments: readonly (readonly string[])[], ...head: string[]) =>
  ['#EXTM3U', '#EXT-X-TARGETDURATION:1', ...head, ...segments.flatMap((lines) => ['#EXTINF:1,', ...lines])].join('\n') +
  '\n#EXT-X-ENDLIST\n';

const capture = (where = '/live.m3u8') => new CaptureRun({ directory: folder, url: `${base}${where}` }).end;
const hashes = () => media.segments.slice(0, 4).map((segment) => segment.sha256);

describe('a source', () => {
  it('that keeps its segments in one file is read by byte ranges', async () => {
    const all = Buffer.concat(bodies);
    pages['/all.ts'] = (request, response) => {
      const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
      const slice = all.subarray(Number(from), Number(to) + 1);
      response.writeHead(206, { 'Content-Range': `bytes ${from}-${to}/${all.length}` }).end(slice);
    };
    pages['/live.m3u8'] = text(
      over(bodies.map((body, n) => [`#EXT-X-BYTERANGE:${body.length}${n === 0 ? '@0' : ''}`, 'all.ts'])),
    );
    expect(await capture()).toMatchObject({ kind: 'ended' });
    expect(await storedHashes(folder)).toEqual(hashes());
  });

  it('that requires byte ranges and serves none fails with that cause', async () => {
    pages['/all.ts'] = bytes(Buffer.concat(bodies));
    pages['/live.m3u8'] = text(over([['#EXT-X-BYTERANGE:188@0', 'all.ts']]));
    expect(await capture()).toMatchObject({ kind: 'failed' });
  });

  it.each([
    ['by sequence number', ''],
    ['by the vector it gives', ',IV=0x000102030405060708090a0b0c0d0e0f'],
  ])('that encrypts with AES-128 is decrypted (%s)', async (_, vector) => {
    const key = createHash('md5').update('secret').digest();
    for (const [index, body] of bodies.entries()) {
      const iv = Buffer.alloc(16);
      if (vector === '') iv.writeUInt32BE(70 + index, 12);
      else for (let at = 0; at < 16; at += 1) iv[at] = at;
      const cipher = createCipheriv('aes-128-cbc', key, iv);
      pages[`/${index}.ts`] = bytes(Buffer.concat([cipher.update(body), cipher.final()]));
    }
    pages['/key'] = bytes(key);
    pages['/live.m3u8'] = text(
      over(
        bodies.map((__, index) => [`${index}.ts`]),
        '#EXT-X-MEDIA-SEQUENCE:70',
        `#EXT-X-KEY:METHOD=AES-128,URI="key"${vector}`,
      ),
    );
    expect(await capture()).toMatchObject({ kind: 'ended' });
    expect(await storedHashes(folder)).toEqual(hashes());
  });

  it('that is protected by a system of its own fails, and says so', async () => {
    pages['/live.m3u8'] = text(over([['0.ts']], '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://x",KEYFORMAT="com.apple"'));
    expect(await capture()).toMatchObject({ kind: 'failed', cause: { code: 'source.encrypted' } });
  });

  it('that keeps the audio apart and has none fails instead of being recorded without audio', async () => {
    for (const [index, body] of bodies.entries()) pages[`/${index}.ts`] = bytes(body);
    pages['/v.m3u8'] = text(over(bodies.map((_, index) => [`${index}.ts`])));
    pages['/live.m3u8'] = text(
      '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="en",URI="en.m3u8"\n#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"\nv.m3u8\n',
    );
    expect(await capture()).toMatchObject({ kind: 'failed', cause: { code: 'source.not-found' } });
  });

  it('that redirects is followed, and its addresses are relative to the target', async () => {
    for (const [index, body] of bodies.entries()) pages[`/there/${index}.ts`] = bytes(body);
    pages['/there/live.m3u8'] = text(over(bodies.map((_, index) => [`${index}.ts`])));
    pages['/live.m3u8'] = (_, response) => response.writeHead(302, { Location: '/there/live.m3u8' }).end();
    expect(await capture()).toMatchObject({ kind: 'ended' });
    expect(await storedHashes(folder)).toEqual(hashes());
  });

  it('that redirects to a file of this machine is refused', async () => {
    pages['/live.m3u8'] = (_, response) => response.writeHead(302, { Location: 'file:///etc/passwd' }).end();
    expect(await capture()).toMatchObject({ kind: 'failed', cause: { code: 'source.bad-redirect' } });
  });

  it('that packs its playlist unasked is unpacked', async () => {
    for (const [index, body] of bodies.entries()) pages[`/${index}.ts`] = bytes(body);
    const packed = gzipSync(over(bodies.map((_, index) => [`${index}.ts`])));
    pages['/live.m3u8'] = (_, response) => response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(packed);
    expect(await capture()).toMatchObject({ kind: 'ended' });
    expect(await storedHashes(folder)).toEqual(hashes());
  });

  it('whose segments come without a length and break off is fetched again', async () => {
    let asked = 0;
    for (const [index, body] of bodies.entries()) pages[`/${index}.ts`] = bytes(body);
    pages['/1.ts'] = (_, response) => {
      asked += 1;
      // Only the end of the connection ends the body, so the half looks like a whole.
      response.writeHead(200, { Connection: 'close', 'Transfer-Encoding': 'identity' });
      response.end(asked === 1 ? bodies[1]!.subarray(0, 1000) : bodies[1]);
    };
    pages['/live.m3u8'] = text(over(bodies.map((_, index) => [`${index}.ts`])));
    expect(await capture()).toMatchObject({ kind: 'ended' });
    expect(asked).toBe(2);
    expect(await storedHashes(folder)).toEqual(hashes());
  });

  it('of bare audio segments that are not audio fails with what was found', async () => {
    pages['/live.m3u8'] = text(over(bodies.map((_, index) => [`${index}.aac`])));
    for (const index of bodies.keys()) pages[`/${index}.aac`] = text('ID3\u0004aaaaaaaaaaaaaaaaaaaaaaaa');
    expect(await capture()).toMatchObject({
      kind: 'failed',
      cause: { code: 'segment.not-media', message: expect.stringContaining('neither AAC nor MP3') },
    });
  });

  it('gets the headers it requires', async () => {
    const seen: (string | undefined)[] = [];
    pages['/live.m3u8'] = (request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(404).end();
    };
    const url = new URL(`${base}/live.m3u8`);
    url.username = 'me';
    url.password = 'pass word';
    await new CaptureRun({ directory: folder, url: url.href }).end;
    expect(seen).toEqual([`Basic ${Buffer.from('me:pass word').toString('base64')}`]);
    expect((await ledgerOf(folder)).segments).toEqual([]);
  });

  it('whose durations are given to the millisecond and wrong is detected', async () => {
    for (const [index, body] of bodies.entries()) pages[`/${index}.ts`] = bytes(body);
    const wrong = over(
      bodies.map((_, index) => [`${index}.ts`]),
      '#EXT-X-VERSION:3',
    );
    pages['/live.m3u8'] = text(wrong.replaceAll('#EXTINF:1,', '#EXTINF:1.250,'));
    expect(await capture()).toMatchObject({ kind: 'ended' });
    expect((await ledgerOf(folder)).totals.durationSeconds).toBeLessThan(4.6);
  });

  it.each(['ts', 'fmp4'] as const)(
    'of %s that rounds its durations is measured, and becomes a video',
    async (container) => {
      const odd = await makeMedia({ profile: SMALL, container, segmentSeconds: 1.4, seconds: 14 });
      const load = (file: string) => readFile(path.join(odd.directory, file));
      for (const [index, { file }] of odd.segments.entries()) pages[`/${index}.m4s`] = bytes(await load(file));
      if (odd.init) pages['/init.mp4'] = bytes(await load(odd.init));
      const head = odd.init === undefined ? [] : ['#EXT-X-MAP:URI="init.mp4"'];
      pages['/live.m3u8'] = text(
        over(
          odd.segments.map((_, index) => [`${index}.m4s`]),
          ...head,
        ),
      );
      expect(await capture()).toMatchObject({ kind: 'ended' });

      const ledger = await ledgerOf(folder);
      expect(ledger.totals.durationSeconds).toBeCloseTo(14, 1);
      const runs = readRuns(ledger).map(({ init, ranges, ...run }) => ({
        ...run,
        ranges: ranges.map((range) => ({ ...range, file: path.join(folder, range.file) })),
        ...(init && { init: { ...init, file: path.join(folder, init.file) } }),
      }));
      const media = createMedia(await locateTools({}));
      const [video] = await media.finalizeRuns({
        runs,
        outputFor: () => path.join(folder, 'video.mp4'),
        workDirectory: path.join(folder, 'finalize'),
      });
      expect(video?.durationSeconds).toBeCloseTo(14, 0);
      expect(await media.decodeErrors(path.join(folder, 'video.mp4'))).toEqual([]);
    },
  );
});

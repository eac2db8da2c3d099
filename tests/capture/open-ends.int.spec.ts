import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AAC, H264, makeCoded, type CodedSegment } from '../live-origin/coded.js';
import { CaptureRun, ledgerOf, storedHashes } from './capture-run.js';
import { overPlaylist, PageServer } from './page-server.js';

const PACKET_BYTES = 188;
let studio: string;
let segments: readonly CodedSegment[];
let folder: string;
let server: PageServer;

beforeAll(async () => {
  studio = await mkdtemp(path.join(tmpdir(), 'open-'));
  ({ segments } = await makeCoded(studio, { container: 'ts', video: H264, audio: AAC, seconds: 4 }));
});
afterAll(() => rm(studio, { recursive: true, force: true }));
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'capture-'));
  server = new PageServer();
  await server.open();
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Every segment ends with its connection; of the second there are this many tenths, each time it is requested. */
function serve(ofSecond: (time: number) => number, announced = false): void {
  for (const [index, { bytes }] of segments.entries()) {
    let times = 0;
    server.pages[`/${index}`] = (_, response) => {
      const share = index === 1 ? ofSecond((times += 1)) : 10;
      const body = bytes.subarray(0, Math.floor(((bytes.length / PACKET_BYTES) * share) / 10) * PACKET_BYTES);
      if (announced) response.writeHead(200, { 'Content-Length': body.length });
      else response.writeHead(200, { 'Transfer-Encoding': 'identity', Connection: 'close' });
      response.end(body);
    };
  }
  server.put(
    '/live.m3u8',
    overPlaylist(
      [],
      segments.map((_, index) => [String(index)]),
    ),
  );
}

const record = () =>
  new CaptureRun({ directory: folder, url: server.address('/live.m3u8'), settings: { segmentRetrySeconds: 5 } }).end;
const askedForSecond = () => server.asked.filter((page) => page === '/1').length;
const all = () => segments.map(({ sha256 }) => sha256);

describe('a segment that only ends with its connection', () => {
  it('is accepted if it lasts as long as it should', async () => {
    serve(() => 10);
    expect(await record()).toMatchObject({ kind: 'ended' });
    expect(await storedHashes(folder)).toEqual(all());
    expect(askedForSecond()).toBe(1);
  });

  it.each([5, 1])('is fetched again if it was cut between two packets, at %d tenths', async (share) => {
    serve((time) => (time === 1 ? share : 10));
    expect(await record()).toMatchObject({ kind: 'ended' });
    expect(await storedHashes(folder)).toEqual(all());
    expect(askedForSecond()).toBe(2);
    expect((await ledgerOf(folder)).losses).toMatchObject({ retries: 1, gapSeconds: 0 });
  });

  it('is accepted if it comes the same again: then the list is wrong', async () => {
    serve(() => 5);
    expect(await record()).toMatchObject({ kind: 'ended' });
    const [first, second, ...others] = await storedHashes(folder);
    expect([first, ...others]).toEqual([all()[0], ...all().slice(2)]);
    expect(second).not.toBe(all()[1]);
    expect((await ledgerOf(folder)).gaps).toEqual([]);
    expect(askedForSecond()).toBe(2);
  });

  it('is a gap if it is cut in another place each time', async () => {
    serve((time) => 5 - time / 10);
    expect(await record()).toMatchObject({ kind: 'ended' });
    expect(await storedHashes(folder)).toEqual([all()[0], ...all().slice(2)]);
    expect((await ledgerOf(folder)).gaps).toMatchObject([{ cause: { code: 'source.incomplete' } }]);
  });
});

it('a complete segment with an announced length is accepted however short', async () => {
  serve(() => 5, true);
  expect(await record()).toMatchObject({ kind: 'ended' });
  expect(await storedHashes(folder)).toHaveLength(4);
  expect(askedForSecond()).toBe(1);
});

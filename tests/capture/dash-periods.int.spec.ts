import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { FfmpegCaptureEngine, type CaptureEnd } from '@streamvault/capture';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { ledgerOf, Witness } from './capture-run.js';

const run = promisify(execFile);
const RATE = 30;
const SECONDS = 4;

let folder: string;
let server: Server;
/** Answers for the manifest, one after the other; the last one repeats. */
let manifests: string[];
let stop: AbortController;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dash-periods-'));
  stop = new AbortController();
  server = createServer((request, response) => {
    const name = path.basename(request.url ?? '');
    if (name === 'live.mpd') {
      response.end(manifests.length > 1 ? manifests.shift() : manifests[0]);
      return;
    }
    readFile(path.join(folder, name)).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  stop.abort();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

const recording = () => path.join(folder, 'recording');

/** Segments of a second, `<name>-0-1.m4s` to `<name>-0-4.m4s`, which count from 0. */
async function make(name: string, hue: number): Promise<void> {
  const picture = `testsrc2=size=320x180:rate=${RATE}:duration=${SECONDS},hue=h=${hue}`;
  const options = `-c:v libx264 -preset ultrafast -g ${RATE} -keyint_min ${RATE} -sc_threshold 0 -pix_fmt yuv420p -f dash -seg_duration 1 -use_template 1 -use_timeline 1`;
  const names = ['-init_seg_name', `${name}-init.mp4`, '-media_seg_name', `${name}-$Number$.m4s`];
  await run('ffmpeg', [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    picture,
    ...options.split(' '),
    ...names,
    path.join(folder, `${name}.mpd`),
  ]);
}

const mpd = (type: 'dynamic' | 'static', ...periods: string[]) =>
  `<?xml version="1.0"?><MPD type="${type}" availabilityStartTime="${new Date(Date.now() - 60_000).toISOString()}" minimumUpdatePeriod="PT1S">${periods.join('')}</MPD>`;
const period = (name: string, count: number, more = '') =>
  `<Period id="${name}" ${more}><AdaptationSet contentType="video"><Representation id="v" bandwidth="1"><SegmentTemplate timescale="1" initialization="${name}-init.mp4" media="${name}-$Number$.m4s"><SegmentTimeline><S t="0" d="1" r="${count - 1}"/></SegmentTimeline></SegmentTemplate></Representation></AdaptationSet></Period>`;
const listed = (name: string, from: number, to: number) =>
  `<Period><AdaptationSet contentType="video"><Representation id="v"><SegmentList timescale="1" duration="1" startNumber="${from}"><Initialization sourceURL="${name}-init.mp4"/>${Array.from({ length: to - from + 1 }, (_, nth) => `<SegmentURL media="${name}-${from + nth}.m4s"/>`).join('')}</SegmentList></Representation></AdaptationSet></Period>`;

async function capture(): Promise<CaptureEnd> {
  const engine = new FfmpegCaptureEngine({ sliceSeconds: 0.5, retryMinSeconds: 0.1 });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/live.mpd`;
  const source = { url, engine: 'ffmpeg' as const };
  return engine.capture(
    { recordingId: 7, directory: recording(), source, quality: 'best' },
    new Witness(),
    stop.signal,
  );
}

async function pictures(): Promise<string[]> {
  const hashes: string[] = [];
  for (const { file } of (await ledgerOf(recording())).parts) {
    const args = ['-v', 'error', '-i', path.join(recording(), file), '-map', '0:v', '-f', 'framemd5', '-'];
    const { stdout } = await run('ffmpeg', args, { maxBuffer: 1 << 26 });
    hashes.push(
      ...stdout.split('\n').flatMap((line) => (line === '' || line.startsWith('#') ? [] : line.split(',').slice(-1))),
    );
  }
  return hashes;
}

const ended = { kind: 'ended', reason: 'endlist' };

it('a live source in several periods is recorded to the end of each, without a gap', async () => {
  await Promise.all([make('a', 0), make('b', 90)]);
  manifests = [
    mpd('dynamic', period('a', 3, 'start="PT0S"')),
    mpd('dynamic', period('a', 4, 'start="PT0S" duration="PT4S"'), period('b', 1)),
    mpd('static', period('a', 4, 'start="PT0S" duration="PT4S"'), period('b', 4)),
  ];
  expect(await capture()).toEqual(ended);
  const all = await pictures();
  expect(new Set(all).size).toBe(2 * SECONDS * RATE);
  expect(all).toHaveLength(2 * SECONDS * RATE);
  const { gaps, parts, segments } = await ledgerOf(recording());
  expect(gaps).toEqual([]);
  expect(parts).toHaveLength(2);
  // The second begins on the wall clock where the first ends, although its own clock counts from 0 again.
  const [first, second] = parts.map(({ number }) => segments.filter(({ part }) => part.number === number));
  expect((second![0]!.startsAtMs - first![0]!.startsAtMs) / 1000).toBeCloseTo(SECONDS, 0);
});

it('a manifest that is empty or half there for a while loses nothing', async () => {
  await make('a', 0);
  manifests = [
    mpd('dynamic', period('a', 2)),
    '',
    mpd('dynamic', period('a', 3)).slice(0, 150),
    '<html></html>',
    mpd('static', period('a', 4)),
  ];
  expect(await capture()).toEqual(ended);
  expect(await pictures()).toHaveLength(SECONDS * RATE);
  expect((await ledgerOf(recording())).parts).toHaveLength(1);
});

it('a live list of segments is recorded, each frame once', async () => {
  await make('a', 0);
  manifests = [mpd('dynamic', listed('a', 1, 2)), mpd('dynamic', listed('a', 2, 3)), mpd('static', listed('a', 2, 4))];
  expect(await capture()).toEqual(ended);
  const all = await pictures();
  expect(new Set(all).size).toBe(SECONDS * RATE);
  expect(all).toHaveLength(SECONDS * RATE);
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createMedia, locateTools, runTool } from '@streamvault/media';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AAC, H264, makeCoded, type Coded, type CodedRequest } from '../live-origin/coded.js';
import { findFfmpeg } from '../live-origin/media.js';
import { CaptureRun, ledgerOf, storedHashes } from './capture-run.js';
import { finalized, media } from './finalized.js';
import { PageServer } from './page-server.js';

let studio: string;
let folder: string;
let server: PageServer;
let takes = 0;

beforeAll(async () => {
  studio = await mkdtemp(path.join(tmpdir(), 'coded-'));
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

const make = (request: CodedRequest): Promise<Coded> => makeCoded(path.join(studio, String((takes += 1))), request);

/** Shows one take after the other, with that line between them. */
function show(parts: readonly Coded[], between: string): void {
  const lines = parts.flatMap(({ init, segments }, part) => {
    if (init) server.put(`/init-${part}`, init);
    const tags = [...(part === 0 ? [] : [between]), ...(init ? [`#EXT-X-MAP:URI="init-${part}"`] : [])];
    const listed = segments.flatMap(({ bytes, durationSeconds }, index) => {
      server.put(`/${part}-${index}`, bytes);
      return [`#EXTINF:${durationSeconds.toFixed(6)},`, `${part}-${index}`];
    });
    return [...tags, ...listed];
  });
  const head = ['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-TARGETDURATION:2'];
  server.put('/live.m3u8', [...head, ...lines, '#EXT-X-ENDLIST', ''].join('\n'));
}

async function record(parts: readonly Coded[], between = '#EXT-X-DISCONTINUITY'): Promise<void> {
  show(parts, between);
  const run = new CaptureRun({ directory: folder, url: server.address('/live.m3u8') });
  expect(await run.end).toEqual({ kind: 'ended', reason: 'endlist', wasOver: true });
  expect(await storedHashes(folder)).toEqual(parts.flatMap(({ segments }) => segments.map(({ sha256 }) => sha256)));
  expect((await ledgerOf(folder)).gaps).toEqual([]);
}

const text = async (page: string): Promise<string> => (await fetch(server.address(page))).text();

/** Not every ffmpeg can make every coding; the product only copies it. */
const encoders = new TextDecoder().decode(
  (await runTool({ program: await findFfmpeg(), args: ['-hide_banner', '-encoders'] })).stdout,
);
const onlyWith = (encoder: string) => (encoders.includes(` ${encoder} `) ? it : it.skip);

describe.each([
  ['HEVC', '-c:v libx265 -preset ultrafast -x265-params log-level=none', 'hevc', /^hvc1\./],
  ['AV1', '-c:v libsvtav1 -preset 12', 'av1', /^av01\./],
])('%s in fMP4', (_, video, codec, codecs) => {
  onlyWith(video.split(' ')[1]!)(
    'is recorded, gone on with after a stop, and becomes a video, with any ffmpeg',
    async () => {
      const whole = await make({ container: 'fmp4', video, audio: AAC, seconds: 4 });
      show([{ ...whole, segments: whole.segments.slice(0, 2) }], '');
      server.put('/live.m3u8', (await text('/live.m3u8')).replace('#EXT-X-ENDLIST\n', ''));
      const first = new CaptureRun({ directory: folder, url: server.address('/live.m3u8') });
      await first.witness.segments(2);
      await first.stop();
      await record([whole]);
      expect((await ledgerOf(folder)).parts.map(({ reason }) => reason)).toEqual(['start', 'restart']);
      // npm brings one of 2018.
      for (const tools of [await locateTools(), await locateTools({ searchPath: '' })]) {
        const [made, ...others] = await finalized(folder, createMedia(tools));
        expect(others).toEqual([]);
        expect(made?.reused).toBe(false);
        expect(made?.probe.video).toMatchObject({ codec, width: 160, height: 90 });
        expect(made?.probe.audio?.codec).toBe('aac');
        expect(made?.durationSeconds).toBeCloseTo(4, 0);
        const { video: track } = await (await media()).probe(made!.path);
        expect(track?.codecs).toMatch(codecs);
        await rm(made!.path);
      }
    },
  );
});

/** The coding of a video: codec and size of the video, codec, rate and channels of the audio. */
const facts = (videos: Awaited<ReturnType<typeof finalized>>) =>
  videos.map(({ probe: { video, audio } }) =>
    [
      video === undefined ? 'no picture' : `${video.codec} ${video.width}`,
      audio === undefined ? 'no sound' : `${audio.codec} ${audio.sampleRate} ${audio.channels}`,
    ].join(', '),
  );

const BASE = { video: H264, audio: AAC };
const BASE_FACTS = 'h264 160, aac 48000 2';

describe.each<['ts' | 'fmp4', string, Omit<CodedRequest, 'container'>]>([
  ['ts', 'sound, which ends', { video: H264 }],
  ['fmp4', 'picture, which ends', { audio: AAC }],
  ['fmp4', 'profile', { ...BASE, video: '-c:v libx264 -preset veryfast -profile:v high' }],
  ['fmp4', 'sound codec', { ...BASE, audio: '-c:a ac3 -b:a 96k -ac 2 -ar 48000' }],
])('in %s a change of %s', (container, _, change) => {
  it('at a discontinuity leaves one video that plays, with everything in it', async () => {
    const other = await make({ ...change, container, startSeconds: 500 });
    await record([await make({ ...BASE, container }), other]);
    const videos = await finalized(folder);
    expect(facts(videos)).toEqual([BASE_FACTS]);
    expect(videos[0]?.durationSeconds).toBeCloseTo(6, 0);
  });
});

it.each<['ts' | 'fmp4', string, Partial<CodedRequest>]>([
  ['ts', 'picture size', { size: '320x180' }],
  ['ts', 'sample rate', { audio: '-c:a aac -b:a 64k -ac 2 -ar 44100' }],
  ['ts', 'channels', { audio: '-c:a aac -b:a 64k -ac 1 -ar 48000' }],
  ['fmp4', 'sample rate', { audio: '-c:a aac -b:a 64k -ac 2 -ar 44100' }],
])('in %s a change of %s that the source does not mark is still found', async (container, _, change) => {
  const other = await make({ ...BASE, ...change, container, startSeconds: 3 });
  await record([await make({ ...BASE, container }), other], '');
  const [video, ...others] = await finalized(folder);
  expect(others).toEqual([]);
  expect(facts(video ? [video] : [])).toEqual([BASE_FACTS]);
  expect(video?.runs).toEqual([0, 1]);
});

it('a recording whose parts do not name their audio continues as the same video after a restart, and recognizes the next change', async () => {
  const base = await make({ ...BASE, container: 'ts', seconds: 4 });
  const other = await make({ ...BASE, container: 'ts', audio: '-c:a aac -b:a 64k -ac 2 -ar 44100', startSeconds: 4 });
  show([{ segments: base.segments.slice(0, 2) }], '');
  server.put('/live.m3u8', (await text('/live.m3u8')).replace('#EXT-X-ENDLIST\n', ''));
  const first = new CaptureRun({ directory: folder, url: server.address('/live.m3u8') });
  await first.witness.segments(2);
  await first.stop();
  const ledger = path.join(folder, 'ledger.jsonl');
  const written = await readFile(ledger, 'utf8');
  expect(written).toContain('+aac@2:48000:2"');
  await writeFile(ledger, written.replaceAll('+aac@2:48000:2"', '+aac"'));
  await record([base, other], '');
  expect((await ledgerOf(folder)).parts.map(({ reason }) => reason)).toEqual(['start', 'restart', 'discontinuity']);
  const videos = await finalized(folder);
  expect(facts(videos)).toEqual([BASE_FACTS]);
  expect(videos[0]?.runs).toEqual([0, 1]);
});

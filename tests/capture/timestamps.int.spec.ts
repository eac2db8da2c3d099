import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SOUND_FOLDER } from '@streamvault/capture';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AAC, H264, makeCoded, type Coded, type CodedSegment } from '../live-origin/coded.js';
import { CaptureRun, ledgerOf, storedHashes } from './capture-run.js';
import { finalized } from './finalized.js';
import { PageServer } from './page-server.js';

let studio: string;
let takes: Record<'ts' | 'fmp4', Coded>;
let folder: string;
let server: PageServer;

beforeAll(async () => {
  studio = await mkdtemp(path.join(tmpdir(), 'timed-'));
  const take = (container: 'ts' | 'fmp4') =>
    makeCoded(path.join(studio, container), { container, video: H264, audio: AAC, seconds: 16 });
  takes = { ts: await take('ts'), fmp4: await take('fmp4') };
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

const HEAD = ['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-TARGETDURATION:9'];

/** A list of those segments, as if nothing were between them. */
function show(
  name: string,
  segments: readonly CodedSegment[],
  stated = ({ durationSeconds }: CodedSegment) => durationSeconds,
  map: readonly string[] = [],
) {
  const lines = segments.flatMap((segment, index) => {
    server.put(`/${name}-${index}`, segment.bytes);
    return [`#EXTINF:${stated(segment).toFixed(6)},`, `${name}-${index}`];
  });
  server.put(`/${name}.m3u8`, [...HEAD, ...map, ...lines, '#EXT-X-ENDLIST', ''].join('\n'));
}

/** @returns for each segment, whether it continues the one before */
async function record(container: 'ts' | 'fmp4', order: readonly number[], stated?: (segment: CodedSegment) => number) {
  const { init, segments } = takes[container];
  if (init !== undefined) server.put('/init', init);
  const shown = order.map((index) => segments[index]!);
  show('live', shown, stated, init && ['#EXT-X-MAP:URI="init"']);
  const run = new CaptureRun({ directory: folder, url: server.address('/live.m3u8') });
  expect(await run.end).toEqual({ kind: 'ended', reason: 'endlist', wasOver: true });
  expect(await storedHashes(folder)).toEqual(shown.map(({ sha256 }) => sha256));
  const { gaps, parts, segments: kept } = await ledgerOf(folder);
  expect([gaps, parts.length]).toEqual([[], 1]);
  return kept.map(({ continuous }) => continuous);
}

describe.each(['ts', 'fmp4'] as const)('timestamps of %s', (container) => {
  it.each([
    ['jump on by 4 s', [0, 1, 2, 7, 8, 9]],
    ['jump on by 11 s', [0, 1, 2, 14, 15]],
    ['jump back', [10, 11, 12, 3, 4, 5]],
  ])('that %s, without a date or mark to show it, leave one video of everything', async (_, order) => {
    expect(await record(container, order)).toEqual(order.map((__, index) => index !== 0 && index !== 3));
    const [video, ...others] = await finalized(folder);
    expect(others).toEqual([]);
    expect(video?.durationSeconds).toBeCloseTo(order.length, 0);
  });

  it('that continue are not a break, whatever the list says about durations', async () => {
    expect(await record(container, [0, 1, 2, 3, 4, 5], () => 3)).toEqual([false, true, true, true, true, true]);
  });

  it('that jump as far as the list says that the segment lasts are as listed', async () => {
    const last = takes[container].segments[2];
    const stated = (segment: CodedSegment) => segment.durationSeconds + (segment === last ? 4 : 0);
    expect(await record(container, [0, 1, 2, 7, 8, 9], stated)).toEqual([false, true, true, true, true, true]);
    const [video] = await finalized(folder);
    expect(video?.durationSeconds).toBeCloseTo(10, 0);
  });
});

it('separate audio that is silent for a while is still complete and in its place', async () => {
  const make = (name: string, coding: { readonly video: string } | { readonly audio: string }) =>
    makeCoded(path.join(studio, name), { container: 'ts', seconds: 8, ...coding });
  const [picture, sound] = [await make('picture', { video: H264 }), await make('sound', { audio: AAC })];
  show('picture', picture.segments);
  const heard = sound.segments.filter((_, index) => index !== 2 && index !== 3);
  show('sound', heard);
  server.put(
    '/live.m3u8',
    '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="s",NAME="main",DEFAULT=YES,URI="sound.m3u8"\n' +
      '#EXT-X-STREAM-INF:BANDWIDTH=400000,AUDIO="s"\npicture.m3u8\n',
  );
  const run = new CaptureRun({ directory: folder, url: server.address('/live.m3u8') });
  expect(await run.end).toEqual({ kind: 'ended', reason: 'endlist', wasOver: true });
  const { segments } = await ledgerOf(path.join(folder, SOUND_FOLDER));
  expect(segments.map(({ continuous }) => continuous)).toEqual(heard.map((_, index) => index > 0));
  const [video] = await finalized(folder);
  expect(video?.durationSeconds).toBeCloseTo(8, 0);
  // Without dates, video and audio are aligned to a second or so.
  expect(video?.probe.audio?.durationSeconds).toBeGreaterThan(6);
});

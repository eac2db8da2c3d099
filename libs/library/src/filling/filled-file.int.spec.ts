import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createMedia, locateTools, type Media, runTool } from '@streamvault/media';
import type { FetchedSpan, RecordingContext } from '@streamvault/recording';
import { copyFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  capture,
  HEIGHT,
  makeSource,
  smallDisk,
  type Source,
  temporaryFolder,
  type TemporaryFolder,
  WIDTH,
} from '../../../media/src/media.testing.js';
import { type FilledFile, fillFile, type FillOrder } from './filled-file.js';

const begin = Date.UTC(2026, 10, 30, 20);
const at = (seconds: number): string => new Date(begin + seconds * 1000).toISOString();
const from = at(6);
const to = at(12);

let media: Media;
let kept: TemporaryFolder;
let folder: TemporaryFolder;
let source: Source;
/** What is copied by each test that needs a video with a gap. */
let recordedAsTs: Made;

interface Made {
  readonly path: string;
  readonly bytes: number;
  readonly durationSeconds: number;
}

beforeAll(async () => {
  media = createMedia(await locateTools());
  kept = await temporaryFolder();
  source = await makeSource(media.tools, { container: 'ts', seconds: 20 });
  recordedAsTs = await record('ts', source);
});
afterAll(() => kept.remove());
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

/** The packets of the video in the order of the file, and their times. */
async function pictures(file: string): Promise<{ pts: number[]; dts: number[] }> {
  const args = ['-v', 'error', '-select_streams', 'v:0', '-show_entries', 'packet=pts_time,dts_time', '-of', 'csv=p=0'];
  const { stdout } = await runTool({ program: media.tools.ffprobe.path, args: [...args, file] });
  const rows = [...new TextDecoder().decode(stdout).matchAll(/^(-?[\d.]+),(-?[\d.]+)/gm)];
  const pts = rows.map(([, time]) => Number(time)).toSorted((a, b) => a - b);
  return { pts, dts: rows.map(([, , time]) => Number(time)) };
}

/** A video of twenty seconds without its seconds 6 to 12. */
async function record(container: 'ts' | 'mp4', of: Source): Promise<Made> {
  const runs = [
    await capture(kept.path, container, [[`a.${container}`, of, 0, 3]]),
    await capture(kept.path, container, [[`b.${container}`, of, 6, 10]]),
  ];
  const [made] = await media.finalizeRuns({
    runs,
    outputFor: () => join(kept.path, `${container}.mp4`),
    workDirectory: join(kept.path, 'work'),
    title: 'Evening show',
    owner: 'installation:17',
  });
  return made!;
}

/** That video in the library, and what is to be done with it. */
async function holed(made = recordedAsTs): Promise<FillOrder> {
  const path = join(folder.path, 'Evening show [17].mp4');
  await copyFile(made.path, path);
  const recording = {
    recordingId: 17,
    titles: [
      { at: at(0), title: 'Evening show', category: 'Chatting' },
      { at: at(12), title: 'Evening show', category: 'Music' },
    ],
    outputs: [
      {
        file: 'Evening show [17].mp4',
        bytes: made.bytes,
        durationSeconds: made.durationSeconds,
        width: WIDTH,
        height: HEIGHT,
        codecs: null,
        startedAt: at(0),
        timeline: [
          { startsAt: at(0), mediaSeconds: 0, durationSeconds: 6 },
          { startsAt: at(12), mediaSeconds: 6, durationSeconds: 8 },
        ],
      },
    ],
  } as unknown as RecordingContext;
  return {
    path,
    bytes: made.bytes,
    recording,
    gap: { from, to },
    fetched: { stretches: [], mutedSeconds: 0 },
    workDirectory: join(folder.path, 'fill'),
    signal: new AbortController().signal,
    onProgress: () => {},
  };
}

/** What the platform has, in segments of other lengths and by another clock: seconds 4 to 14. */
async function fetchedFrom(other: Source): Promise<FetchedSpan> {
  const run = await capture(folder.path, 'ts', [['vod.ts', other, 2, 7]], 'unknown');
  return { stretches: [{ run, startsAt: at(4) }], mutedSeconds: 0 };
}

describe('a video whose gap is filled', () => {
  it('has every picture once and in order, where it was recorded as mp4', async () => {
    const recorded = await record('mp4', await makeSource(media.tools, { container: 'mp4', seconds: 20 }));
    const order = { ...(await holed(recorded)), fetched: await fetchedFrom(await vod()) };
    expect((await pictures(order.path)).pts).toHaveLength(14 * 30);
    await expectWhole(order, await fillFile(media, order));
  });

  it('has them too where it was recorded as ts, a disk was full and it was killed before and after the exchange', async () => {
    const order = { ...(await holed()), fetched: await fetchedFrom(await vod()) };
    const old = await readFile(order.path);
    const isAsItWas = async () => expect(Buffer.compare(await readFile(order.path), old)).toBe(0);
    const disk = join(folder.path, 'disk');
    const mounted = await smallDisk(disk, 1);
    if (mounted) {
      try {
        await writeFile(join(disk, 'filler'), Buffer.alloc(1024 * 1024)).catch(() => undefined);
        const full = { ...order, workDirectory: join(disk, 'fill') };
        await expect(fillFile(media, full)).rejects.toMatchObject({ code: 'media.storage-full' });
        await isAsItWas();
      } finally {
        await mounted.remove();
      }
    }
    const killed = new Error('killed');
    const dying = (part: 'splitRun' | 'finalizeRuns' | 'verifyVideo'): Media => ({
      ...media,
      [part]: () => Promise.reject(killed),
    });
    for (const part of ['splitRun', 'finalizeRuns', 'verifyVideo'] as const) {
      await expect(fillFile(dying(part), order)).rejects.toBe(killed);
      await isAsItWas();
    }
    const filled = await fillFile(media, order);
    const once = await readFile(order.path);
    // It was exchanged, and nobody could say so.
    expect(await fillFile(media, order)).toEqual(filled);
    expect(Buffer.compare(await readFile(order.path), once)).toBe(0);
    await expectWhole(order, filled);
  });

  /** By another clock than the recording. */
  const vod = () => makeSource(media.tools, { container: 'ts', seconds: 14, startSeconds: 5 });

  async function expectWhole(order: FillOrder, filled: FilledFile): Promise<void> {
    const { dts, pts } = await pictures(order.path);
    expect(pts).toHaveLength(20 * 30);
    // At a join two pictures may lie as far apart as audio and video of a stretch end, and none comes twice.
    for (let index = 1; index < pts.length; index += 1) {
      expect(pts[index]! - pts[index - 1]!).toBeLessThan(0.15);
      expect(dts[index]!).toBeGreaterThan(dts[index - 1]!);
    }
    expect(await media.decodeErrors(order.path)).toEqual([]);
    const probe = await media.probe(order.path);
    expect(probe).toMatchObject({ title: 'Evening show' });
    expect(probe.durationSeconds).toBeCloseTo(20, 0);
    expect(probe.comment).toMatch(/ installation:17$/);
    expect(filled.seconds).toBeCloseTo(6, 1);
    expect(filled.output).toMatchObject({ bytes: (await stat(order.path)).size, file: 'Evening show [17].mp4' });
    const wall = filled.output.timeline.map(({ startsAt, mediaSeconds }) => [startsAt, Math.round(mediaSeconds)]);
    expect(wall).toEqual([
      [at(0), 0],
      [at(6), 6],
      [at(12), 12],
    ]);
    expect(filled.chapters.map(({ startSeconds, category }) => [Math.round(startSeconds), category])).toEqual([
      [0, 'Music'],
    ]);
    expect((await readdir(folder.path)).filter((name) => name.startsWith('.'))).toEqual([]);
  }

  it('takes what the platform has in another coding, size and rate', async () => {
    const other = await makeSource(media.tools, { container: 'ts', seconds: 14, size: '256x144', video: 'hevc' });
    const order = { ...(await holed()), fetched: await fetchedFrom(other) };
    await fillFile(media, order);
    const { pts } = await pictures(order.path);
    expect(pts.at(-1)).toBeCloseTo(20, 0);
    for (let index = 1; index < pts.length; index += 1) expect(pts[index]! - pts[index - 1]!).toBeLessThan(0.3);
    expect(await media.probe(order.path)).toMatchObject({ video: { codec: 'h264' }, audio: { codec: 'aac' } });
    expect(await media.decodeErrors(order.path)).toEqual([]);
  });

  it('leaves a file alone that is not the one of which the gap is known', async () => {
    const order = { ...(await holed()), fetched: await fetchedFrom(source) };
    await writeFile(order.path, 'another file');
    await expect(fillFile(media, order)).rejects.toMatchObject({ code: 'gap-fill.file-changed' });
    expect(await readFile(order.path, 'utf8')).toBe('another file');
  });

  it('says so where the platform has nothing of the span', async () => {
    const order = { ...(await holed()), fetched: await fetchedFrom(source) };
    const [stretch] = order.fetched.stretches;
    const elsewhere = { ...order, fetched: { stretches: [{ ...stretch!, startsAt: at(600) }], mutedSeconds: 0 } };
    await expect(fillFile(media, elsewhere)).rejects.toMatchObject({ code: 'gap-fill.nothing' });
  });
});

describe('what is cut off', () => {
  it('is nothing where the gap is at an end of the file', async () => {
    const run = await capture(folder.path, 'ts', [['edge.ts', source, 0, 4]], 'unknown');
    const [none, all] = await media.splitRun({ run, atSeconds: [0], folder: join(folder.path, 'start') });
    expect([none, all?.durationSeconds]).toEqual([undefined, expect.closeTo(8, 0)]);
    const [whole, nothing] = await media.splitRun({ run, atSeconds: [8], folder: join(folder.path, 'end') });
    expect([whole?.durationSeconds, nothing]).toEqual([expect.closeTo(8, 0), undefined]);
  });
});

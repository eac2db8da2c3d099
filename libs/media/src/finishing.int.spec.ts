import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { inspectOncePerCoding } from './inspect-runs.js';
import { createMedia, type Media } from './media.js';
import { capture, makeSource, smallDisk, type Source, temporaryFolder, type TemporaryFolder } from './media.testing.js';
import { runTool } from './run-tool.js';
import { locateTools, type MediaTools } from './tools.js';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { StorageFull } from './errors.js';

let tools: MediaTools;
let media: Media;
let folder: TemporaryFolder;
let source: Source;

beforeAll(async () => {
  tools = await locateTools();
  media = createMedia(tools);
  folder = await temporaryFolder();
  source = await makeSource(tools, { container: 'ts', seconds: 12 });
});
afterAll(() => folder.remove());

describe('inspectOncePerCoding', () => {
  it('looks once at runs that the ledger calls equally coded, and at each of which it knows nothing', async () => {
    const run = (name: string, to: number, signature: string) =>
      capture(folder.path, 'ts', [[name, source, 0, to]], signature);
    const runs = [
      await run('a.ts', 1, 'h264+aac'),
      await run('b.ts', 2, 'h264+aac'),
      await run('c.ts', 1, 'unknown'),
      await run('d.ts', 2, 'unknown'),
    ];
    const inspected = await inspectOncePerCoding(
      tools,
      runs.map((one) => ({ run: one })),
      undefined,
    );
    expect(inspected.map(({ streams }) => streams.map(({ codec }) => codec))).toEqual(runs.map(() => ['h264', 'aac']));
    expect(inspected[1]?.streams).toBe(inspected[0]?.streams);
    expect(inspected[3]?.streams).not.toBe(inspected[2]?.streams);
  });
});

/** When each track of each stretch begins in a file, whose packets are counted from the first on. */
async function packets(file: string): Promise<Readonly<Record<'video' | 'audio', number[]>>> {
  const args = ['-v', 'error', '-show_entries', 'packet=codec_type,pts_time', '-of', 'csv=p=0', file];
  const { stdout } = await runTool({ program: tools.ffprobe.path, args });
  const lines = [...new TextDecoder().decode(stdout).matchAll(/^(video|audio),(-?[\d.]+)/gm)];
  const of = (kind: string) => lines.flatMap(([, found, time]) => (found === kind ? [Number(time)] : []));
  // B-frames come in another order than they are shown.
  return { video: of('video').toSorted((a, b) => a - b), audio: of('audio').toSorted((a, b) => a - b) };
}

describe.each(['ts', 'mp4'] as const)('a video of six stretches of %s', (container) => {
  it('has picture and sound as far apart behind every join as they were in the stretch', async () => {
    // A clock that begins again with every second stretch, as after a restart of the encoder: it jumps by minutes, forth and back.
    const first = await makeSource(tools, { container, seconds: 12 });
    const other = await makeSource(tools, { container, seconds: 12, startSeconds: 5 });
    const stretches = Array.from({ length: 6 }, (_, number) => ({
      name: `join-${number}.${container}`,
      of: number % 2 === 0 ? first : other,
      segment: number % 5,
    }));
    const runs = [];
    for (const { name, of, segment } of stretches)
      runs.push(await capture(folder.path, container, [[name, of, segment, segment + 1]]));
    const output = join(folder.path, `joined-${container}.mp4`);
    await media.finalizeRuns({ runs, outputFor: () => output, workDirectory: join(folder.path, 'work') });

    const joined = await packets(output);
    let [video, audio] = [0, 0];
    for (const { name } of stretches) {
      const own = await packets(join(folder.path, name));
      const before = own.audio[0]! - own.video[0]!;
      const after = joined.audio[audio]! - joined.video[video]!;
      expect(Math.abs(after - before)).toBeLessThan(0.05);
      video += own.video.length;
      audio += own.audio.length;
    }
    expect([joined.video.length, joined.audio.length]).toEqual([video, audio]);
  });
});

describe('a still', () => {
  it('is the first key frame of a segment, whatever stands around that in its part', async () => {
    for (const container of ['ts', 'mp4'] as const) {
      const made = await makeSource(tools, { container, seconds: 12 });
      const run = await capture(folder.path, container, [[`still.${container}`, made, 0, 3]]);
      const jpeg = await media.takeStill({ run: { ...run, ranges: run.ranges.slice(2) } });
      expect(Buffer.from(jpeg!.subarray(0, 2)).toString('hex')).toBe('ffd8');
    }
  });

  it('is none where there is no picture, or nothing that decodes', async () => {
    const sound = await makeSource(tools, { container: 'ts', seconds: 6, video: 'none' });
    const run = await capture(folder.path, 'ts', [['sound.ts', sound, 0, 1]]);
    expect(await media.takeStill({ run })).toBeUndefined();
    await writeFile(join(folder.path, 'nonsense.ts'), Buffer.alloc(188 * 100, 'x'));
    const ranges = [{ file: join(folder.path, 'nonsense.ts'), offset: 0, length: 18_800 }];
    expect(await media.takeStill({ run: { ...run, ranges } })).toBeUndefined();
  });
});

describe('a step on a full disk', () => {
  let input: string;

  beforeAll(async () => {
    input = join(folder.path, 'whole.mp4');
    const run = await capture(folder.path, 'ts', [['whole.ts', source, 0, 6]]);
    await media.finalizeRuns({ runs: [run], outputFor: () => input, workDirectory: join(folder.path, 'work') });
  });

  it.each(['thumbnail', 'storyboard'] as const)(
    'says so, leaves the video as it is, and goes on when there is room: %s',
    async (step) => {
      const disk = join(folder.path, `disk-${step}`);
      const mounted = await smallDisk(disk, 1);
      if (mounted === undefined) return;
      try {
        const before = await readFile(input);
        const filler = join(disk, 'filler');
        await writeFile(filler, Buffer.alloc(1024 * 1024)).catch(() => undefined);
        const output = join(disk, 'output');
        const make = () =>
          step === 'thumbnail' ? media.makeThumbnail({ input, output }) : media.makeStoryboard({ input, output });

        await expect(make()).rejects.toBeInstanceOf(StorageFull);
        expect(await readdir(disk)).toEqual(['filler']);
        expect(Buffer.compare(await readFile(input), before)).toBe(0);

        await rm(filler);
        await make();
        expect(await readdir(disk)).toEqual(['output']);
      } finally {
        await mounted.remove();
      }
    },
  );
});

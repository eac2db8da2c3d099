import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NoPlayableStreams, NothingToFinalize, StorageFull } from './errors.js';
import { createMedia, type Media } from './media.js';
import { runTool } from './run-tool.js';
import {
  capture,
  FRAME_SECONDS,
  HEIGHT,
  makeSource,
  smallDisk,
  temporaryFolder,
  toolsToTest,
  type Source,
  type TemporaryFolder,
  WIDTH,
} from './media.testing.js';

const SEGMENTS = 6;
const LARGE = '256x144';
const allTools = await toolsToTest();
/** The oldest makes the broadcasts for all, because the others read what it writes. */
const [, coder] = allTools.at(-1)!;

describe.each(allTools)('finalizeRuns with ffmpeg of the %s', (_, tools) => {
  const media: Media = createMedia(tools);
  let sources: Record<'ts' | 'mp4' | 'large', Source>;
  let temporary: TemporaryFolder;
  let folder: string;
  let round = 0;

  beforeAll(async () => {
    temporary = await temporaryFolder();
    sources = {
      ts: await makeSource(coder, { container: 'ts', seconds: 12 }),
      mp4: await makeSource(coder, { container: 'mp4', seconds: 12 }),
      large: await makeSource(coder, { container: 'ts', seconds: 4, size: LARGE }),
    };
  });
  beforeEach(async () => {
    // A folder name as unpleasant as people choose them.
    folder = join(temporary.path, `it's №${++round} "ü" 日本 %03d ?#[x] -y`);
    await mkdir(folder);
  });
  afterAll(() => temporary.remove());

  const output = (index = 0) => join(folder, `videos`, `Das Video's ${index}.mp4`);
  const request = () => ({ outputFor: output, workDirectory: join(folder, 'work') });
  const outputs = async () => (await readdir(join(folder, 'videos')).catch(() => [])).sort();
  const names = (...indexes: number[]) => indexes.map((index) => `Das Video's ${index}.mp4`);

  describe.each(['ts', 'mp4'] as const)('from %s', (container) => {
    it('joins separate video and audio, each at its place on the clock', async () => {
      const picture = await makeSource(coder, { container, seconds: 6, audio: 'none' });
      const sound = await makeSource(coder, { container, seconds: 6, video: 'none' });
      const [mute, heard] = [
        await capture(folder, container, [[`picture.${container}`, picture, 0, 3]]),
        // It begins one segment later, as if the capture had begun between the two.
        await capture(folder, container, [[`sound.${container}`, sound, 1, 3]]),
      ];
      const [video] = await media.finalizeRuns({ ...request(), runs: [{ ...mute, sound: heard }] });
      expect(await media.decodeErrors(output())).toEqual([]);
      expect(Math.abs(video!.durationSeconds - 6)).toBeLessThan(0.1);
      const probed = await runTool({
        program: tools.ffprobe.path,
        args: ['-v', 'error', '-show_entries', 'packet=stream_index,pts_time', '-of', 'csv=p=0', output()],
      });
      const lines = new TextDecoder().decode(probed.stdout).split('\n');
      const begin = (stream: number) =>
        Math.min(...lines.filter((line) => line.startsWith(`${stream},`)).map((line) => Number(line.split(',')[1])));
      expect(begin(0)).toBeLessThan(0.1);
      expect(Math.abs(begin(1) - begin(0) - sound.segments[0]!.seconds)).toBeLessThan(0.05);
      expect(await readdir(join(folder, 'work'))).toEqual([]);
    });

    it('makes one flawless, seekable video from a run that spans two parts', async () => {
      const source = sources[container];
      const run = await capture(folder, container, [
        [`part-1.${container}`, source, 0, 4],
        [`part-2.${container}`, source, 4, SEGMENTS],
      ]);

      const [video, ...others] = await media.finalizeRuns({
        ...request(),
        runs: [run],
        title: "It's\nlive\u0000 日本 🎮",
      });

      expect(others).toEqual([]);
      expect(video).toMatchObject({
        index: 0,
        path: output(),
        runs: [0],
        reused: false,
        ledgerSeconds: run.durationSeconds,
      });
      const probe = await media.probe(output(), { countPackets: true });
      expect(Math.abs(probe.video!.durationSeconds! - run.durationSeconds)).toBeLessThanOrEqual(FRAME_SECONDS);
      // Audio frames last 21 ms, and the audio begins one or two of them before the video.
      expect(Math.abs(probe.durationSeconds! - run.durationSeconds)).toBeLessThanOrEqual(0.045);
      expect(probe.startSeconds).toBeCloseTo(0, 1);
      expect(probe.video).toMatchObject({
        codec: 'h264',
        width: WIDTH,
        height: HEIGHT,
        frameRate: 30,
        packets: 12 / FRAME_SECONDS,
      });
      expect(probe.video?.codecs).toMatch(/^avc1\.6400[0-9a-f]{2}$/);
      expect(probe.audio).toMatchObject({ codec: 'aac', codecs: 'mp4a.40.2', sampleRate: 48000 });
      expect(probe.title).toBe("It's live 日本 🎮");
      expect(await media.decodeErrors(output())).toEqual([]);
      const bytes = await readFile(output());
      expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
      expect(await outputs()).toEqual(names(0));
    });

    it('joins runs on both sides of a gap, with each segment once', async () => {
      const source = sources[container];
      const runs = [
        await capture(folder, container, [[`part-1.${container}`, source, 0, 2]]),
        await capture(folder, container, [[`part-2.${container}`, source, 3, 5]]),
        await capture(folder, container, [[`part-3.${container}`, source, 0, 1]]),
      ];

      const [video] = await media.finalizeRuns({ ...request(), runs });

      expect(video?.runs).toEqual([0, 1, 2]);
      const probe = await media.probe(output(), { countPackets: true });
      expect(probe.video?.packets).toBe(10 / FRAME_SECONDS);
      expect(Math.abs(probe.durationSeconds! - 10)).toBeLessThan(3 * FRAME_SECONDS);
      expect(await media.decodeErrors(output())).toEqual([]);
      expect(await readdir(join(folder, 'work'))).toEqual([]);
    });
  });

  it('makes one video from a broadcast whose size and container change', async () => {
    const runs = [
      await capture(folder, 'ts', [['part-1.ts', sources.ts, 0, 1]], 'small'),
      await capture(folder, 'ts', [['part-2.ts', sources.large, 0, 1]], 'large'),
      await capture(folder, 'ts', [['part-3.ts', sources.ts, 1, 2]], 'small'),
      await capture(folder, 'mp4', [['part-4.mp4', sources.mp4, 0, 1]], 'small'),
    ];
    const [video, ...others] = await media.finalizeRuns({ ...request(), runs });
    expect(others).toEqual([]);
    expect(video?.runs).toEqual([0, 1, 2, 3]);
    expect(await outputs()).toEqual(names(0));
    expect(Math.abs(video!.durationSeconds - 8)).toBeLessThan(0.2);
    const { video: found } = await media.probe(output(), { countPackets: true });
    expect(found?.packets).toBe(8 / FRAME_SECONDS);
    expect(await media.decodeErrors(output())).toEqual([]);
    expect([await heightAt(3), await heightAt(5)]).toEqual([144, HEIGHT]);
    expect((await media.finalizeRuns({ ...request(), runs }))[0]).toMatchObject({ reused: true });
  });

  it('keeps a change of size when the parameter sets are stored apart, as in fragmented MP4', async () => {
    const large = await makeSource(coder, { container: 'mp4', seconds: 4, size: LARGE });
    const runs = [
      await capture(folder, 'mp4', [['part-1.mp4', sources.mp4, 0, 1]], 'small'),
      await capture(folder, 'mp4', [['part-2.mp4', large, 0, 1]], 'large'),
    ];
    await media.finalizeRuns({ ...request(), runs });
    expect([await heightAt(1), await heightAt(3)]).toEqual([HEIGHT, 144]);
    expect(await media.decodeErrors(output())).toEqual([]);
  });

  it('encodes what cannot follow in one track, and fills in what a stretch lacks', async () => {
    const mute = await makeSource(coder, { container: 'ts', seconds: 6, audio: 'none' });
    const hevc = await makeSource(coder, { container: 'ts', seconds: 4, video: 'hevc' });
    const soundOnly = await makeSource(coder, { container: 'ts', seconds: 6, video: 'none' });
    const runs = [
      await capture(folder, 'ts', [['part-1.ts', sources.ts, 0, 3]], 'main'),
      await capture(folder, 'ts', [['part-2.ts', hevc, 0, 1]], 'hevc'),
      await capture(folder, 'ts', [['part-3.ts', mute, 0, 1]], 'mute'),
      await capture(folder, 'ts', [['part-4.ts', soundOnly, 0, 1]], 'sound only'),
    ];
    const [video] = await media.finalizeRuns({ ...request(), runs });
    expect(Math.abs(video!.durationSeconds - 12)).toBeLessThan(1);
    expect(video?.probe).toMatchObject({ video: { codec: 'h264' }, audio: { codec: 'aac', sampleRate: 48000 } });
    expect(await media.decodeErrors(output())).toEqual([]);
    await media.verifyVideo({ file: output(), ledgerSeconds: 12, joins: [6, 8, 10] });
    expect(await readdir(join(folder, 'work'))).toEqual([]);
  });

  it('keeps video and audio together over every join', async () => {
    const runs = await Promise.all(
      Array.from({ length: 10 }, (_, number) =>
        capture(folder, 'ts', [[`part-${number}.ts`, sources.ts, number % 5, (number % 5) + 1]]),
      ),
    );
    const [made] = await media.finalizeRuns({ ...request(), runs });
    const { video, audio } = made!.probe;
    expect(Math.abs(video!.durationSeconds! - audio!.durationSeconds!)).toBeLessThan(0.05);
    expect(Math.abs(video!.durationSeconds! - 20)).toBeLessThan(10 * 0.05);
    expect(await media.decodeErrors(output())).toEqual([]);
  });

  it('writes chapters into the file, whatever their titles', async () => {
    const runs = [await capture(folder, 'ts', [['part-1.ts', sources.ts, 0, 2]])];
    const title = `It's "日本語" / ../../etc 🎮; a=b #c \\ d`;
    const chapters = [
      { startSeconds: 0, endSeconds: 2, title },
      { startSeconds: 2, endSeconds: 4, title: 'two\n\u0000lines' },
    ];
    const [video] = await media.finalizeRuns({ ...request(), runs, chapters });
    const { stdout } = await runTool({
      program: tools.ffprobe.path,
      args: ['-v', 'error', '-show_chapters', '-of', 'json', output()],
    });
    const told = (JSON.parse(new TextDecoder().decode(stdout)) as { chapters: { tags: { title: string } }[] }).chapters;
    expect(told.map(({ tags }) => tags.title)).toEqual([title, 'two lines']);
    expect(Math.abs(video!.durationSeconds - 4)).toBeLessThan(0.1);
  });

  async function heightAt(seconds: number): Promise<number> {
    const { stdout } = await runTool({
      program: tools.ffmpeg.path,
      args: [
        '-v',
        'error',
        '-ss',
        `${seconds}`,
        '-i',
        output(),
        '-frames:v',
        '1',
        '-f',
        'image2pipe',
        '-c:v',
        'png',
        '-',
      ],
    });
    // Width and height stand in the first chunk (PNG, 11.2.1).
    return Buffer.from(stdout).readUInt32BE(20);
  }

  it('refuses an empty recording, and a nonsensical one', async () => {
    await expect(media.finalizeRuns({ ...request(), runs: [] })).rejects.toBeInstanceOf(NothingToFinalize);
    const empty = { container: 'ts', ranges: [], durationSeconds: 0, signature: 'same' } as const;
    await expect(media.finalizeRuns({ ...request(), runs: [empty] })).rejects.toBeInstanceOf(NothingToFinalize);

    await writeFile(join(folder, 'part-1.ts'), Buffer.alloc(188 * 5000, '<html>'));
    const nonsense = { ...empty, ranges: [{ file: join(folder, 'part-1.ts'), offset: 0, length: 188 * 5000 }] };
    const refused = media.finalizeRuns({ ...request(), runs: [nonsense] });
    await expect(refused).rejects.toBeInstanceOf(NoPlayableStreams);
    expect(await outputs()).toEqual([]);
  });

  it('leaves out an audio track that is announced but never comes', async () => {
    const silent = {
      segments: sources.ts.segments
        .slice(0, 2)
        .map((segment) => ({ ...segment, bytes: withoutPid(segment.bytes, 0x101) })),
    };
    const run = await capture(folder, 'ts', [['part-1.ts', silent, 0, 2]]);

    const [video] = await media.finalizeRuns({ ...request(), runs: [run] });

    expect(video?.probe).toMatchObject({ video: { codec: 'h264' }, audioTracks: [] });
    expect(await media.decodeErrors(output())).toEqual([]);
  });

  it('reports a disk that fills up on the way, and leaves nothing on it', async () => {
    const disk = join(folder, 'videos');
    const mounted = await smallDisk(disk, 2);
    if (mounted === undefined) return;
    try {
      const runs = [await capture(folder, 'ts', [['part-1.ts', sources.ts, 0, SEGMENTS]])];
      const fill = () => {
        try {
          for (let index = 0; ; index++) writeFileSync(join(disk, `other-${index}`), Buffer.alloc(64 * 1024));
        } catch {
          // The disk is full, as intended.
        }
      };
      await expect(media.finalizeRuns({ ...request(), runs, onProgress: fill })).rejects.toBeInstanceOf(StorageFull);
      expect((await outputs()).filter((name) => !name.startsWith('other-'))).toEqual([]);

      // The disk is full from the start: refused before a byte is written.
      const bytes = jest.fn();
      const refused = media.finalizeRuns({ ...request(), runs, onProgress: bytes });
      await expect(refused).rejects.toMatchObject({
        space: { neededBytes: expect.any(Number), freeBytes: expect.any(Number) },
      });
      expect(bytes).not.toHaveBeenCalled();
    } finally {
      await mounted.remove();
    }
  });

  it('gives HEVC the tag that browsers and Apple require', async () => {
    const source = await makeSource(coder, { container: 'ts', seconds: 4, video: 'hevc' });
    const runs = [await capture(folder, 'ts', [['part-1.ts', source, 0, 2]])];

    const [video] = await media.finalizeRuns({ ...request(), runs });

    expect((await readFile(output())).includes('hvc1')).toBe(true);
    expect(video?.probe.video?.codecs).toMatch(/^hvc1\.1\.6\.L\d+\.B0$/);
    expect(await media.decodeErrors(output())).toEqual([]);
  });

  it.each([
    ['sound only', { video: 'none' }],
    ['picture only', { audio: 'none' }],
    // 2^33 ticks of 90 kHz are 95443.7 s: the clock starts again in the middle.
    ['a clock that wraps around', { startSeconds: 95_441 }],
    ['a clock that starts at zero', { startSeconds: 0 }],
  ] as const)('accepts a source with %s', async (_name, options) => {
    const source = await makeSource(coder, { container: 'ts', seconds: 6, ...options });
    const run = await capture(folder, 'ts', [['part-1.ts', source, 0, source.segments.length]]);

    const [made] = await media.finalizeRuns({ ...request(), runs: [run] });

    const { durationSeconds, video, audio } = made!.probe;
    expect(Math.abs(durationSeconds! - 6)).toBeLessThan(0.05);
    expect(video !== undefined).toBe(!('video' in options));
    expect(audio !== undefined).toBe(!('audio' in options));
    expect(await media.decodeErrors(output())).toEqual([]);
  });
});

/** Transport stream packets have 188 bytes; the 13 bits of the PID are in the second and third (ISO/IEC 13818-1, 2.4.3.2). */
function withoutPid(bytes: Buffer, pid: number): Buffer {
  const packets = Array.from({ length: bytes.length / 188 }, (_, index) =>
    bytes.subarray(index * 188, index * 188 + 188),
  );
  return Buffer.concat(packets.filter((packet) => (packet.readUInt16BE(1) & 0x1fff) !== pid));
}

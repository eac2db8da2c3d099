import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DurationMismatch, NoPlayableStreams, NothingToFinalize, SourceUnreadable, StorageFull } from './errors.js';
import { createMedia, type Media } from './media.js';
import { runTool } from './run-tool.js';
import {
  capture,
  FRAME_SECONDS,
  makeSource,
  smallDisk,
  temporaryFolder,
  toolsToTest,
  type Source,
  type TemporaryFolder,
} from './media.testing.js';

const SEGMENTS = 6;

describe.each(await toolsToTest())('finalizeRuns with ffmpeg of the %s', (_, tools) => {
  const media: Media = createMedia(tools);
  let sources: Record<'ts' | 'mp4' | 'large', Source>;
  let temporary: TemporaryFolder;
  let folder: string;
  let round = 0;

  beforeAll(async () => {
    temporary = await temporaryFolder();
    sources = {
      ts: await makeSource(tools, { container: 'ts', seconds: 12 }),
      mp4: await makeSource(tools, { container: 'mp4', seconds: 12 }),
      large: await makeSource(tools, { container: 'ts', seconds: 4, size: '640x360' }),
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
      const picture = await makeSource(tools, { container, seconds: 6, audio: 'none' });
      const sound = await makeSource(tools, { container, seconds: 6, video: 'none' });
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
        width: 320,
        height: 180,
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
    expect(await heightAt(1)).toBe(180);
    expect(await heightAt(3)).toBe(360);
    expect(await heightAt(5)).toBe(180);
    expect((await media.finalizeRuns({ ...request(), runs }))[0]).toMatchObject({ reused: true });
  });

  it('keeps a change of size when the parameter sets are stored apart, as in fragmented MP4', async () => {
    const large = await makeSource(tools, { container: 'mp4', seconds: 4, size: '640x360' });
    const runs = [
      await capture(folder, 'mp4', [['part-1.mp4', sources.mp4, 0, 1]], 'small'),
      await capture(folder, 'mp4', [['part-2.mp4', large, 0, 1]], 'large'),
    ];
    await media.finalizeRuns({ ...request(), runs });
    expect([await heightAt(1), await heightAt(3)]).toEqual([180, 360]);
    expect(await media.decodeErrors(output())).toEqual([]);
  });

  it('encodes what cannot follow in one track, and fills in what a stretch lacks', async () => {
    const mute = await makeSource(tools, { container: 'ts', seconds: 4, audio: 'none' });
    const hevc = await makeSource(tools, { container: 'ts', seconds: 4, video: 'hevc' });
    const soundOnly = await makeSource(tools, { container: 'ts', seconds: 4, video: 'none' });
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
    await media.finalizeRuns({ ...request(), runs });
    const { video, audio } = await media.probe(output());
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
    await media.finalizeRuns({ ...request(), runs, chapters });
    const { stdout } = await runTool({
      program: tools.ffprobe.path,
      args: ['-v', 'error', '-show_chapters', '-of', 'json', output()],
    });
    const told = (JSON.parse(new TextDecoder().decode(stdout)) as { chapters: { tags: { title: string } }[] }).chapters;
    expect(told.map(({ tags }) => tags.title)).toEqual([title, 'two lines']);
    expect(Math.abs((await media.probe(output())).durationSeconds! - 4)).toBeLessThan(0.1);
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

  it('recognizes finished videos, even when the parts are gone', async () => {
    const runs = [await capture(folder, 'ts', [['part-1.ts', sources.ts, 0, 2]])];
    const [first] = await media.finalizeRuns({ ...request(), runs });
    const { mtimeMs, ino } = await stat(output());
    await rm(join(folder, 'part-1.ts'));

    const [second] = await media.finalizeRuns({ ...request(), runs });

    expect(second).toEqual({ ...first, reused: true });
    expect(await stat(output())).toMatchObject({ mtimeMs, ino });
  });

  it('makes the video again if more was captured since, or the file was damaged', async () => {
    const shorter = await capture(folder, 'ts', [['part-1.ts', sources.ts, 0, 5]]);
    await media.finalizeRuns({ ...request(), runs: [shorter] });
    const longer = await capture(folder, 'ts', [['part-2.ts', sources.ts, 0, SEGMENTS]]);

    const [redone] = await media.finalizeRuns({ ...request(), runs: [longer] });
    expect(redone).toMatchObject({ reused: false });
    expect(redone?.durationSeconds).toBeCloseTo(12, 1);

    await truncate(output(), 1000);
    const [repaired] = await media.finalizeRuns({ ...request(), runs: [longer] });
    expect(repaired).toMatchObject({ reused: false });
    expect(await media.decodeErrors(output())).toEqual([]);
  });

  it('does not touch a video of another owner, and finds its own again beside it', async () => {
    const runs = [await capture(folder, 'ts', [['part-1.ts', sources.ts, 0, 2]])];
    const make = (owner: string) => media.finalizeRuns({ ...request(), runs, owner });
    const [one] = await make('one:1');
    const [other] = await make('two:1');
    expect([one?.path, other?.path]).toEqual([output(), output().replace('.mp4', ' (2).mp4')]);
    expect((await make('one:1'))[0]).toMatchObject({ reused: true, path: one?.path });
    expect((await make('two:1'))[0]).toMatchObject({ reused: true, path: other?.path });
    // More was captured since: the new video replaces the owner's old one.
    const longer = [await capture(folder, 'ts', [['part-2.ts', sources.ts, 0, 4]])];
    const [redone] = await media.finalizeRuns({ ...request(), runs: longer, owner: 'one:1' });
    expect(redone).toMatchObject({ reused: false, path: output() });
    await writeFile(output(), 'no video at all');
    expect((await make('three:1'))[0]?.path).toBe(output().replace('.mp4', ' (3).mp4'));
    expect(await readFile(output(), 'utf8')).toBe('no video at all');
  });

  it('removes leftovers of a killed attempt, and nothing else', async () => {
    const runs = [await capture(folder, 'ts', [['part-1.ts', sources.ts, 0, 2]])];
    const abort = new AbortController();
    await media
      .finalizeRuns({
        ...request(),
        runs,
        signal: abort.signal,
        onProgress: () => abort.abort(new Error('stop')),
      })
      .catch(() => undefined);
    const leftover = '.streamvault-';
    const own = (await leftoverNameOf(output())) ?? '';
    expect(own.startsWith(leftover)).toBe(true);
    await writeFile(join(folder, 'videos', own), 'half a video');
    await writeFile(join(folder, 'videos', 'holiday.mp4'), 'somebody else');
    await writeFile(join(folder, 'videos', '.streamvault-0000000000000000-other.partial'), 'of another video');

    await media.finalizeRuns({ ...request(), runs });

    expect(await outputs()).toEqual(['.streamvault-0000000000000000-other.partial', ...names(0), 'holiday.mp4']);
  });

  it('reuses complete intermediates after an interruption, and removes those of an older ledger', async () => {
    const hevc = await makeSource(tools, { container: 'ts', seconds: 4, video: 'hevc' });
    const first = await capture(folder, 'ts', [['part-1.ts', hevc, 0, 1]], 'hevc');
    const runs = [first, await capture(folder, 'ts', [['part-2.ts', sources.ts, 0, 4]])];
    const abort = new AbortController();
    const stopAtTheJoin = (share: number) => {
      if (share > 0.166) abort.abort(new Error('stop'));
    };
    const interrupted = media.finalizeRuns({ ...request(), runs, signal: abort.signal, onProgress: stopAtTheJoin });
    await expect(interrupted).rejects.toThrow('stop');
    const [work = ''] = await readdir(join(folder, 'work'));
    const [kept = ''] = (await readdir(join(folder, 'work', work))).filter((name) => name.startsWith('run-'));
    expect(kept).toMatch(/^run-[0-9a-f]{24}\.ts$/);
    await writeFile(join(folder, 'work', work, 'run-of-an-older-ledger.ts'), 'old');
    const { ino } = await stat(join(folder, 'work', work, kept));

    const inodes: number[] = [];
    const look = async () => inodes.push((await stat(join(folder, 'work', work, kept)).catch(() => ({ ino }))).ino);
    await media.finalizeRuns({ ...request(), runs, onProgress: () => void look() });

    expect(new Set(inodes)).toEqual(new Set([ino]));
    expect(await media.decodeErrors(output())).toEqual([]);
    expect(await readdir(join(folder, 'work'))).toEqual([]);
  });

  it('refuses a video that is shorter than the ledger, naming both numbers, and leaves nothing', async () => {
    const run = await capture(folder, 'ts', [['part-1.ts', sources.ts, 0, 3]]);
    const finalizing = media.finalizeRuns({ ...request(), runs: [{ ...run, durationSeconds: 20 }] });

    await expect(finalizing).rejects.toBeInstanceOf(DurationMismatch);
    await expect(finalizing).rejects.toThrow(/lasts 6\.0\d\d s, but the ledger holds 20\.000 s/);
    expect(await outputs()).toEqual([]);
  });

  it('says which part is missing or too short', async () => {
    const run = await capture(folder, 'ts', [['part-1.ts', sources.ts, 0, 3]]);
    const range = run.ranges.at(0)!;
    const gone = { ...run, ranges: [range, { ...range, file: join(folder, 'part-2.ts') }] };
    await expect(media.finalizeRuns({ ...request(), runs: [gone] })).rejects.toThrow(
      /part-2\.ts cannot be opened \(ENOENT\)/,
    );

    await truncate(join(folder, 'part-1.ts'), range.length + 10);
    const short = media.finalizeRuns({ ...request(), runs: [run] });
    await expect(short).rejects.toBeInstanceOf(SourceUnreadable);
    await expect(short).rejects.toThrow(/part-1\.ts ends at byte/);
    expect(await outputs()).toEqual([]);
  });

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

  it('stops at once when aborted, with nothing under the final name', async () => {
    const runs = [await capture(folder, 'ts', [['part-1.ts', sources.ts, 0, SEGMENTS]])];
    const abort = new AbortController();
    const reason = new Error('shutting down');
    const finalizing = media.finalizeRuns({
      ...request(),
      runs,
      signal: abort.signal,
      onProgress: () => abort.abort(reason),
    });

    await expect(finalizing).rejects.toBe(reason);
    expect(await outputs()).toEqual([]);
    await expect(media.finalizeRuns({ ...request(), runs, signal: abort.signal })).rejects.toBe(reason);
  });

  it('makes the video once if requested twice at the same time', async () => {
    const runs = [await capture(folder, 'ts', [['part-1.ts', sources.ts, 0, 2]])];

    const both = await Promise.all([
      media.finalizeRuns({ ...request(), runs }),
      media.finalizeRuns({ ...request(), runs }),
    ]);

    expect(both.filter(([video]) => video?.reused)).toHaveLength(1);
    expect(await outputs()).toEqual(names(0));
  });

  it('leaves out an audio track that is announced but never comes', async () => {
    const source = await makeSource(tools, { container: 'ts', seconds: 4 });
    const silent = {
      segments: source.segments.map((segment) => ({ ...segment, bytes: withoutPid(segment.bytes, 0x101) })),
    };
    const run = await capture(folder, 'ts', [['part-1.ts', silent, 0, 2]]);

    const [video] = await media.finalizeRuns({ ...request(), runs: [run] });

    expect(video?.probe).toMatchObject({ video: { codec: 'h264' }, audioTracks: [] });
    expect(await media.decodeErrors(output())).toEqual([]);
  });

  it('reports its progress, up to the end', async () => {
    const runs = [
      await capture(folder, 'ts', [['part-1.ts', sources.ts, 0, 2]]),
      await capture(folder, 'ts', [['part-2.ts', sources.large, 0, 2]], 'large'),
    ];
    const seen: number[] = [];
    await media.finalizeRuns({ ...request(), runs, onProgress: (share) => seen.push(share) });
    expect(seen[0]).toBe(0);
    expect(seen.at(-1)).toBeGreaterThan(0.95);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  it('reports a disk that fills up on the way, and leaves nothing on it', async () => {
    const disk = join(folder, 'videos');
    const mounted = await smallDisk(disk, 4);
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
    const source = await makeSource(tools, { container: 'ts', seconds: 4, video: 'hevc' });
    const runs = [await capture(folder, 'ts', [['part-1.ts', source, 0, 2]])];

    await media.finalizeRuns({ ...request(), runs });

    expect((await readFile(output())).includes('hvc1')).toBe(true);
    expect((await media.probe(output())).video?.codecs).toMatch(/^hvc1\.1\.6\.L\d+\.B0$/);
    expect(await media.decodeErrors(output())).toEqual([]);
  });

  it.each([
    ['sound only', { video: 'none' }],
    ['picture only', { audio: 'none' }],
    // 2^33 ticks of 90 kHz are 95443.7 s: the clock starts again in the middle.
    ['a clock that wraps around', { startSeconds: 95_438 }],
    ['a clock that starts at zero', { startSeconds: 0 }],
  ] as const)('accepts a source with %s', async (_name, options) => {
    const source = await makeSource(tools, { container: 'ts', seconds: 12, ...options });
    const run = await capture(folder, 'ts', [['part-1.ts', source, 0, source.segments.length]]);

    await media.finalizeRuns({ ...request(), runs: [run] });

    const { durationSeconds, video, audio } = await media.probe(output());
    expect(Math.abs(durationSeconds! - 12)).toBeLessThan(0.05);
    expect(video !== undefined).toBe(!('video' in options));
    expect(audio !== undefined).toBe(!('audio' in options));
    expect(await media.decodeErrors(output())).toEqual([]);
  });

  async function leftoverNameOf(target: string): Promise<string | undefined> {
    const { writeDurably } = await import('./durable-file.js');
    let name: string | undefined;
    await writeDurably(target, async (path) => {
      name = path.split('/').at(-1);
      throw new Error('only the name is wanted');
    }).catch(() => undefined);
    return name;
  }
});

/** Transport stream packets have 188 bytes; the 13 bits of the PID are in the second and third (ISO/IEC 13818-1, 2.4.3.2). */
function withoutPid(bytes: Buffer, pid: number): Buffer {
  const packets = Array.from({ length: bytes.length / 188 }, (_, index) =>
    bytes.subarray(index * 188, index * 188 + 188),
  );
  return Buffer.concat(packets.filter((packet) => (packet.readUInt16BE(1) & 0x1fff) !== pid));
}

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DurationMismatch, SourceUnreadable } from './errors.js';
import { createMedia, type Media } from './media.js';
import { anyTools, capture, makeSource, temporaryFolder, type Source, type TemporaryFolder } from './media.testing.js';

const SEGMENTS = 6;

// Nothing here depends on what ffmpeg it is: one is enough.
describe('finalizeRuns', () => {
  let media: Media;
  let sources: Record<'ts' | 'large' | 'hevc', Source>;
  let temporary: TemporaryFolder;
  let folder: string;
  let round = 0;

  beforeAll(async () => {
    temporary = await temporaryFolder();
    media = createMedia(await anyTools());
    sources = {
      ts: await makeSource(media.tools, { container: 'ts', seconds: 12 }),
      large: await makeSource(media.tools, { container: 'ts', seconds: 4, size: '256x144' }),
      hevc: await makeSource(media.tools, { container: 'ts', seconds: 4, video: 'hevc' }),
    };
  });
  beforeEach(async () => {
    folder = join(temporary.path, `it's №${++round}`);
    await mkdir(folder);
  });
  afterAll(() => temporary.remove());

  const output = () => join(folder, 'videos', "Das Video's.mp4");
  const request = () => ({ outputFor: output, workDirectory: join(folder, 'work') });
  const outputs = async () => (await readdir(join(folder, 'videos')).catch(() => [])).sort();

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

    expect(await outputs()).toEqual(['.streamvault-0000000000000000-other.partial', "Das Video's.mp4", 'holiday.mp4']);
  });

  it('reuses complete intermediates after an interruption, and removes those of an older ledger', async () => {
    const first = await capture(folder, 'ts', [['part-1.ts', sources.hevc, 0, 1]], 'hevc');
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
    expect(await outputs()).toEqual(["Das Video's.mp4"]);
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

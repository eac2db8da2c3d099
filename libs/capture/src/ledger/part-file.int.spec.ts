import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, readFile, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { BLOCK_BYTES, BlockPool, bytesOf, PAGE_BYTES, type Piece } from '../memory/block-pool.js';
import { DirectWrites } from './direct-writes.js';
import { Gate } from './gate.js';
import { PartFile, type Chunk } from './part-file.js';

let folder: string;
let file: string;
let now: number;
let pool: BlockPool;
let direct: DirectWrites;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'part-'));
  file = path.join(folder, 'part-0001.ts');
  now = 0;
  pool = new BlockPool();
  direct = new DirectWrites(pool, new Gate(2), () => now);
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** The bytes as a body is received into blocks. The first byte lies `lead` bytes after the start of a page. */
function received(bytes: Buffer, lead: number): Piece[] {
  const pieces: Piece[] = [];
  for (let [from, start] = [0, lead]; from < bytes.length; start = 0) {
    const block = pool.take();
    const copied = bytes.copy(block.bytes, start, from);
    pieces.push({ block, start, end: start + copied });
    from += copied;
  }
  return pieces;
}

const release = (chunks: readonly Chunk[]) => {
  for (const chunk of chunks) if (!Buffer.isBuffer(chunk)) chunk.block.release();
};

/** Whether this file system accepts writes past its cache. */
async function isDirectPossible(): Promise<boolean> {
  const probe = path.join(folder, 'probe');
  try {
    const handle = await open(probe, constants.O_CREAT | constants.O_WRONLY | constants.O_DIRECT);
    const block = pool.take();
    try {
      await handle.write(block.bytes, 0, PAGE_BYTES, 0);
    } finally {
      block.release();
      await handle.close();
    }
    return true;
  } catch {
    return false;
  }
}

/** As the system reports it (proc_pid_fdinfo(5)). */
async function isOpenPastTheCache(): Promise<boolean> {
  for (const descriptor of await readdir('/proc/self/fd').catch(() => [])) {
    if ((await readlink(`/proc/self/fd/${descriptor}`).catch(() => '')) !== file) continue;
    const [, flags = '0'] =
      /^flags:\s*([0-7]+)$/m.exec(await readFile(`/proc/self/fdinfo/${descriptor}`, 'utf8')) ?? [];
    return (Number.parseInt(flags, 8) & constants.O_DIRECT) !== 0;
  }
  return false;
}

/** A write slow enough to cause a rest, by the fake clock. */
const slowly = () =>
  direct.run(async () => {
    now += 5000;
  });

const emptied = async (path: string, direct?: DirectWrites): Promise<PartFile> => {
  await rm(path, { force: true });
  return PartFile.create(path, direct);
};

describe('the file of a part', () => {
  /** What a recorder may do with it. The lengths match blocks, pages, or neither. */
  const length = fc.oneof(
    fc.constantFrom(0, 1, 188, PAGE_BYTES - 1, PAGE_BYTES, PAGE_BYTES + 1, BLOCK_BYTES, 3 * BLOCK_BYTES),
    fc.nat(3 * BLOCK_BYTES),
  );
  const action = fc.record({
    kind: fc.constantFrom('fits', 'fits', 'fits', 'astray', 'buffers', 'mixed'),
    lengths: fc.array(length, { maxLength: 3 }),
    settles: fc.boolean(),
    next: fc.constantFrom('keep', 'keep', 'rewind', 'go on', 'slow', 'fast'),
  });

  it.each([
    ['past the cache', true],
    ['through the cache', false],
  ])('holds exactly what was kept, whatever was written and taken back: %s', async (_, isDirect) => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 12 }), async (actions) => {
        const part = await emptied(file, isDirect ? direct : undefined);
        let kept = Buffer.alloc(0);
        let written = kept;
        try {
          for (const { kind, lengths, settles, next } of actions) {
            const bytes = lengths.map((one) => randomBytes(one));
            let lead = written.length % PAGE_BYTES;
            const chunks = bytes.flatMap((one, index): Chunk[] => {
              if (kind === 'buffers' || (kind === 'mixed' && index % 2 === 0)) return [one];
              const pieces = received(one, kind === 'astray' ? 7 : lead);
              lead = (lead + one.length) % PAGE_BYTES;
              return pieces;
            });
            await part.write(chunks, settles);
            release(chunks);
            written = Buffer.concat([written, ...bytes]);
            expect(part.end).toBe(written.length);
            if (next === 'slow') await slowly();
            if (next === 'fast') now += 60_000;
            if (next === 'keep') {
              await part.settle();
              part.keep();
              kept = written;
              expect((await readFile(file)).subarray(0, kept.length).equals(kept)).toBe(true);
            } else if (next === 'rewind') {
              part.rewind();
              written = kept;
            }
          }
          part.rewind();
          await part.cut();
          expect((await readFile(file)).equals(kept)).toBe(true);
        } finally {
          await part.close();
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is written directly from the receiving memory, with no foreign bytes after its end', async () => {
    const part = await emptied(file, direct);
    const first = randomBytes(300_001);
    const chunks = received(first, 0);
    chunks.at(-1)?.block.bytes.fill('x', chunks.at(-1)?.end);
    await part.write(chunks, true);
    part.keep();
    const second = received(randomBytes(5000), first.length % PAGE_BYTES);
    const before = second.map((piece) => ({ ...piece, memory: piece.block.bytes.buffer }));
    await part.write(second, true);
    part.keep();
    const { size } = await stat(file);
    if (await isDirectPossible()) {
      expect(size % PAGE_BYTES).toBe(0);
      // The page that both share was completed in place, in front of the second.
      const [piece] = before;
      const front = piece && bytesOf({ ...piece, start: 0, end: piece.start });
      expect(front?.equals(first.subarray(first.length - (first.length % PAGE_BYTES)))).toBe(true);
    }
    expect((await readFile(file)).subarray(part.end).every((byte) => byte === 0)).toBe(true);
    await part.cut();
    expect((await stat(file)).size).toBe(305_001);
    await part.close();
  });

  it('writes its beginning through the cache, for speed, and the rest past it', async () => {
    const part = await emptied(file, direct);
    const seen: boolean[] = [];
    for (const bytes of [1000, 70_000, 1000]) {
      const chunks = received(randomBytes(bytes), part.end % PAGE_BYTES);
      await part.write(chunks, true);
      release(chunks);
      seen.push(await isOpenPastTheCache());
    }
    expect(seen).toEqual([false, false, await isDirectPossible()]);
    await part.close();
  });

  (process.platform === 'linux' ? it : it.skip)('goes on through the cache where there is no way past it', async () => {
    // It accepts everything but cannot be opened that way: EINVAL, as on file systems without support for it.
    await symlink('/dev/null', file);
    const part = await emptied(file, direct);
    for (const bytes of [70_000, 1000]) {
      const chunks = received(randomBytes(bytes), part.end % PAGE_BYTES);
      await part.write(chunks, true);
      release(chunks);
    }
    expect(part.end).toBe(71_000);
    await part.close();
  });

  it('is still the same file when it is reopened in the other mode', async () => {
    const part = await emptied(file, direct);
    for (const bytes of [300_000, 5000]) {
      const chunks = received(randomBytes(bytes), part.end % PAGE_BYTES);
      await part.write(chunks, true);
      release(chunks);
    }
    part.keep();
    await slowly();
    await rename(folder, `${folder}.away`);
    await expect(part.write([Buffer.from('x')], true)).rejects.toMatchObject({ code: 'ENOENT' });
    await mkdir(folder);
    await (await open(file, 'w')).close();
    await expect(part.write([Buffer.from('x')], true)).rejects.toMatchObject({ code: 'ENOENT' });
    await part.close();
    await rm(`${folder}.away`, { recursive: true });
  });
});

describe('writing past the cache', () => {
  it('rests for a minute when the disk cannot keep up', async () => {
    expect(direct.wanted).toBe(constants.O_DIRECT !== undefined);
    await direct.run(async () => {
      now += 4999;
    });
    expect(direct.wanted).toBe(constants.O_DIRECT !== undefined);
    await slowly();
    expect(direct.wanted).toBe(false);
    now += 59_999;
    expect(direct.wanted).toBe(false);
    now += 1;
    expect(direct.wanted).toBe(constants.O_DIRECT !== undefined);
  });
});

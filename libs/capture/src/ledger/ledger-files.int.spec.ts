import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { checksumOf } from './checksum.js';
import { LEDGER_FILE, LEDGER_VERSION } from './entries.js';
import { writeFully } from './files.js';
import { LedgerReader, readLedger } from './ledger-reader.js';
import { instant, segmentFacts } from './ledger.testing.js';
import { fenceLedger } from './fence-ledger.js';
import { LedgerWriter } from './ledger-writer.js';
import { recoverLedger } from './recover-ledger.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ledger-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const file = (name: string) => path.join(folder, name);
const body = (seed: number, length = 1000 + seed * 17) => Buffer.alloc(length, `segment ${seed};`);

async function openWriter(): Promise<LedgerWriter> {
  return (await LedgerWriter.open(folder, 7, instant(0))).writer;
}

async function put(writer: LedgerWriter, mediaSequence: number): Promise<void> {
  const bytes = body(mediaSequence);
  await writer.write([bytes.subarray(0, 100), bytes.subarray(100)]);
  await writer.commit(segmentFacts(mediaSequence));
}

const part = { container: 'ts', reason: 'start', signature: 's', targetDurationSeconds: 2, at: instant(0) } as const;

const containers = [
  ['ts', undefined],
  ['mp4', Buffer.from('init!')],
] as const;

/** Sequence numbers of the segments. Throws if the bytes of one are not exactly where the ledger says. */
async function storedSequences(): Promise<number[]> {
  const ledger = await readLedger(folder);
  const sequences: number[] = [];
  for (const segment of ledger?.segments ?? []) {
    const bytes = (await readFile(file(segment.part.file))).subarray(segment.offset, segment.offset + segment.length);
    if (!bytes.equals(body(segment.mediaSequence)))
      throw new Error(`Segment ${segment.mediaSequence} is not its bytes`);
    sequences.push(segment.mediaSequence);
  }
  return sequences;
}

describe('LedgerWriter', () => {
  it('writes bytes and lines that a reader finds', async () => {
    const writer = await openWriter();
    await writer.openPart(part);
    await put(writer, 0);
    const cause = { code: 'c', message: 'm' };
    await writer.write([body(2)]);
    await writer.commit(segmentFacts(2), [{ type: 'gap', from: instant(2), to: instant(4), seconds: 2, cause }]);
    expect(await writer.closePart(instant(9))).toMatchObject({ number: 1, segments: 2, durationSeconds: 4 });
    await writer.end(instant(9));
    await writer.close();
    const ledger = await readLedger(folder);
    expect(await storedSequences()).toEqual([0, 2]);
    expect(ledger).toMatchObject({ recordingId: 7, ended: { reason: 'endlist' } });
    expect(ledger?.gaps).toHaveLength(1);
    expect(ledger?.totals).toEqual(writer.totals);
  });

  it("creates nothing if a ledger should be there: an empty place is not a recording's folder", async () => {
    const open = () => LedgerWriter.open(folder, 7, instant(0), { mustExist: true });
    await expect(open()).rejects.toMatchObject({ code: 'ENOENT' });
    await writeFile(file('part-0001.ts'), 'kept');
    await expect(open()).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(folder)).toEqual(['part-0001.ts']);
    await expect(
      LedgerWriter.open(path.join(folder, 'elsewhere'), 7, instant(0), { mustExist: true }),
    ).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('notices that its folder has moved, although its files still take bytes', async () => {
    const writer = await openWriter();
    await writer.openPart(part);
    await put(writer, 0);
    await writer.sync();
    await rename(folder, `${folder}.away`);
    await put(writer, 1);
    await expect(writer.sync()).rejects.toMatchObject({ code: 'ENOENT' });
    await mkdir(folder);
    await writeFile(file(LEDGER_FILE), 'another');
    await expect(writer.sync()).rejects.toMatchObject({ code: 'ENOENT' });
    await writer.close();
    await rm(folder, { recursive: true });
    await rename(`${folder}.away`, folder);
    const { writer: next } = await LedgerWriter.open(folder, 7, instant(9), { mustExist: true });
    await next.close();
    expect(await storedSequences()).toEqual([0, 1]);
  });

  it('lets a recorder that comes back spoil nothing of the one that took over', async () => {
    const former = await openWriter();
    await former.openPart(part);
    await put(former, 0);
    await fenceLedger(folder);
    const { writer, recovered } = await LedgerWriter.open(folder, 7, instant(9), { mustExist: true });
    expect(recovered?.segments).toHaveLength(1);
    await writer.openPart({ ...part, reason: 'restart' });
    await put(writer, 1);
    // The other one goes on where it stood still.
    await put(former, 1);
    await put(former, 2);
    await expect(former.sync()).rejects.toMatchObject({ code: 'ENOENT' });
    await former.closePart(instant(10));
    await expect(former.openPart(part)).rejects.toMatchObject({ code: 'ENOENT' });
    await former.close();
    await put(writer, 2);
    await writer.close();
    expect(await storedSequences()).toEqual([0, 1, 2]);
    expect((await readLedger(folder))?.parts.map(({ number }) => number)).toEqual([1, 2]);
  });

  it('fences nothing where nothing was captured', async () => {
    await fenceLedger(path.join(folder, 'nothing'));
  });

  it('puts the init section before the fragments', async () => {
    const writer = await openWriter();
    await writer.openPart({ ...part, container: 'mp4', init: Buffer.from('init!') });
    await put(writer, 0);
    await writer.close();
    expect((await readFile(file('part-0001.mp4'))).subarray(0, 5).toString()).toBe('init!');
    expect((await readLedger(folder))?.parts[0]?.init).toMatchObject({ offset: 0, length: 5 });
    expect(await storedSequences()).toEqual([0]);
  });

  it.each(containers)('writes the first bytes of a segment together with its part (%s)', async (container, init) => {
    const writer = await openWriter();
    const bytes = body(0);
    await writer.openPart({ ...part, container, ...(init && { init }) }, [bytes.subarray(0, 300)]);
    expect(await readFile(file(`part-0001.${container}`))).toHaveLength(300 + (init?.length ?? 0));
    await writer.write([bytes.subarray(300)], true);
    await writer.commit(segmentFacts(0));
    await put(writer, 1);
    await writer.close();
    expect(await storedSequences()).toEqual([0, 1]);
    const checksum = checksumOf(LEDGER_VERSION);
    checksum.add(bytes);
    const lines = (await readFile(file(LEDGER_FILE), 'utf8')).trimEnd().split('\n');
    const [line] = lines.filter((each) => each.includes('"segment"'));
    expect(line).toContain(JSON.stringify(checksum.value()).slice(1, -1));
  });

  it.each(containers)(
    'overwrites bytes that came with the opening of a part and broke off (%s)',
    async (container, init) => {
      const writer = await openWriter();
      const brokenOff = Buffer.alloc(9000, 'half of a segment that broke off');
      await writer.openPart({ ...part, container, ...(init && { init }) }, [brokenOff]);
      writer.discard();
      await put(writer, 0);
      await writer.closePart(instant(4));
      await writer.close();
      expect(await storedSequences()).toEqual([0]);
      const expected = Buffer.concat([init ?? Buffer.alloc(0), body(0)]);
      expect((await readFile(file(`part-0001.${container}`))).equals(expected)).toBe(true);
    },
  );

  it('overwrites what was not committed', async () => {
    const writer = await openWriter();
    await writer.openPart(part);
    await put(writer, 0);
    await writer.write([Buffer.alloc(9000, 'half of a segment that broke off')]);
    writer.discard();
    await put(writer, 1);
    await writer.closePart(instant(4));
    await writer.close();
    expect(await storedSequences()).toEqual([0, 1]);
    expect(await readFile(file('part-0001.ts'))).toHaveLength(body(0).length + body(1).length);
  });

  it('goes on after a restart in a new part and keeps the totals', async () => {
    const first = await openWriter();
    await first.openPart(part);
    await put(first, 0);
    await first.close();
    const { writer, recovered } = await LedgerWriter.open(folder, 7, instant(5));
    expect(recovered?.parts[0]).toMatchObject({ closedAt: instant(5), segments: 1 });
    expect(await writer.openPart({ ...part, reason: 'restart' })).toMatchObject({ number: 2, file: 'part-0002.ts' });
    await put(writer, 1);
    await writer.close();
    expect(await storedSequences()).toEqual([0, 1]);
    expect(writer.totals).toMatchObject({ segments: 2, durationSeconds: 4 });
  });

  it('refuses the folder of another recording', async () => {
    await (await openWriter()).close();
    await expect(LedgerWriter.open(folder, 8, instant(0))).rejects.toMatchObject({ code: 'ledger.foreign' });
  });

  it('continues a ledger of version 1 as it is, and checks its torn end with CRC-32', async () => {
    const writer = await openWriter();
    await writer.openPart(part);
    for (const sequence of [0, 1]) await put(writer, sequence);
    await writer.close();
    const lines = (await readFile(file(LEDGER_FILE), 'utf8'))
      .replace('"version":2', '"version":1')
      .trimEnd()
      .split('\n');
    const first = lines.map((line, index) =>
      index < 2 ? line : line.replace(/"xxh64":"\w{16}"/, `"crc32":${crc32(body(index - 2))}`),
    );
    await writeFile(file(LEDGER_FILE), `${first.join('\n')}\n`);

    const { writer: next, recovered } = await LedgerWriter.open(folder, 7, instant(9));
    expect(recovered?.segments).toHaveLength(2);
    await next.openPart({ ...part, reason: 'restart' });
    await put(next, 2);
    await next.close();
    expect(await storedSequences()).toEqual([0, 1, 2]);
    const last = (await readFile(file(LEDGER_FILE), 'utf8')).trimEnd().split('\n').at(-1) ?? '';
    expect(JSON.parse(last)).toMatchObject({ type: 'segment', crc32: crc32(body(2)) });

    const second = path.join(folder, 'part-0002.ts');
    const bytes = await readFile(second);
    bytes[500] = 255 - (bytes[500] ?? 0);
    await writeFile(second, bytes);
    expect(await recoverLedger(folder, 7)).toMatchObject({ droppedLines: 1 });
  });

  it('refuses a ledger of a later version', async () => {
    await writeFile(
      file(LEDGER_FILE),
      `${JSON.stringify({ type: 'ledger', version: 3, recordingId: 7, createdAt: instant(0) })}\n`,
    );
    await expect(LedgerWriter.open(folder, 7, instant(0))).rejects.toMatchObject({ code: 'ledger.version-unknown' });
  });
});

describe('writeFully', () => {
  it('goes on after a disk took only some of the bytes', async () => {
    const taken: Buffer[] = [];
    const disk = {
      writev: (buffers: readonly Uint8Array[], position: number) => {
        const all = Buffer.concat(buffers);
        const bytes = all.subarray(0, 7);
        expect(position).toBe(100 + Buffer.concat(taken).length);
        taken.push(bytes);
        return Promise.resolve({ bytesWritten: bytes.length });
      },
    };
    expect(await writeFully(disk, [Buffer.from('hello '), Buffer.alloc(0), Buffer.from('wide world')], 100)).toBe(16);
    expect(Buffer.concat(taken).toString()).toBe('hello wide world');
  });

  it('gives up if the disk takes nothing', async () => {
    const disk = { writev: () => Promise.resolve({ bytesWritten: 0 }) };
    await expect(writeFully(disk, [Buffer.from('x')], 0)).rejects.toThrow('took no bytes');
  });
});

describe('LedgerReader', () => {
  it('has nothing to read before the ledger is there', async () => {
    expect(await new LedgerReader(path.join(folder, 'not-yet')).refresh()).toBeUndefined();
  });

  it('follows the ledger as it grows, line by line', async () => {
    const writer = await openWriter();
    const reader = new LedgerReader(folder);
    await writer.openPart(part);
    for (const sequence of [0, 1, 2]) {
      await put(writer, sequence);
      expect((await reader.refresh())?.totals.segments).toBe(sequence + 1);
    }
    await writer.close();
  });

  it('waits for the rest of a half-written line', async () => {
    const writer = await openWriter();
    await writer.openPart(part);
    await put(writer, 0);
    await writer.close();
    const whole = await readFile(file(LEDGER_FILE));
    const reader = new LedgerReader(folder);
    await truncate(file(LEDGER_FILE), whole.length - 20);
    expect((await reader.refresh())?.segments).toHaveLength(0);
    await appendFile(file(LEDGER_FILE), whole.subarray(-20));
    expect((await reader.refresh())?.segments).toHaveLength(1);
    expect(reader.damagedLines).toBe(0);
  });

  it('reads again from the start if a recovery cut the ledger and it grew again', async () => {
    const writer = await openWriter();
    await writer.openPart(part);
    await put(writer, 0);
    const short = (await readFile(file(LEDGER_FILE))).length;
    await put(writer, 1);
    await writer.close();
    const reader = new LedgerReader(folder);
    expect((await reader.refresh())?.segments).toHaveLength(2);
    await truncate(file(LEDGER_FILE), short);
    const { writer: next } = await LedgerWriter.open(folder, 7, instant(3));
    await next.openPart({ ...part, reason: 'restart' });
    for (const sequence of [5, 6, 7]) await put(next, sequence);
    await next.close();
    expect((await reader.refresh())?.segments.map((segment) => segment.mediaSequence)).toEqual([0, 5, 6, 7]);
  });

  it('reads a ledger that is longer than its blocks', async () => {
    const writer = await openWriter();
    await writer.openPart(part);
    await writer.close();
    const line = (n: number) =>
      JSON.stringify({ type: 'segment', ...segmentFacts(n), part: 1, offset: n * 10, length: 10, crc32: 0, synced: 0 });
    await appendFile(file(LEDGER_FILE), `${Array.from({ length: 20_000 }, (_, n) => line(n)).join('\n')}\n`);
    const ledger = await readLedger(folder);
    expect(ledger?.totals).toEqual({ bytes: 200_000, segments: 20_000, durationSeconds: 40_000 });
  });
});

describe('recovery', () => {
  /** Two parts: the first closed, the second open with its first two segments synced. */
  async function crashed(): Promise<void> {
    const writer = await openWriter();
    await writer.openPart(part);
    for (const sequence of [0, 1]) await put(writer, sequence);
    await writer.closePart(instant(4));
    await writer.openPart({ ...part, reason: 'rotation' });
    for (const sequence of [2, 3]) await put(writer, sequence);
    await writer.sync();
    for (const sequence of [4, 5, 6]) await put(writer, sequence);
    await writer.write([Buffer.alloc(500, 'not committed')]);
    await writer.close();
  }
  const prefixOf = (all: number[], some: number[]) => some.every((sequence, index) => all[index] === sequence);
  const everything = [0, 1, 2, 3, 4, 5, 6];

  async function expectSound(): Promise<number[]> {
    const sequences = await storedSequences();
    const ledger = await readLedger(folder);
    for (const { file: name, bytes } of ledger?.parts ?? []) expect(await readFile(file(name))).toHaveLength(bytes);
    const names = (await readdir(folder)).filter((name) => name.startsWith('part-'));
    expect(names.toSorted()).toEqual((ledger?.parts ?? []).map((entry) => entry.file));
    const again = await recoverLedger(folder, 7);
    expect(again === undefined || (again.droppedLines === 0 && again.cutPartBytes === 0)).toBe(true);
    return sequences;
  }

  it('cuts bytes that no line vouches for and keeps every committed segment', async () => {
    await crashed();
    expect(await recoverLedger(folder, 7)).toMatchObject({ droppedLines: 0, cutPartBytes: 500 });
    expect(await expectSound()).toEqual(everything);
  });

  it('returns to a consistent beginning wherever the ledger broke off', async () => {
    await crashed();
    const whole = await readFile(file(LEDGER_FILE));
    const parts = await Promise.all(
      ['part-0001.ts', 'part-0002.ts'].map(async (name) => [name, await readFile(file(name))] as const),
    );
    const lineEnds = [...whole.entries()].filter(([, byte]) => byte === 0x0a).map(([index]) => index);
    const cuts = new Set([...lineEnds.flatMap((end) => [end - 1, end, end + 1, end + 2]), 0, 1]);
    for (const cut of cuts) {
      await writeFile(file(LEDGER_FILE), whole.subarray(0, cut));
      for (const [name, bytes] of parts) await writeFile(file(name), bytes);
      await recoverLedger(folder, 7);
      const sequences = await expectSound();
      expect(prefixOf(everything, sequences)).toBe(true);
      const lines = whole.subarray(0, cut).toString().split('\n').slice(0, -1);
      expect(sequences).toHaveLength(lines.filter((line) => line.includes('"type":"segment"')).length);
    }
  });

  it('returns to a consistent beginning wherever ledger and part broke off', async () => {
    await crashed();
    const ledger = await readFile(file(LEDGER_FILE));
    const first = await readFile(file('part-0001.ts'));
    const second = await readFile(file('part-0002.ts'));
    const synced = body(2).length + body(3).length;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(ledger.length),
        fc.integer({ min: synced, max: second.length }),
        fc.boolean(),
        async (ledgerCut, partCut, zeroed) => {
          await writeFile(file(LEDGER_FILE), ledger.subarray(0, ledgerCut));
          await writeFile(file('part-0001.ts'), first);
          // A power cut leaves the file either too short, or long enough but with blocks that were never written.
          const tail = zeroed ? Buffer.alloc(second.length - partCut) : Buffer.alloc(0);
          await writeFile(file('part-0002.ts'), Buffer.concat([second.subarray(0, partCut), tail]));
          await recoverLedger(folder, 7);
          expect(prefixOf(everything, await expectSound())).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('loses nothing that the source still has when the unsynced end of the ledger is zeroed', async () => {
    await crashed();
    const whole = await readFile(file(LEDGER_FILE));
    const at = whole.indexOf('"mediaSequence":5');
    await writeFile(file(LEDGER_FILE), Buffer.from(whole).fill(0, at, at + 30));
    await recoverLedger(folder, 7);
    expect(await expectSound()).toEqual([0, 1, 2, 3, 4]);
  });

  it('turns damage in synced bytes into a gap, and keeps everything else', async () => {
    await crashed();
    const whole = await readFile(file(LEDGER_FILE));
    const at = whole.indexOf('"mediaSequence":3');
    await writeFile(file(LEDGER_FILE), Buffer.from(whole).fill(0, at, at + 30));
    await recoverLedger(folder, 7);
    expect(await storedSequences()).toEqual([0, 1, 2, 4, 5, 6]);
    expect((await readLedger(folder))?.gaps).toMatchObject([
      { from: instant(6), to: instant(8), seconds: 2, cause: { code: 'ledger.damaged' } },
    ]);
  });

  it('keeps the later parts when an earlier one is gone', async () => {
    await crashed();
    await rm(file('part-0001.ts'));
    await recoverLedger(folder, 7);
    expect(await storedSequences()).toEqual([2, 3, 4, 5, 6]);
  });

  it('removes part files that no ledger line names, and nothing else', async () => {
    await crashed();
    await writeFile(file('part-0003.ts'), 'opened, then killed before its line');
    await writeFile(file('notes.txt'), 'not ours');
    await recoverLedger(folder, 7);
    expect((await readdir(folder)).toSorted()).toEqual([LEDGER_FILE, 'notes.txt', 'part-0001.ts', 'part-0002.ts']);
  });
});

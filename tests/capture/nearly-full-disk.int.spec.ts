import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LEDGER_FILE, LedgerWriter, readLedger } from '@streamvault/capture';
import { afterEach, beforeEach, expect } from '@jest/globals';
import { itMounts } from '../../libs/storage/src/mounts.testing.js';
import { SmallDisk } from '../e2e/support/small-disk.js';

const at = '2026-03-01T12:00:00.000Z';
const page = 4096;

let root: string;
let disk: SmallDisk;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'nearly-full-'));
  disk = await SmallDisk.make(path.join(root, 'disk'), 1);
});
afterEach(async () => {
  await disk.close();
  await rm(root, { recursive: true, force: true });
});

const body = (sequence: number): Buffer => Buffer.alloc(10_000 + sequence, `segment ${sequence};`);

async function put(writer: LedgerWriter, mediaSequence: number): Promise<void> {
  writer.discard();
  await writer.write([body(mediaSequence).subarray(0, 7000), body(mediaSequence).subarray(7000)]);
  await writer.commit({
    mediaSequence,
    discontinuitySequence: 0,
    durationSeconds: 2,
    programDateTime: at,
    estimated: false,
    receivedAt: at,
    discontinuity: false,
    ad: false,
    identity: `/seg-${mediaSequence}.ts`,
  });
}

/** What the ledger vouches for; all of it is there, byte for byte, and no line is torn. */
async function vouchedFor(folder: string): Promise<number[]> {
  const text = await readFile(path.join(folder, LEDGER_FILE), 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.trimEnd().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
  const file = await readFile(path.join(folder, 'part-0001.ts'));
  const { segments } = (await readLedger(folder))!;
  for (const { mediaSequence, offset, length } of segments)
    expect(file.subarray(offset, offset + length).equals(body(mediaSequence))).toBe(true);
  return segments.map(({ mediaSequence }) => mediaSequence);
}

/** Segment after segment, until one is refused. */
async function fill(writer: LedgerWriter, kept: number[]): Promise<never> {
  for (;;) {
    await put(writer, kept.length);
    kept.push(kept.length);
  }
}

itMounts(
  'a disk that takes half of a write, again and again, never makes the ledger run ahead of the bytes',
  async () => {
    const folder = path.join(disk.folder, 'recording-7');
    const filler = path.join(disk.folder, 'filler');
    const { writer } = await LedgerWriter.open(folder, 7, at);
    await writer.openPart({ container: 'ts', reason: 'start', signature: 's', targetDurationSeconds: 2, at });
    const kept: number[] = [];
    let tornBodies = 0;
    for (let pages = 0; pages < 8; pages += 1) {
      // All but some pages: a segment (three of them) or its ledger line only finds room for a part.
      await writeFile(filler, Buffer.alloc((await disk.freeBytes()) - pages * page, 1));
      await expect(fill(writer, kept)).rejects.toMatchObject({ code: 'ENOSPC' });
      const { size } = await stat(path.join(folder, 'part-0001.ts'));
      if (size > writer.totals.bytes) tornBodies += 1;
      expect(await vouchedFor(folder)).toEqual(kept);
      // There is room again: the same segment replaces its torn half.
      await truncate(filler, 0);
      await put(writer, kept.length);
      kept.push(kept.length);
      expect(await vouchedFor(folder)).toEqual(kept);
    }
    // Some writes were short; otherwise nothing was tested.
    expect(tornBodies).toBeGreaterThan(3);
    await writer.closePart(at);
    await writer.close();
    expect((await stat(path.join(folder, 'part-0001.ts'))).size).toBe(writer.totals.bytes);
  },
);

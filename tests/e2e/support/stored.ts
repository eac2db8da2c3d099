import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@jest/globals';
import type { LiveOrigin } from '../../live-origin/live-origin.js';
import { media, publishedSegments, storedSegments } from './media.js';
import type { StreamVault } from './stream-vault.js';
import { until } from './until.js';

export const captured = (server: StreamVault, recordingId: number, segments: number): Promise<number> =>
  until(`${segments} segments stood in the ledger`, async () => {
    const { totals } = await server.ledger(recordingId);
    return totals.segments >= segments && totals.segments;
  });

/** The media sequences that are stored, each with exactly the source's bytes. */
export async function stored(server: StreamVault, recordingId: number, origin: LiveOrigin): Promise<number[]> {
  const segments = await storedSegments(server.workFolder(recordingId), await server.ledger(recordingId));
  const sequences = segments.map(({ mediaSequence }) => mediaSequence);
  expect(segments).toEqual(sequences.flatMap((sequence) => publishedSegments(origin, sequence, sequence)));
  return sequences;
}

/** The one video in the library, complete, with nothing half-made beside it. Segments of thirty frames each. */
export async function expectSoundVideo(server: StreamVault, segments: number): Promise<void> {
  const files = await readdir(server.recordingsDirectory, { recursive: true });
  const mp4 = files.filter((name) => name.endsWith('.mp4'));
  expect(mp4).toHaveLength(1);
  const { decodeErrors, probe } = await media();
  const file = path.join(server.recordingsDirectory, mp4[0]!);
  expect(await decodeErrors(file)).toEqual([]);
  expect((await probe(file, { countPackets: true })).video!.packets).toBe(segments * 30);
  await nothingHalfMade(server);
}

/** What lies beside a video is written again once its recording is completed: for a moment there may be a file that has no name yet. */
export async function nothingHalfMade(server: StreamVault): Promise<void> {
  await until('nothing half-made lay in the library', async () => {
    const files = await readdir(server.recordingsDirectory, { recursive: true });
    expect(files.filter((name) => /partial|tmp|\.streamvault-(?!folder$)/.test(name))).toEqual([]);
    return true;
  });
}

/** Both included. */
export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

import { describe, expect, it } from '@jest/globals';
import { placedInFile } from './gap-times';

describe('where gaps are in a file', () => {
  const cause = { code: 'x', message: 'The network was down.' };
  const gap = (from: string, seconds: number) => ({ from, to: from, seconds, cause });

  it('is behind what was captured before them', () => {
    const gaps = [gap('2026-11-22T21:05:00Z', 30), gap('2026-11-22T21:01:00Z', 20)];
    expect(placedInFile('2026-11-22T21:00:00Z', 600, gaps).map(({ mediaAt }) => mediaAt)).toEqual([60, 280]);
  });

  it('is behind what an earlier gap was filled with', () => {
    const filled = { at: '2026-11-23T00:00:00Z', by: 'ada', url: 'https://x', seconds: 18, mutedSeconds: 0 };
    const gaps = [{ ...gap('2026-11-22T21:01:00Z', 20), filled }, gap('2026-11-22T21:05:00Z', 30)];
    expect(placedInFile('2026-11-22T21:00:00Z', 600, gaps).map(({ mediaAt }) => mediaAt)).toEqual([60, 298]);
  });

  it('is nowhere before its beginning and behind its end', () => {
    const gaps = [gap('2026-11-22T20:59:00Z', 30), gap('2026-11-22T22:00:00Z', 20)];
    expect(placedInFile('2026-11-22T21:00:00Z', 600, gaps).map(({ mediaAt }) => mediaAt)).toEqual([null, null]);
  });
});

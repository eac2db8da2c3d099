import { describe, expect, it } from '@jest/globals';
import { aboutQuality, aboutRoom, aboutSource } from './findings.js';

const ada = { id: 3, name: 'Ada' };
const codes = (problems: readonly { code: string }[]) => problems.map(({ code }) => code);

describe('the findings of a preflight', () => {
  it.each([
    ['live', []],
    ['offline', []],
    ['unknown', ['source.unknown']],
  ] as const)('of a source that is %s', (word, expected) => {
    expect(codes(aboutSource(ada, word, undefined))).toEqual(expected);
  });

  it.each([
    ['nothing was recorded yet', undefined, []],
    ['all of it was', { state: 'completed', capturedRatio: 0.999, failure: null }, []],
    ['nobody knows how much was', { state: 'completed', capturedRatio: null, failure: null }, []],
    ['some of it was not', { state: 'completed', capturedRatio: 0.9795, failure: null }, ['quality.gaps']],
    ['it failed', { state: 'failed', capturedRatio: null, failure: 'Gone.' }, ['quality.last-failed']],
  ] as const)('if %s', (_, last, expected) => {
    expect(codes(aboutQuality(ada, last))).toEqual(expected);
  });

  it('names the share without rounding it up, and the streamer', () => {
    const [problem] = aboutQuality(ada, { state: 'completed', capturedRatio: 0.9799, failure: null });
    expect(problem).toMatchObject({ streamerId: 3, message: expect.stringContaining('97.9 %') });
  });

  it('about too little room, and enough', () => {
    expect(aboutRoom(10e9, 9e9, null)).toEqual([]);
    expect(aboutRoom(10e9, 0, null)).toEqual([]);
    expect(aboutRoom(1e9, 9e9, '2026-11-30T20:00:00.000Z')).toMatchObject([
      {
        code: 'room.not-enough',
        level: 'fail',
        streamerId: null,
        message: expect.stringMatching(/1\.0 GB .* 9\.0 GB/),
      },
    ]);
  });
});

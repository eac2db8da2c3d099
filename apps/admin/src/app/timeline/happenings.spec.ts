import { describe, expect, it } from '@jest/globals';
import { happeningsOf, lossesOf } from './happenings';

const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 22, 21, 0, seconds)).toISOString();
const because = (message: string) => ({ code: 'x', message });
const gap = (from: number, to: number, message: string) => ({
  from: at(from),
  to: at(to),
  seconds: to - from,
  cause: because(message),
});

describe('what took time from a broadcast', () => {
  it('is told in the order of the clock, each with how long and why', () => {
    const rows = happeningsOf({
      parts: [],
      startedAt: at(0),
      endedAt: null,
      gaps: [gap(50, 60, 'The network was down.')],
      ads: [{ from: at(10), to: at(40), seconds: 30, kept: false }],
      stalls: [
        { from: at(45), to: at(60), cause: because('The source did not answer.') },
        { from: at(90), to: null, cause: because('The playlist does not move.') },
      ],
    });
    expect(rows.map(({ kind, seconds, why }) => [kind, seconds, why])).toEqual([
      ['ad', 30, 'Advertising, left out.'],
      ['stall', 15, 'The source did not answer.'],
      ['gap', 10, 'The network was down.'],
      ['stall', null, 'The playlist does not move.'],
    ]);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(4);
  });

  it('is summed by its cause, the dearest first', () => {
    const gaps = [gap(0, 2, 'One.'), gap(10, 30, 'Another.'), gap(40, 43, 'One.')];
    expect(lossesOf(gaps)).toEqual([
      { why: 'Another.', count: 1, seconds: 20 },
      { why: 'One.', count: 2, seconds: 5 },
    ]);
  });
});

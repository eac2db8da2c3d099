import { describe, expect, it } from '@jest/globals';
import { clockOf, rangeFrom, secondsOfClock, withFrom, withTo } from './cut-range';

describe('the piece that is cut out', () => {
  it('begins at the picture on the screen, and stays within the video', () => {
    expect(rangeFrom(12.34, 600)).toEqual({ from: 12.3, to: 42.3 });
    expect(rangeFrom(590, 600)).toEqual({ from: 590, to: 600 });
    expect(rangeFrom(600, 600)).toEqual({ from: 599, to: 600 });
  });

  it('keeps a second at least: the other end makes room', () => {
    expect(withFrom({ from: 10, to: 25 }, 40, 600)).toEqual({ from: 40, to: 41 });
    expect(withTo({ from: 10, to: 25 }, 4, 600)).toEqual({ from: 3, to: 4 });
    expect(withTo({ from: 10, to: 25 }, 0, 600)).toEqual({ from: 0, to: 1 });
    expect(withFrom({ from: 10, to: 25 }, 700, 600.04)).toEqual({ from: 599, to: 600 });
    expect(withTo({ from: 10, to: 25 }, 9999, 600.04)).toEqual({ from: 10, to: 600 });
  });

  it.each([
    ['90', 90],
    ['1:30', 90],
    ['1:02:03.5', 3723.5],
    [' 0:10,5 ', 10.5],
  ])('%s is a time that a person types', (text, seconds) => expect(secondsOfClock(text)).toBe(seconds));

  it('knows what is no time, and writes as it reads', () => {
    for (const text of ['', 'x', '-3', '1:', ':5', '1:2:3:4', '1e3']) expect(secondsOfClock(text)).toBeUndefined();
    expect([0, 10.44, 59.96, 3723.5].map((seconds) => clockOf(seconds))).toEqual([
      '0:00',
      '0:10.4',
      '1:00',
      '1:02:03.5',
    ]);
  });
});

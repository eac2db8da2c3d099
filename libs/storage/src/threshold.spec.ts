import { describe, expect, it } from '@jest/globals';
import { Threshold } from './threshold.js';
import { bytesInWords, secondsInWords } from './words.js';

describe('a threshold', () => {
  it.each([
    ['5GB', 5e9],
    ['5 gb', 5e9],
    ['1.5GiB', 1.5 * 2 ** 30],
    ['500MB', 5e8],
    ['2tb', 2e12],
    ['123456', 123_456],
    ['10%', 1e11],
    ['0.5%', 5e9],
    ['0', 0],
    ['0%', 0],
  ])('of %s is this many bytes of a disk of 1 TB: %d', (text, bytes) => {
    expect(Threshold.parse(text)?.bytesOf(1e12)).toBe(bytes);
  });

  it.each(['', 'GB', '-1', '5XB', '100%', '1e9', '5,5GB', 'ten', '5GB5', 'Infinity', '9'.repeat(400)])(
    'is invalid: %j',
    (text) => {
      expect(Threshold.parse(text)).toBeUndefined();
    },
  );

  it('is compared if that is possible without a disk', () => {
    const of = (text: string) => Threshold.parse(text)!;
    expect(of('6GB').exceeds(of('5GB'))).toBe(true);
    expect(of('5GB').exceeds(of('5GB'))).toBe(false);
    expect(of('11%').exceeds(of('10%'))).toBe(true);
    expect(of('90%').exceeds(of('1kB'))).toBe(false);
  });
});

it.each([
  [0, '0 kB'],
  [999_999, '999 kB'],
  [412e6, '412.0 MB'],
  [12_345_678_901, '12.3 GB'],
  [3.2e12, '3.2 TB'],
])('%d bytes are %s', (bytes, words) => expect(bytesInWords(bytes)).toBe(words));

it.each([
  [59, 'less than a minute'],
  [60, '1 min'],
  [12_000, '3 h 20 min'],
  [200_000, '2 d 7 h'],
  [1e9, 'more than 99 days'],
])('%d seconds are %s', (seconds, words) => expect(secondsInWords(seconds)).toBe(words));

import { describe, expect, it } from '@jest/globals';
import {
  formatBytes,
  formatCodecs,
  formatDuration,
  formatForecast,
  formatInstant,
  formatRate,
  formatRatio,
  formatSpan,
  formatWhen,
  formatWhenWithin,
  spokenDuration,
  toLocalInput,
} from './formats';

describe('formats', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [999_960, '1.00 MB'],
    [48_000_000, '48.0 MB'],
    [2_400_000_000, '2.40 GB'],
    [1.5e18, '1500.0 PB'],
  ])('says %d bytes as %s', (bytes, words) => {
    expect(formatBytes(bytes)).toBe(words);
  });

  it.each([
    [30, 'less than a minute'],
    [3599, '59 min'],
    [12_000, '3 h 20 min'],
    [353_000, '4 d 2 h'],
    [1e9, 'more than 99 days'],
  ])('says that something is %d seconds off as %s', (seconds, words) => {
    expect(formatForecast(seconds)).toBe(words);
  });

  it('says a rate in bits, as streamers do', () => {
    expect(formatRate(750_000)).toBe('6.00 Mbit/s');
    expect(formatRate(0)).toBe('0 bit/s');
  });

  it.each([
    [0, '0:00'],
    [7.9, '0:07'],
    [723, '12:03'],
    [3723, '1:02:03'],
    [360_000, '100:00:00'],
    [-3, '0:00'],
  ])('says %d seconds on the clock as %s', (seconds, words) => {
    expect(formatDuration(seconds)).toBe(words);
  });

  it('says a duration to ears without noughts and with the right plural', () => {
    expect(spokenDuration(3601)).toBe('1 hour 1 second');
    expect(spokenDuration(7322)).toBe('2 hours 2 minutes 2 seconds');
    expect(spokenDuration(0)).toBe('0 seconds');
  });

  it.each([
    [0.42, '0.4 s'],
    [3, '3 s'],
    [21.4, '21 s'],
    [59.7, '1 min'],
    [200, '3 min 20 s'],
    [7500, '2 h 5 min'],
    [7200, '2 h'],
  ])('says a span of %d s as %s', (seconds, words) => {
    expect(formatSpan(seconds)).toBe(words);
  });

  it('never rounds a recording with a loss up to whole', () => {
    expect(formatRatio(0.99999)).toBe('99.9 %');
    expect(formatRatio(1)).toBe('100 %');
  });

  it('says today and yesterday, and a date before that', () => {
    const now = new Date(2026, 10, 22, 21, 0).getTime();
    const at = (day: number): string => new Date(2026, 10, day, 9, 5).toISOString();
    expect(formatWhen(at(22), now)).toBe('Today 09:05');
    expect(formatWhenWithin(at(22), now)).toBe('today 09:05');
    expect(formatWhen(at(21), now)).toBe('Yesterday 09:05');
    expect(formatWhen(at(3), now)).toMatch(/3.*2026.*09:05/);
  });

  it('says an instant to the second, and gives it to a box for date and time and back', () => {
    const instant = new Date(2026, 10, 3, 9, 5, 7).toISOString();
    expect(formatInstant(instant)).toMatch(/3.*2026.*09:05:07/);
    expect(toLocalInput(instant)).toBe('2026-11-03T09:05:07');
    expect(new Date(toLocalInput(instant)).toISOString()).toBe(instant);
  });

  it('says the codecs people know by name and leaves the others', () => {
    expect(formatCodecs('avc1.64001f,mp4a.40.2')).toBe('H.264 · AAC');
    expect(formatCodecs('hvc1.1.6.L120, opus')).toBe('H.265 · Opus');
    expect(formatCodecs('xyz9')).toBe('xyz9');
  });
});

import { describe, expect, it } from '@jest/globals';
import { codecString } from './codecs.js';

describe('codecString', () => {
  it.each([
    [{ codec: 'h264', profile: 'High', level: 31 }, 'avc1.64001f'],
    [{ codec: 'h264', profile: 'Main', level: 40 }, 'avc1.4d4028'],
    [{ codec: 'h264', profile: 'Constrained Baseline', level: 9 }, 'avc1.42e009'],
    [{ codec: 'hevc', profile: 'Main', level: 93 }, 'hvc1.1.6.L93.B0'],
    [{ codec: 'hevc', profile: 'Main 10', level: 153 }, 'hvc1.2.4.L153.B0'],
    [{ codec: 'av1', profile: 'Main', level: 8, pixelFormat: 'yuv420p' }, 'av01.0.08M.08'],
    [{ codec: 'av1', profile: 'Main', level: 13, pixelFormat: 'yuv420p10le' }, 'av01.0.13M.10'],
    [{ codec: 'aac', profile: 'LC' }, 'mp4a.40.2'],
    [{ codec: 'aac', profile: 'HE-AAC' }, 'mp4a.40.5'],
    [{ codec: 'opus' }, 'opus'],
  ])('writes %j as %s', (facts, expected) => {
    expect(codecString(facts)).toBe(expected);
  });

  it.each([
    [{ codec: 'h264', profile: 'High', level: -99 }],
    [{ codec: 'h264', profile: 'Made Up', level: 31 }],
    [{ codec: 'h264' }],
    [{ codec: 'aac' }],
    [{ codec: 'toString' }],
    [{ codec: 'aac', profile: 'constructor' }],
  ])('does not guess for %j', (facts) => {
    expect(codecString(facts)).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import { expectationOf, whyNotWhole, type SomeRun } from './check-video.js';
import { DurationMismatch, StreamsMissing } from './errors.js';
import type { RunStream } from './runs.js';
import type { MediaProbe } from './media-probe.js';

const picture: RunStream = { kind: 'video', index: 0, codec: 'h264', coding: 'h264' };
const sound: RunStream = { kind: 'audio', index: 1, codec: 'aac', coding: 'aac' };
const run = (durationSeconds: number, streams?: readonly RunStream[]): SomeRun => ({
  run: { container: 'ts', ranges: [], durationSeconds, signature: '' },
  ...(streams && { streams }),
});
const video = { index: 0, codec: 'h264', width: 2, height: 2 };
const audio = { index: 1, codec: 'aac', sampleRate: 48000, channels: 2 };
const found = (durationSeconds: number, more: Partial<MediaProbe> = { video }): MediaProbe => ({
  formatName: 'mp4',
  durationSeconds,
  audioTracks: [],
  ...more,
});
const why = (probe: MediaProbe, ...runs: SomeRun[]) => whyNotWhole(probe, 'x.mp4', expectationOf(runs));

describe('whyNotWhole', () => {
  it.each([
    [3600, 3635, false],
    [3600, 3565, false],
    [3600, 3637, true],
    [3600, 3563, true],
    [10, 10.9, false],
    [10, 8.9, true],
    [10, 11.1, true],
  ])('for a ledger of %d s and a video of %d s: wrong is %s', (ledger, actual, wrong) => {
    expect(why(found(actual), run(ledger)) instanceof DurationMismatch).toBe(wrong);
  });

  it('allows a little more for every join', () => {
    expect(why(found(41.3), run(10), run(10), run(10), run(10))).toBeUndefined();
    expect(why(found(41.4), run(10), run(10), run(10), run(10))).toBeInstanceOf(DurationMismatch);
  });

  it('allows for what the source rounded', () => {
    const rounded = { run: { ...run(10).run, slackSeconds: 5 } };
    expect(why(found(14), rounded)).toBeUndefined();
    expect(why(found(16.1), rounded)).toBeInstanceOf(DurationMismatch);
  });

  it('names the missing streams', () => {
    expect(why(found(10, { video }), run(10, [picture, sound]))).toMatchObject({ missing: ['audio'] });
    expect(why(found(10, { audio }), run(10, [picture, sound]))).toMatchObject({ missing: ['video'] });
    expect(why(found(10, {}), run(10, [picture, sound]))).toBeInstanceOf(StreamsMissing);
    expect(why(found(10, { audio }), run(10, [sound]))).toBeUndefined();
  });

  it('a file of unknown duration is incomplete', () => {
    expect(why({ formatName: 'mp4', audioTracks: [], video }, run(10))).toBeInstanceOf(DurationMismatch);
  });

  it('a file without any stream is incomplete, even if nothing is known of what it should hold', () => {
    expect(why(found(10, {}), run(10))).toBeInstanceOf(StreamsMissing);
  });
});

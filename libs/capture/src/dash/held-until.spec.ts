import { describe, expect, it } from '@jest/globals';
import { wantedFrom } from './held-until.js';
import type { DashTrack } from './presentation.js';

/** A track of two-second segments, the newest of which ends at `endSeconds`. */
function track(kind: DashTrack['kind'], endSeconds: number, mediaAheadSeconds = 0): DashTrack {
  const segments = Array.from({ length: 5 }, (_, index) => {
    const startSeconds = endSeconds - (5 - index) * 2;
    return { number: index, startSeconds, endSeconds: startSeconds + 2, url: `http://origin.test/${index}` };
  });
  return { kind, key: kind, init: undefined, mediaAheadSeconds, segments };
}

/**
 * The first segment taken from a track that ends at `endSeconds`, when the recording already holds everything up to
 * `held` (a time of its transport stream).
 */
function firstOf(endSeconds: number, held: number, mediaAheadSeconds = 0): number | undefined {
  const picture = track('picture', endSeconds, mediaAheadSeconds);
  const from = wantedFrom([picture], { picture: held, sound: undefined })?.get('picture');
  return from === undefined
    ? undefined
    : picture.segments.find(({ startSeconds }) => startSeconds >= from)?.startSeconds;
}

/** How far ffmpeg delays a transport stream, in seconds. */
const DELAY = 1.4;
const WRAP = 2 ** 33 / 90_000;

describe('what a recording lacks of a live DASH source', () => {
  it('begins with the segment that follows what it holds', () => {
    expect(firstOf(100, 94 + DELAY)).toBe(94);
    expect(firstOf(100, 94.05 + DELAY)).toBe(94);
    expect(firstOf(100, 95 + DELAY)).toBe(96);
  });

  it('is everything on offer if the window has moved past it', () => {
    expect(firstOf(100, 20 + DELAY)).toBe(90);
  });

  it('is nothing yet if everything was recorded already, or if an edge is behind', () => {
    expect(wantedFrom([track('picture', 100)], { picture: 100 + DELAY, sound: undefined })?.get('picture')).toBe(100);
    expect(firstOf(100, 103 + DELAY)).toBeUndefined();
    expect(wantedFrom([track('picture', 100)], { picture: 103 + DELAY, sound: undefined })).toBeDefined();
  });

  it('does not include the last segment again, even if it is shorter than the uncertainty', () => {
    const picture = track('picture', 100);
    const last = { number: 5, startSeconds: 100, endSeconds: 100.08, url: 'http://origin.test/5' };
    const short = { ...picture, segments: [...picture.segments, last] };
    expect(wantedFrom([short], { picture: 100.08 + DELAY, sound: undefined })?.get('picture')).toBe(100.08);
    expect(wantedFrom([short], { picture: 100 + DELAY, sound: undefined })?.get('picture')).toBe(100);
  });

  it('is unknown if the source now counts by another clock', () => {
    expect(wantedFrom([track('picture', 100)], { picture: 500, sound: undefined })).toBeUndefined();
    expect(wantedFrom([track('picture', 100)], { picture: undefined, sound: 100 })).toBeUndefined();
    expect(wantedFrom([{ ...track('picture', 100), segments: [] }], { picture: 90, sound: 90 })).toBeUndefined();
  });

  it('is found whatever the clocks count from, and however often they wrapped around', () => {
    expect(firstOf(100, 5094 + DELAY, 5000)).toBe(94);
    const epoch = 1_790_000_000;
    expect(firstOf(epoch, (epoch - 6 + DELAY) % WRAP)).toBe(epoch - 6);
    expect(firstOf(100, WRAP - 6 + DELAY, WRAP - 100)).toBe(94);
  });

  it('includes the audio that goes with the video', () => {
    const from = wantedFrom([track('picture', 100), track('sound', 100.3)], {
      picture: 94 + DELAY,
      sound: 93.6 + DELAY,
    });
    expect(from?.get('sound')).toBeCloseTo(94.3);
    const alone = wantedFrom([track('sound', 100)], { picture: undefined, sound: 94 + DELAY });
    expect(alone?.get('sound')).toBe(94);
  });
});

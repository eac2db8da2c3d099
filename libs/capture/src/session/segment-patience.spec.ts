import { describe, expect, it } from '@jest/globals';
import { parsePlaylist } from '../hls/parse-playlist.js';
import type { MediaPlaylist } from '../hls/playlist.js';
import type { Clock } from './clock.js';
import { SegmentPlanner, type SegmentStep } from './plan-segments.js';
import { PlaylistWindow } from './playlist-window.js';
import { SegmentPatience } from './segment-patience.js';
import { DEFAULT_HLS_SETTINGS } from './settings.js';
import { SourceFault } from '@streamvault/network';

const address = 'https://live.example/list.m3u8';
const NOW = 1_000_000;

function listed(first: number, count: number): MediaPlaylist {
  const segments = Array.from({ length: count }, (_, at) => `#EXTINF:2,\n${first + at}.ts`);
  const text = ['#EXTM3U', '#EXT-X-TARGETDURATION:2', `#EXT-X-MEDIA-SEQUENCE:${first}`, ...segments].join('\n');
  return parsePlaylist(text, address) as MediaPlaylist;
}

const clock: Clock = {
  now: () => NOW,
  sleep: () => Promise.resolve(),
  every: () => () => undefined,
  random: () => 0.5,
};
const refused = new SourceFault({ code: 'source.not-found', message: 'It is not there.' }, true);
const forbidden = new SourceFault({ code: 'source.forbidden', message: 'It is refused.' }, true);
const disturbed = new SourceFault({ code: 'source.timeout', message: 'It stopped.' }, false);
const unusable = new SourceFault({ code: 'source.too-large', message: 'It is too large.' }, true);
const encrypted = new SourceFault({ code: 'source.encrypted', message: 'It is protected.' }, true);

interface Given {
  readonly reachable?: boolean;
  readonly renewable?: boolean;
  readonly proven?: boolean;
  /** The first segment that the list still has; the question is about segment 10. */
  readonly first?: number;
}

function patience({ reachable = true, renewable = false, proven = true, first = 8 }: Given) {
  const step = new SegmentPlanner().plan(listed(10, 1), NOW)[0] as SegmentStep;
  const window = new PlaylistWindow();
  window.moved(listed(first, 6), 0);
  const rule = new SegmentPatience(DEFAULT_HLS_SETTINGS, clock, window, { reachable }, { renewable }, () => proven);
  return {
    isUrgent: () => rule.isUrgent(step),
    retries: (fault: SourceFault, failures: number, seconds = 1) =>
      rule.mayRetry(step, fault, failures, NOW - seconds * 1000),
  };
}

describe('the patience with a segment that fails', () => {
  it('lasts for half a minute while the segment is listed, whatever the fault', () => {
    for (const fault of [refused, forbidden, disturbed]) {
      expect(patience({}).retries(fault, 9, 29)).toBe(true);
      expect(patience({}).retries(fault, 9, 30)).toBe(false);
    }
  });

  it('is short with faults that a retry does not change', () => {
    expect(patience({}).retries(unusable, 3)).toBe(true);
    expect(patience({}).retries(unusable, 4)).toBe(false);
    expect(patience({}).retries(encrypted, 1)).toBe(false);
  });

  it('is short with refusals before the first segment, unless the source can be found again', () => {
    expect(patience({ proven: false }).retries(refused, 3)).toBe(true);
    expect(patience({ proven: false }).retries(refused, 4)).toBe(false);
    expect(patience({ proven: false }).retries(forbidden, 4)).toBe(false);
    expect(patience({ proven: false, renewable: true }).retries(forbidden, 4)).toBe(true);
  });

  it('ends with a refusal once the segment left the list, and after a few failures to reach it', () => {
    expect(patience({ first: 11 }).retries(refused, 1)).toBe(false);
    expect(patience({ first: 11 }).retries(disturbed, 3)).toBe(true);
    expect(patience({ first: 11 }).retries(disturbed, 4)).toBe(false);
  });

  it('has no end while the source as a whole is away', () => {
    expect(patience({ reachable: false, first: 30 }).retries(refused, 99, 999)).toBe(true);
    expect(patience({ reachable: false, first: 30 }).isUrgent()).toBe(false);
  });

  it('yields to a segment that is about to leave the list, or has', () => {
    expect([6, 7, 8, 10, 11].map((first) => patience({ first }).isUrgent())).toEqual([false, false, true, true, true]);
  });
});

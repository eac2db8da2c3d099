import { describe, expect, it } from '@jest/globals';
import { inOrder } from './listed-order.js';
import { parsePlaylist } from './parse-playlist.js';
import type { MediaPlaylist } from './playlist.js';

const START = Date.parse('2026-03-01T12:00:00Z');

/** Segments of two seconds that begin at the given seconds. */
function listed(seconds: readonly number[], ...head: readonly string[]): MediaPlaylist {
  const lines = seconds.flatMap((at) => [
    `#EXT-X-PROGRAM-DATE-TIME:${new Date(START + at * 1000).toISOString()}`,
    '#EXTINF:2.0,',
    `${at}.ts`,
  ]);
  const text = ['#EXTM3U', '#EXT-X-TARGETDURATION:2', '#EXT-X-MEDIA-SEQUENCE:7', ...head, ...lines].join('\n');
  const playlist = parsePlaylist(text, 'http://x.example/live.m3u8');
  if (playlist.kind !== 'media') throw new Error('Not a media playlist');
  return playlist;
}

const names = ({ segments }: MediaPlaylist) => segments.map(({ identity }) => Number(/\d+/.exec(identity)?.[0]));

describe('inOrder', () => {
  it.each([[[0, 2, 6, 4, 8]], [[2, 0, 4, 6, 8]], [[0, 2, 4, 8, 6]], [[2, 0, 4, 8, 6]]])(
    'puts neighbours right that are listed as %j, and leaves the numbers in place',
    (seconds) => {
      const playlist = inOrder(listed(seconds));
      expect(names(playlist)).toEqual(seconds.toSorted((a, b) => a - b));
      expect(playlist.segments.map(({ mediaSequence }) => mediaSequence)).toEqual([7, 8, 9, 10, 11]);
    },
  );

  it.each([
    ['is in order', [0, 2, 4, 6]],
    ['was made by a clock that was set back', [100, 102, 98, 100, 102]],
    ['was made by a clock that was set back by all there is', [100, 102, 96, 98]],
    ['has holes', [0, 2, 8, 4, 12]],
    ['is too short to tell', [2, 0]],
  ])('leaves a list as it is that %s', (_, seconds) => {
    expect(names(inOrder(listed(seconds)))).toEqual(seconds);
  });

  it('does not move segments whose numbers are needed to decrypt them', () => {
    const key = '#EXT-X-KEY:METHOD=AES-128,URI="key"';
    expect(names(inOrder(listed([0, 2, 6, 4, 8], key)))).toEqual([0, 2, 6, 4, 8]);
    expect(names(inOrder(listed([0, 2, 6, 4, 8], `${key},IV=0x01`)))).toEqual([0, 2, 4, 6, 8]);
  });
});

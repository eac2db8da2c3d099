import { describe, expect, it } from '@jest/globals';
import { findAds } from './find-ads.js';
import { parsePlaylist } from './parse-playlist.js';

const START = Date.parse('2026-03-01T12:00:00Z');
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();
const range = (id: string, ...attributes: string[]) => `#EXT-X-DATERANGE:${[`ID="${id}"`, ...attributes].join(',')}`;
const from = (seconds: number) => `START-DATE="${at(seconds)}"`;
const stitched = 'CLASS="twitch-stitched-ad"';

/** The places of the segments, of twenty with two seconds each, that are advertising. */
function ads(...lines: string[]): number[] {
  const segments = Array.from({ length: 20 }, (_, index) => ['#EXTINF:2.000,live', `${index}.ts`]).flat();
  const text = ['#EXTM3U', '#EXT-X-TARGETDURATION:2', `#EXT-X-PROGRAM-DATE-TIME:${at(0)}`, ...lines, ...segments];
  const playlist = parsePlaylist(text.join('\n'), 'https://x.example/');
  if (playlist.kind !== 'media') throw new Error('Expected a media playlist');
  const isAd = findAds(playlist);
  return playlist.segments.flatMap((segment, index) => (isAd(segment) ? [index] : []));
}

describe('advertising', () => {
  it.each([
    ['nothing that says so', [], []],
    ['a range of the class, with a duration', [range('x', stitched, from(4), 'DURATION=6.0')], [2, 3, 4]],
    ['a range of the ID, with an end', [range('stitched-ad-7', from(4), `END-DATE="${at(8)}"`)], [2, 3]],
    ['other ranges', [range('x', 'CLASS="twitch-source"', from(0), 'DURATION=40')], []],
    [
      'several ranges before one segment',
      [range('a', stitched, from(0), 'DURATION=2'), range('z', from(0)), range('b', stitched, from(10), 'DURATION=2')],
      [0, 5],
    ],
    ['edges that are rounded differently', [range('x', stitched, from(4.01), 'DURATION=5.98')], [2, 3, 4]],
    ['a planned duration', [range('x', stitched, from(36), 'PLANNED-DURATION=2')], [18]],
    [
      'an end that comes in a tag of its own',
      [range('x', stitched, from(0)), range('x', stitched, from(0), 'DURATION=2')],
      [0],
    ],
    [
      'an end by the next one of its class',
      [range('x', stitched, from(0), 'END-ON-NEXT=YES'), range('y', stitched, from(4), 'DURATION=2')],
      [0, 1, 2],
    ],
    ['no end yet', [range('x', stitched, from(36))], [18, 19]],
    ['no end, from long ago', [range('x', stitched, from(-601))], []],
    ['a duration of nothing', [range('x', stitched, from(4), 'DURATION=0')], []],
  ])('is recognized by %s', (_, lines, expected) => expect(ads(...lines)).toEqual(expected));

  it('is recognized by its title, with or without a date', () => {
    const isAd = findAds({ dateRanges: [] });
    const segment = {
      url: '',
      identity: '',
      mediaSequence: 0,
      discontinuitySequence: 0,
      discontinuity: false,
      gap: false,
    };
    expect(isAd({ ...segment, durationSeconds: 2, title: 'Amazon|4711' })).toBe(true);
    expect(isAd({ ...segment, durationSeconds: 2, title: 'live' })).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import { excerptOf } from './excerpt.js';
import { parsePlaylist } from './parse-playlist.js';
import type { MediaPlaylist } from './playlist.js';

const begin = Date.UTC(2026, 10, 30, 20);
const base = 'https://cdn.example/video/chunked/index-dvr.m3u8';
const read = (text: string): MediaPlaylist => {
  const playlist = parsePlaylist(text, base);
  if (playlist.kind !== 'media') throw new Error('no media playlist');
  return playlist;
};
const list = (...lines: string[]) =>
  read(['#EXTM3U', '#EXT-X-TARGETDURATION:10', '#EXT-X-MEDIA-SEQUENCE:0', ...lines, '#EXT-X-ENDLIST', ''].join('\n'));
const span = (from: number, to: number) => ({ fromMs: begin + from * 1000, toMs: begin + to * 1000 });
const ten = (name: string) => ['#EXTINF:10.000,', name];

describe('an excerpt of a finished playlist', () => {
  const video = list(...['0.ts', '1.ts', '2-unmuted.ts', '3-muted.ts', '4.ts'].flatMap(ten));

  it('has the segments that touch the span, with absolute addresses and when each was broadcast', () => {
    const excerpt = excerptOf(video, begin, span(12, 35));
    expect(excerpt).toMatchObject({ seconds: 30, mutedSeconds: 20 });
    const { ended, segments } = read(excerpt!.text);
    expect(ended).toBe(true);
    expect(segments.map(({ url, programDateTimeMs }) => [url.split('/').at(-1), programDateTimeMs! - begin])).toEqual([
      ['1.ts', 10_000],
      // Twitch gives out only what it has muted.
      ['2-muted.ts', 20_000],
      ['3-muted.ts', 30_000],
    ]);
    expect(segments[0]?.mediaSequence).toBe(1);
  });

  it('is none where the video has nothing of the span', () => {
    expect(excerptOf(video, begin, span(50, 60))).toBeUndefined();
    expect(excerptOf(video, begin, span(-10, 0))).toBeUndefined();
    expect(excerptOf(list(), begin, span(0, 10))).toBeUndefined();
  });

  it('believes the date-times of the list more than when the video was created', () => {
    const dated = list(
      `#EXT-X-PROGRAM-DATE-TIME:${new Date(begin + 3000).toISOString()}`,
      ...ten('a.ts'),
      ...ten('b.ts'),
    );
    const excerpt = excerptOf(dated, begin, span(13, 14));
    expect(read(excerpt!.text).segments.map(({ url }) => url)).toEqual(['https://cdn.example/video/chunked/b.ts']);
  });

  it('keeps what a segment needs to be read: its map, key, range and breaks', () => {
    const rich = list(
      '#EXT-X-MAP:URI="init.mp4",BYTERANGE="700@0"',
      '#EXT-X-KEY:METHOD=AES-128,URI="key.bin",IV=0x0000000000000000000000000000002a',
      ...ten('a.mp4'),
      '#EXT-X-BYTERANGE:1000@700',
      ...ten('all.mp4'),
      '#EXT-X-KEY:METHOD=NONE',
      '#EXT-X-DISCONTINUITY',
      '#EXT-X-GAP',
      ...ten('c.mp4'),
    );
    const { segments } = read(excerptOf(rich, begin, span(0, 30))!.text);
    const facts = ({ byteRange, discontinuity, gap, key, map, url }: (typeof segments)[number]) => ({
      byteRange,
      discontinuity,
      gap,
      iv: key?.iv,
      key: key?.url,
      map: map?.url,
      mapRange: map?.byteRange,
      url,
    });
    expect(segments.map(facts)).toEqual(rich.segments.map(facts));
  });
});

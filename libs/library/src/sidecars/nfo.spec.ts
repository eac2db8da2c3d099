import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { SaxesParser } from 'saxes';
import type { ExistingVideo } from '../domain/video-state.js';
import { episodeNfo, isOurNfo, seasonNfo, showNfo } from './nfo.js';

const video: ExistingVideo = {
  videoId: 42,
  recordingId: 17,
  outputNumber: 1,
  streamerId: 3,
  streamerName: 'Somebody',
  title: 'Evening show',
  category: 'Chess',
  recordedAt: '2026-11-30T19:15:00.000Z',
  durationSeconds: 3725.4,
  bytes: 1000,
  width: 1920,
  height: 1080,
  codecs: 'avc1.640028,mp4a.40.2',
  file: 'Somebody/Season 2026/Somebody - S2026E113001 - Evening show.mp4',
  thumbnailFile: 'Somebody/Season 2026/Somebody - S2026E113001 - Evening show.jpg',
  gaps: [],
  chapters: [
    { startSeconds: 0, endSeconds: 100, title: 'Warm-up', category: 'Just Chatting' },
    { startSeconds: 100, endSeconds: 3725.4, title: 'Evening show', category: 'Chess' },
  ],
  isProtected: false,
  watchedAt: null,
  moving: null,
  filling: null,
  origin: null,
  place: { kind: 'library' },
};
const nfoOf = (over: Partial<ExistingVideo> = {}) =>
  episodeNfo({
    video: { ...video, ...over },
    episode: { season: 2026, episode: 113_001 },
    zone: 'UTC',
    platform: 'twitch',
  });

/** What a strict parser finds, by the path of each element. */
function parse(xml: string): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>();
  const path: string[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name }) => {
    path.push(name);
    const place = path.join('/');
    found.set(place, [...(found.get(place) ?? []), '']);
  });
  parser.on('text', (text) => {
    const texts = found.get(path.join('/'));
    if (texts) texts.push(`${texts.pop() ?? ''}${text}`);
  });
  parser.on('closetag', () => path.pop());
  parser.write(xml).close();
  return found;
}

describe('files for media servers', () => {
  it('say what an episode is', () => {
    const found = parse(nfoOf());
    const one = (name: string) => found.get(`episodedetails/${name}`);
    expect(one('title')).toEqual(['Evening show']);
    expect(one('showtitle')).toEqual(['Somebody']);
    expect([one('season'), one('episode')]).toEqual([['2026'], ['113001']]);
    expect([one('aired'), one('dateadded')]).toEqual([['2026-11-30'], ['2026-11-30 19:15:00']]);
    expect(one('runtime')).toEqual(['62']);
    expect(one('genre')).toEqual(['Chess', 'Just Chatting']);
    expect(one('studio')).toEqual(['Twitch']);
    expect(one('fileinfo/streamdetails/video/codec')).toEqual(['h264']);
    expect(one('fileinfo/streamdetails/audio/codec')).toEqual(['aac']);
    expect(one('plot')).toEqual(['Warm-up\nEvening show']);
  });

  it('leave out the picture of audio alone', () => {
    const found = parse(nfoOf({ width: null, height: null, codecs: 'mp4a.40.2' }));
    expect(found.has('episodedetails/fileinfo/streamdetails/video')).toBe(false);
    expect(found.get('episodedetails/fileinfo/streamdetails/audio/codec')).toEqual(['aac']);
  });

  it('are read back as they were meant, whatever a title is', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom(
        ']]>',
        '<!--',
        '&amp;',
        '\0',
        '\ud83d',
        '\u202eRTL',
        '🎮',
        `It's "日本語" / ../../etc 🎮`,
        '\ufffe',
        'a\r\nb',
      ),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), (parts) => {
        const title = parts.join('');
        const [read = ''] = parse(nfoOf({ title, streamerName: title })).get('episodedetails/title') ?? [];
        const kept = title
          .toWellFormed()
          // oxlint-disable-next-line no-control-regex -- what XML cannot hold
          .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/g, '');
        // Of line ends there is one kind.
        const lines = (value: string) => value.replaceAll(/\r\n?|\u0085|\u2028/g, '\n');
        expect(lines(read)).toBe(lines(kept));
      }),
    );
  });

  it('are known as ours', () => {
    for (const nfo of [
      nfoOf(),
      showNfo({ streamerId: 3, streamerName: 'S', platform: null, url: null }),
      seasonNfo(2026),
    ]) {
      expect(isOurNfo(nfo)).toBe(true);
      expect(() => parse(nfo)).not.toThrow();
    }
    expect(isOurNfo('<episodedetails><title>Mine</title></episodedetails>')).toBe(false);
  });
});

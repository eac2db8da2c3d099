import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parsePlaylist } from './parse-playlist.js';
import { PlaylistError, type MasterPlaylist, type MediaPlaylist } from './playlist.js';

const BASE = 'https://origin.example/live/stream.m3u8?token=abc';

function media(text: string): MediaPlaylist {
  const playlist = parsePlaylist(text, BASE);
  if (playlist.kind !== 'media') throw new Error('Expected a media playlist');
  return playlist;
}

function master(text: string): MasterPlaylist {
  const playlist = parsePlaylist(text, BASE);
  if (playlist.kind !== 'master') throw new Error('Expected a master playlist');
  return playlist;
}

const live = (...lines: string[]) => ['#EXTM3U', '#EXT-X-TARGETDURATION:2', ...lines, ''].join('\n');

describe('a media playlist', () => {
  it('gives segments with absolute addresses, sequence numbers and durations', () => {
    const playlist = media(live('#EXT-X-MEDIA-SEQUENCE:41', '#EXTINF:2.000,intro', 'a.ts', '#EXTINF:1.5', '/b.ts?t=1'));
    expect(playlist).toMatchObject({ targetDurationSeconds: 2, mediaSequence: 41, ended: false });
    expect(playlist.segments).toMatchObject([
      { url: 'https://origin.example/live/a.ts', mediaSequence: 41, durationSeconds: 2, title: 'intro' },
      { url: 'https://origin.example/b.ts?t=1', mediaSequence: 42, durationSeconds: 1.5, title: '' },
    ]);
  });

  it('reads a byte-order mark, CRLF, blank lines, comments and unknown tags', () => {
    const text = `\uFEFF${live('# hello', '', '#EXT-X-NEVER-HEARD:1', '#EXTINF:2,', 'a.ts', '#EXT-X-ENDLIST')}`;
    expect(media(text.replaceAll('\n', '\r\n'))).toMatchObject({ ended: true, segments: [{ durationSeconds: 2 }] });
  });

  it.each([
    ['#EXT-X-VERSION:3', '#EXTINF:2.000,', false],
    ['#EXT-X-VERSION:3', '#EXTINF:2,', true],
    ['#EXT-X-VERSION:2', '#EXTINF:2.0,', true],
    ['# none, which means 1', '#EXTINF:2.0,', true],
  ])('with %s takes %s for rounded: %s', (version, duration, rounded) => {
    const [segment] = media(live(version, duration, 'a.ts')).segments;
    expect(segment?.rounded ?? false).toBe(rounded);
  });

  it('counts discontinuities from the discontinuity sequence', () => {
    const playlist = media(
      live(
        '#EXT-X-DISCONTINUITY-SEQUENCE:7',
        '#EXTINF:2,',
        'a',
        '#EXT-X-DISCONTINUITY',
        '#EXTINF:2,',
        'b',
        '#EXTINF:2,',
        'c',
      ),
    );
    expect(playlist.segments.map((s) => [s.discontinuitySequence, s.discontinuity])).toEqual([
      [7, false],
      [8, true],
      [8, false],
    ]);
  });

  it('extends the date-time forwards and backwards', () => {
    const playlist = media(
      live(
        '#EXTINF:2,',
        'a',
        '#EXTINF:4,',
        'b',
        '#EXT-X-PROGRAM-DATE-TIME:2026-03-01T13:00:10.500+0100',
        '#EXTINF:2,',
        'c',
        '#EXTINF:2,',
        'd',
      ),
    );
    const times = playlist.segments.map((s) => new Date(s.programDateTimeMs ?? 0).toISOString());
    expect(times).toEqual([
      '2026-03-01T12:00:04.500Z',
      '2026-03-01T12:00:06.500Z',
      '2026-03-01T12:00:10.500Z',
      '2026-03-01T12:00:12.500Z',
    ]);
  });

  it('takes a date-time without a zone as UTC, and leaves out one it cannot read', () => {
    const at = (text: string) => media(live(`#EXT-X-PROGRAM-DATE-TIME:${text}`, '#EXTINF:2,', 'a')).segments[0];
    expect(at('2026-03-01T12:00:00')?.programDateTimeMs).toBe(Date.parse('2026-03-01T12:00:00Z'));
    expect(at('2026-03-01T12:00:00.123Z')?.programDateTimeMs).toBe(Date.parse('2026-03-01T12:00:00.123Z'));
    expect(at('soon')?.programDateTimeMs).toBeUndefined();
  });

  it('chains byte ranges of one resource and gives each its own identity', () => {
    const playlist = media(
      live('#EXT-X-BYTERANGE:100@50', '#EXTINF:2,', 'all.ts', '#EXT-X-BYTERANGE:70', '#EXTINF:2,', 'all.ts'),
    );
    expect(playlist.segments.map((s) => s.byteRange)).toEqual([
      { offset: 50, length: 100 },
      { offset: 150, length: 70 },
    ]);
    expect(new Set(playlist.segments.map((s) => s.identity)).size).toBe(2);
  });

  it('refuses a byte range that continues from nowhere', () => {
    expect(() => media(live('#EXT-X-BYTERANGE:70', '#EXTINF:2,', 'all.ts'))).toThrow('BYTERANGE');
  });

  it('gives segments their map, with its byte range, and their key until NONE', () => {
    const playlist = media(
      live(
        '#EXT-X-MAP:URI="init.mp4",BYTERANGE="700@20"',
        '#EXT-X-KEY:METHOD=AES-128,URI="k,1.bin",IV=0x00ff',
        '#EXTINF:2,',
        'a.m4s',
        '#EXT-X-KEY:METHOD=NONE',
        '#EXTINF:2,',
        'b.m4s',
      ),
    );
    expect(playlist.segments[0]).toMatchObject({
      map: { url: 'https://origin.example/live/init.mp4', byteRange: { offset: 20, length: 700 } },
      key: { method: 'AES-128', url: 'https://origin.example/live/k,1.bin', iv: '00ff', keyFormat: 'identity' },
    });
    expect(playlist.segments[1]?.key).toBeUndefined();
    expect(playlist.segments[1]?.map).toEqual(playlist.segments[0]?.map);
  });

  it('gives a map the key before it, whatever key follows, and no key that comes after it', () => {
    const { segments } = media(
      live(
        '#EXT-X-KEY:METHOD=AES-128,URI="one",IV=0x01',
        '#EXT-X-MAP:URI="init.mp4"',
        '#EXTINF:2,',
        'a.m4s',
        '#EXT-X-KEY:METHOD=AES-128,URI="two"',
        '#EXTINF:2,',
        'b.m4s',
        '#EXT-X-KEY:METHOD=NONE',
        '#EXT-X-MAP:URI="other.mp4",BYTERANGE="7@0"',
        '#EXT-X-KEY:METHOD=AES-128,URI="three"',
        '#EXTINF:2,',
        'c.m4s',
      ),
    );
    const names = segments.map(({ map, key }) => [map?.key, key].map((k) => k?.url?.split('/').at(-1)));
    expect(names).toEqual([
      ['one', 'one'],
      ['one', 'two'],
      [undefined, 'three'],
    ]);
    expect(segments[0]?.map?.key?.iv).toBe('01');
  });

  it.each([
    ['last', ['METHOD=AES-128,URI="x",KEYFORMAT="com.example"', 'METHOD=AES-128,URI="plain"'], 'identity'],
    ['first', ['METHOD=AES-128,URI="plain"', 'METHOD=AES-128,URI="x",KEYFORMAT="com.example"'], 'identity'],
    ['of another method', ['METHOD=AES-128,URI="plain"', 'METHOD=SAMPLE-AES,KEYFORMAT="com.example"'], 'com.example'],
    [
      'taken back',
      ['METHOD=AES-128,URI="plain"', 'METHOD=NONE', 'METHOD=AES-128,KEYFORMAT="com.example"'],
      'com.example',
    ],
  ])('takes the plain key if there are several ways to it (%s)', (_, keys, format) => {
    const playlist = media(live(...keys.map((key) => `#EXT-X-KEY:${key}`), '#EXTINF:2,', 'a.ts'));
    expect(playlist.segments[0]?.key?.keyFormat).toBe(format);
  });

  it('keeps every date range, also several before one segment', () => {
    const playlist = media(
      live(
        '#EXT-X-DATERANGE:ID="stitched-ad-1",CLASS="twitch-stitched-ad",START-DATE="2026-03-01T12:00:00Z",DURATION=30.5,X-A="b"',
        '#EXT-X-DATERANGE:ID="two",START-DATE="2026-03-01T12:01:00Z"',
        '#EXT-X-DATERANGE:ID="no start"',
        '#EXTINF:2,',
        'a',
      ),
    );
    const start = Date.parse('2026-03-01T12:00:00Z');
    expect(playlist.dateRanges).toMatchObject([
      { id: 'stitched-ad-1', class: 'twitch-stitched-ad', startMs: start, endMs: start + 30_500 },
      { id: 'two', startMs: start + 60_000 },
    ]);
    expect(playlist.dateRanges[0]?.attributes.get('X-A')).toBe('b');
  });

  it('marks the segments that the source itself lacks', () => {
    expect(media(live('#EXT-X-GAP', '#EXTINF:2,', 'a', '#EXTINF:2,', 'b')).segments.map((s) => s.gap)).toEqual([
      true,
      false,
    ]);
  });

  it('skips low-latency parts and prefetch hints', () => {
    const playlist = media(
      live(
        '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.0',
        '#EXT-X-PART-INF:PART-TARGET=0.33',
        '#EXT-X-PART:DURATION=0.33,URI="p1.mp4"',
        '#EXTINF:2,',
        'a',
        '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p2.mp4"',
        '#EXT-X-TWITCH-PREFETCH:https://x.example/next.ts',
        '#EXT-X-RENDITION-REPORT:URI="../other.m3u8"',
      ),
    );
    expect(playlist.segments).toHaveLength(1);
  });

  it('is valid before its first segment, and without a target duration takes the longest segment', () => {
    expect(media('#EXTM3U\n#EXT-X-TARGETDURATION:6\n')).toMatchObject({ targetDurationSeconds: 6, segments: [] });
    expect(media('#EXTM3U\n#EXTINF:3.2,\na\n').targetDurationSeconds).toBe(4);
  });

  it('recognizes a segment under another token, host or session', () => {
    const identity = (address: string) => media(live('#EXTINF:2,', address)).segments[0]?.identity;
    expect(identity('https://a.example/v/1.ts?token=1&n=5')).toBe(identity('https://b.example/v/1.ts?n=5&token=2'));
    expect(identity('/v/1.ts?n=5')).not.toBe(identity('/v/1.ts?n=6'));
  });

  it('reads a hundred thousand segments quickly', () => {
    const lines = Array.from({ length: 100_000 }, (_, n) => `#EXTINF:2.0,\nseg-${n}.ts`);
    const before = performance.now();
    expect(media(live(...lines)).segments).toHaveLength(100_000);
    expect(performance.now() - before).toBeLessThan(5000);
  });
});

describe('a master playlist', () => {
  it('gives variants and renditions', () => {
    const playlist = master(
      [
        '#EXTM3U',
        '#EXT-X-MEDIA:TYPE=VIDEO,GROUP-ID="chunked",NAME="1080p60 (source)",DEFAULT=YES',
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="aud",NAME="English",LANGUAGE="en",DEFAULT=YES,URI="audio/en.m3u8"',
        '#EXT-X-STREAM-INF:BANDWIDTH=6000000,RESOLUTION=1920x1080,CODECS="avc1.64002A,mp4a.40.2",VIDEO="chunked",FRAME-RATE=60.000',
        'source.m3u8?x=1',
        '#EXT-X-STREAM-INF:BANDWIDTH=800000,AVERAGE-BANDWIDTH=700000,RESOLUTION=640x360,AUDIO="aud"',
        '',
        '# a remark',
        'low.m3u8',
      ].join('\n'),
    );
    expect(playlist.variants).toEqual([
      {
        url: 'https://origin.example/live/source.m3u8?x=1',
        bandwidth: 6_000_000,
        width: 1920,
        height: 1080,
        frameRate: 60,
        codecs: 'avc1.64002A,mp4a.40.2',
        name: '1080p60 (source)',
      },
      {
        url: 'https://origin.example/live/low.m3u8',
        bandwidth: 800_000,
        averageBandwidth: 700_000,
        width: 640,
        height: 360,
        audioGroup: 'aud',
      },
    ]);
    expect(playlist.renditions).toMatchObject([
      { type: 'VIDEO', groupId: 'chunked' },
      { type: 'AUDIO', url: 'https://origin.example/live/audio/en.m3u8', default: true, language: 'en' },
    ]);
  });

  it('ignores captions, whatever their address is', () => {
    const playlist = master(
      [
        '#EXTM3U',
        '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subs",NAME="English",URI="data:text/vtt,WEBVTT"',
        '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="English",INSTREAM-ID="CC1"',
        '#EXT-X-STREAM-INF:BANDWIDTH=1,RESOLUTION=640x360,SUBTITLES="subs",CLOSED-CAPTIONS="cc"',
        'low.m3u8',
      ].join('\n'),
    );
    expect(playlist.renditions).toEqual([]);
    expect(playlist.variants).toHaveLength(1);
  });

  it('is malformed without an address, or with segments in it', () => {
    expect(() => master('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n')).toThrow(PlaylistError);
    expect(() => master('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na\n#EXTINF:2,\nb\n')).toThrow(
      'both variants and segments',
    );
  });
});

describe('text that is not a playlist', () => {
  it.each([
    ['', 'The answer is empty'],
    ['<!DOCTYPE html><html><head><title>Sign in</title>', 'a web page titled “Sign in”'],
    ['  <html>', 'a web page'],
    ['{"error":"offline"}', 'JSON'],
    ['\u0000\u0001GIF89a', 'does not begin with #EXTM3U'],
    ['# EXTM3U', 'does not begin with #EXTM3U'],
  ])('%j is reported as what it is', (text, words) => {
    expect(() => parsePlaylist(text, BASE)).toThrow(
      expect.objectContaining({ code: 'playlist.not-a-playlist', message: expect.stringContaining(words) }),
    );
  });

  it.each([
    ['file:///etc/passwd', 'playlist.forbidden-uri'],
    ['ftp://x.example/a.ts', 'playlist.forbidden-uri'],
    ['javascript:alert(1)', 'playlist.forbidden-uri'],
    ['http://[not-an-address', 'playlist.malformed'],
  ])('the address %j is refused', (address, code) => {
    expect(() => media(live('#EXTINF:2,', address))).toThrow(expect.objectContaining({ code }));
    expect(() => media(live(`#EXT-X-MAP:URI="${address}"`, '#EXTINF:2,', 'a'))).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it.each([
    ['#EXTINF:abc,', '#EXTINF'],
    ['#EXTINF:-2,', '#EXTINF'],
    ['#EXTINF:1e300,', '#EXTINF'],
    ['#EXT-X-MEDIA-SEQUENCE:99999999999999999999', 'MEDIA-SEQUENCE'],
    ['#EXT-X-TARGETDURATION:', 'TARGETDURATION'],
    ['#EXT-X-MAP:NOTHING=1', 'MAP'],
  ])('%j is reported with its line', (line, words) => {
    expect(() => media(live(line, '#EXTINF:2,', 'a'))).toThrow(new RegExp(`Line 3: .*${words}`));
  });

  it('a header alone is reported to have nothing to play', () => {
    expect(() => parsePlaylist('#EXTM3U\n#EXT-X-VERSION:3\n', BASE)).toThrow('no segments');
  });
});

describe('any text', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '#EXTM3U',
      '#EXTINF:2,',
      '#EXT-X-BYTERANGE:1@',
      '#EXT-X-KEY:METHOD=AES-128,URI="',
      '#EXT-X-MAP:URI=",",=,"',
      '#EXT-X-STREAM-INF:A=B,C="D',
      '#EXT-X-DISCONTINUITY',
      '#EXT-X-PROGRAM-DATE-TIME:+',
      'seg.ts',
      '\r',
      '\uFEFF',
    ),
  );

  it('is parsed or refused with a reason', () => {
    fc.assert(
      fc.property(fc.array(piece), fc.boolean(), (pieces, headed) => {
        const text = `${headed ? '#EXTM3U\n' : ''}${pieces.join('\n')}`;
        try {
          const playlist = parsePlaylist(text, BASE);
          const addresses = playlist.kind === 'media' ? playlist.segments : playlist.variants;
          for (const { url } of addresses) expect(url).toMatch(/^https?:/);
        } catch (error) {
          expect(error).toBeInstanceOf(PlaylistError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps what it says', () => {
    const segment = fc.record({
      duration: fc.integer({ min: 1, max: 10_000 }).map((ms) => ms / 1000),
      discontinuity: fc.boolean(),
      gap: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(segment, { minLength: 1 }),
        fc.nat(),
        fc.nat(1000),
        (segments, sequence, discontinuities) => {
          const lines = segments.flatMap(({ duration, discontinuity, gap }, index) => [
            ...(discontinuity ? ['#EXT-X-DISCONTINUITY'] : []),
            ...(gap ? ['#EXT-X-GAP'] : []),
            ...(index === 0 ? ['#EXT-X-PROGRAM-DATE-TIME:2026-03-01T12:00:00Z'] : []),
            `#EXTINF:${duration},`,
            `${index}.ts`,
          ]);
          const playlist = media(
            live(`#EXT-X-MEDIA-SEQUENCE:${sequence}`, `#EXT-X-DISCONTINUITY-SEQUENCE:${discontinuities}`, ...lines),
          );
          let at = Date.parse('2026-03-01T12:00:00Z');
          expect(playlist.segments).toHaveLength(segments.length);
          for (const [index, { duration, discontinuity, gap }] of segments.entries()) {
            const stored = playlist.segments[index];
            expect(stored).toMatchObject({
              mediaSequence: sequence + index,
              durationSeconds: duration,
              discontinuity,
              gap,
            });
            expect(stored?.programDateTimeMs).toBeCloseTo(at, 3);
            at += duration * 1000;
          }
          const breaks = segments.filter((s) => s.discontinuity).length;
          expect(playlist.segments.at(-1)?.discontinuitySequence).toBe(discontinuities + breaks);
        },
      ),
    );
  });
});

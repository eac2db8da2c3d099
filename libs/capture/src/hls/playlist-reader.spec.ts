import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parsePlaylist, PlaylistReader } from './parse-playlist.js';

const BASE = 'https://origin.example/live/stream.m3u8';
const head = '#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n';

const lines = fc.oneof(
  fc.nat(20).map((nth) => `#EXTINF:2.000,\n${nth}.ts`),
  fc.nat(20).map((nth) => `#EXTINF:1.${nth},title ${nth}\nsub/${nth}.ts?token=${nth}`),
  fc.nat(20).map((nth) => `#EXT-X-PROGRAM-DATE-TIME:2026-03-01T12:00:${10 + nth}.500Z\n#EXTINF:2.000,\n${nth}.ts`),
  fc.nat(20).map((nth) => `#EXTINF:2,\n#EXT-X-BYTERANGE:5@${nth}\nall.ts\n#EXTINF:2,\n#EXT-X-BYTERANGE:7\nall.ts`),
  fc.constantFrom(
    '#EXT-X-DISCONTINUITY',
    '#EXT-X-GAP',
    '',
    '  ',
    '# remark',
    '#EXT-X-MAP:URI="init.mp4"',
    '#EXT-X-KEY:METHOD=AES-128,URI="k",IV=0x1',
    '#EXT-X-KEY:METHOD=NONE',
    '#EXT-X-DATERANGE:ID="a",START-DATE="2026-03-01T12:00:00Z"',
    '#EXT-X-DEFINE:NAME="x",VALUE="y"',
    '#EXTINF:2,\n{$x}.ts',
    '#EXT-X-ENDLIST',
  ),
);

const outcome = (read: () => unknown): unknown => {
  try {
    return read();
  } catch (error) {
    return error;
  }
};

describe('a playlist that is read repeatedly', () => {
  it('gives the same as when read for the first time', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(lines, fc.boolean()), { maxLength: 12 }), fc.boolean(), (added, returns) => {
        const reader = new PlaylistReader();
        let text = head;
        for (const [line, isWhole] of added) {
          text += isWhole ? `${line}\n` : line;
          const sent = returns ? text.replaceAll('\n', '\r\n') : text;
          const origin = { mayBeCut: !isWhole };
          expect(outcome(() => reader.read(sent, BASE, origin))).toEqual(
            outcome(() => parsePlaylist(sent, BASE, origin)),
          );
        }
      }),
    );
  });

  it('gives the same object if nothing changed, and does not change a list it gave before', () => {
    const reader = new PlaylistReader();
    const text = `${head}#EXTINF:2.000,\n1.ts\n`;
    const first = reader.read(text, BASE);
    expect(reader.read(text, BASE)).toBe(first);
    const second = reader.read(`${text}#EXTINF:2.000,\n2.ts\n`, BASE);
    expect([first, second]).toMatchObject([{ segments: [{}] }, { segments: [{}, {}] }]);
    expect(first).toEqual(parsePlaylist(text, BASE));
  });

  it('depends on its address, and on the definitions of its master playlist', () => {
    const reader = new PlaylistReader();
    const text = `${head}#EXT-X-DEFINE:IMPORT="x"\n#EXTINF:2.000,\n{$x}.ts\n`;
    const definitions = new Map([['x', 'one']]);
    expect(reader.read(text, BASE, { definitions })).toMatchObject({ segments: [{ identity: '/live/one.ts' }] });
    expect(reader.read(text, BASE, { definitions: new Map([['x', 'two']]) })).toMatchObject({
      segments: [{ identity: '/live/two.ts' }],
    });
    expect(reader.read(text, 'https://other.example/a/b', { definitions })).toMatchObject({
      segments: [{ url: 'https://other.example/a/one.ts' }],
    });
  });

  it('is refused if variants follow segments, and is read from the beginning after that', () => {
    const reader = new PlaylistReader();
    const text = `${head}#EXTINF:2.000,\n1.ts\n`;
    reader.read(text, BASE);
    expect(() => reader.read(`${text}#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n`, BASE)).toThrow(/both variants/);
    expect(reader.read(`${text}#EXTINF:2.000,\n2.ts\n`, BASE)).toMatchObject({ segments: [{}, {}] });
  });

  it('keeps only one text in memory however often it grew', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const reader = new PlaylistReader();
    let text = `${head}# ${'a remark of some length '.repeat(50_000)}\n#EXTINF:2.000,\n0.ts\n`;
    const read = (nth: number): number => {
      // As it comes from a socket: one flat string, not concatenated pieces.
      text = Buffer.from(`${text}#EXTINF:2.000,\nsegment-of-a-long-name-${nth}.ts\n`).toString();
      return (reader.read(text, BASE) as { segments: readonly unknown[] }).segments.length;
    };
    read(0);
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let nth = 1; nth <= 60; nth += 1) read(nth);
    collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20 * text.length);
  });
});

import { describe, expect, it } from '@jest/globals';
import { array, assert as assertProperty, integer, property, uint8Array } from 'fast-check';
import { headerOf, MalformedRtsp, RtspReader, withHeaders } from './rtsp-reader.js';

const answer = Buffer.from('RTSP/1.0 200 OK\r\nCSeq: 2\r\ncontent-length: 5\r\n\r\nv=0\r\n');
const packet = (bytes: Uint8Array) =>
  Buffer.concat([Buffer.from([0x24, 0, bytes.length >> 8, bytes.length & 255]), bytes]);

describe('RTSP', () => {
  it('is parsed the same, whatever pieces it comes in', () => {
    assertProperty(
      property(
        array(uint8Array({ maxLength: 60 })),
        array(integer({ min: 1, max: 40 }), { minLength: 1 }),
        (media, sizes) => {
          const whole = Buffer.concat(media.flatMap((bytes) => [packet(bytes), answer]));
          const reader = new RtspReader();
          const items = [];
          for (let at = 0, turn = 0; at < whole.length; turn++) {
            const size = sizes[turn % sizes.length] ?? 1;
            items.push(...reader.push(whole.subarray(at, at + size)));
            at += size;
          }
          expect(
            items.filter(({ kind }) => kind === 'packet').map((item) => ('bytes' in item ? item.bytes : undefined)),
          ).toEqual(media.map(packet));
          const messages = items.filter((item) => item.kind === 'message');
          expect(messages.map(({ body, lines }) => [String(body), headerOf(lines, 'CSEQ'.toLowerCase())])).toEqual(
            media.map(() => ['v=0\r\n', '2']),
          );
        },
      ),
    );
  });

  it.each([
    ['a header without an end', 'x'.repeat(70_000)],
    ['a body beyond all measure', 'RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n'],
    ['a length that is none', 'RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n'],
  ])('is not %s', (_, text) => {
    expect(() => new RtspReader().push(Buffer.from(text))).toThrow(MalformedRtsp);
  });

  it('is sent on with its headers replaced', () => {
    const [item] = new RtspReader().push(answer);
    if (item?.kind !== 'message') throw new Error('No message');
    expect(String(withHeaders(item, { CSeq: '9', 'Content-Length': undefined }))).toBe(
      'RTSP/1.0 200 OK\r\nCSeq: 9\r\n\r\nv=0\r\n',
    );
  });
});

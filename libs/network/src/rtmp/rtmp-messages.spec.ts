import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { chunked, RtmpError, RtmpMessages, type RtmpMessage } from './rtmp-messages.js';

const messages = fc.record({
  chunkStream: fc.integer({ min: 2, max: 63 }),
  timestamp: fc.constantFrom(0, 40, 0xff_ff_fe, 0xff_ff_ff, 0xff_ff_ff_ff),
  type: fc.constantFrom(8, 9, 20),
  stream: fc.nat(3),
  payload: fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
});

describe('messages of RTMP', () => {
  it('come out of their chunks as they went in, whatever pieces these come in', () => {
    fc.assert(
      fc.property(fc.array(messages, { maxLength: 5 }), fc.integer({ min: 1, max: 700 }), (sent, piece) => {
        const bytes = Buffer.concat(sent.map((message) => chunked(message, 128)));
        const reader = new RtmpMessages(1000);
        const read: RtmpMessage[] = [];
        for (let at = 0; at < bytes.length; at += piece) read.push(...reader.push(bytes.subarray(at, at + piece)));
        expect(read).toEqual(sent);
      }),
    );
  });

  it('refer to the one before them, and may come between its chunks', () => {
    const reader = new RtmpMessages(1000);
    const one = Buffer.alloc(200, 1);
    const bytes = Buffer.concat([
      // A whole header, half of its message, a message of another stream of chunks, the rest.
      Buffer.of(3, 0, 0, 10, 0, 0, 200, 20, 1, 0, 0, 0),
      one.subarray(0, 128),
      Buffer.of(4, 0, 0, 0, 0, 0, 1, 8, 0, 0, 0, 0, 7),
      Buffer.of(0xc3),
      one.subarray(128),
      // The same stream and length, five later; then as long after that again.
      Buffer.of(0x83, 0, 0, 5),
      one.subarray(0, 128),
      Buffer.of(0xc3),
      one.subarray(128),
      Buffer.of(0xc3),
      one.subarray(0, 128),
      Buffer.of(0xc3),
      one.subarray(128),
    ]);
    expect(reader.push(bytes).map(({ timestamp, payload }) => [timestamp, payload.length])).toEqual([
      [0, 1],
      [10, 200],
      [15, 200],
      [20, 200],
    ]);
  });

  it('are cut as the sender says', () => {
    const reader = new RtmpMessages(1000);
    const size = chunked({ chunkStream: 2, timestamp: 0, type: 1, stream: 0, payload: Buffer.of(0, 0, 1, 0) }, 128);
    const long = { chunkStream: 3, timestamp: 0, type: 20, stream: 0, payload: Buffer.alloc(300, 5) };
    expect(reader.push(Buffer.concat([size, chunked(long, 256)]))[1]).toEqual(long);
  });

  it.each([
    ['one that goes on with nothing', Buffer.of(0xc3)],
    ['one that is too long', Buffer.of(3, 0, 0, 0, 0xff, 0xff, 0xff, 20, 0, 0, 0, 0)],
    ['chunks of no size', chunked({ chunkStream: 2, timestamp: 0, type: 1, stream: 0, payload: Buffer.alloc(4) }, 128)],
  ])('are refused: %s', (_, bytes) => {
    expect(() => new RtmpMessages(1000).push(bytes)).toThrow(RtmpError);
  });
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { BadAnswer } from './answer-head.js';
import { ChunkedBody } from './chunked-body.js';

function read(text: string, pieces: readonly number[] = [text.length]) {
  const body = new ChunkedBody();
  const bytes = Buffer.from(text, 'latin1');
  const got: Buffer[] = [];
  let [at, taken] = [0, 0];
  for (const length of [...pieces, bytes.length]) {
    const received = bytes.subarray(at, at + length);
    at += received.length;
    if (!body.over) taken += body.push(received, (piece) => got.push(Buffer.from(piece)));
  }
  return { text: Buffer.concat(got).toString('latin1'), over: body.over, taken };
}

describe('a body in chunks', () => {
  it('is assembled without what surrounds its pieces', () => {
    const text = '4;name="a;b"\r\nWiki\r\n00a \r\n0123456789\r\n0\r\nDigest: x\r\n\r\nHTTP/1.1';
    expect(read(text)).toEqual({ text: 'Wiki0123456789', over: true, taken: text.length - 'HTTP/1.1'.length });
  });

  it('is the same whatever pieces it comes in', () => {
    const chunks = fc.array(
      fc.string({ minLength: 1, maxLength: 20, unit: fc.constantFrom('a', '\r', '\n', '0', ';') }),
    );
    fc.assert(
      fc.property(chunks, fc.array(fc.nat(9)), (bodies, pieces) => {
        const text = `${bodies.map((body) => `${body.length.toString(16)}\r\n${body}\r\n`).join('')}0\r\n\r\n`;
        expect(read(text, pieces)).toEqual({ text: bodies.join(''), over: true, taken: text.length });
      }),
    );
  });

  it('is not over before its last chunk and its trailer', () => {
    for (const text of ['', '3', '3\r\nab', '3\r\nabc', '3\r\nabc\r\n', '0', '0\r\n', '0\r\nA: b\r\n'])
      expect(read(text).over).toBe(false);
  });

  it.each([
    ['a size that is none', 'x\r\n'],
    ['a negative size', '-1\r\n'],
    ['a size beyond all sizes', `${'f'.repeat(14)}\r\n`],
    ['more than a chunk says', '3\r\nabcd\r\n'],
    ['a size without an end', 'a'.repeat(10_000)],
  ])('is refused with %s', (_, text) => {
    expect(() => read(text)).toThrow(BadAnswer);
  });
});

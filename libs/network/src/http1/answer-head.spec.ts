import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { BadAnswer, parseAnswerHead } from './answer-head.js';

const head = (...lines: string[]) => parseAnswerHead(['HTTP/1.1 200 OK', ...lines].join('\r\n'));

describe('the head of an answer', () => {
  it('is read as written, with names in lower case and repeated lines as a list', () => {
    const { status, headers } = head('Content-Type: video/MP2T ', 'Set-Cookie: a=1', 'set-cookie:b=2', 'X-Empty:');
    expect(status).toBe(200);
    expect({ ...headers }).toEqual({ 'content-type': 'video/MP2T', 'set-cookie': ['a=1', 'b=2'], 'x-empty': '' });
    expect(parseAnswerHead('HTTP/1.1 404').status).toBe(404);
    expect(parseAnswerHead('HTTP/1.0 503 Servïce Unavailable').status).toBe(503);
  });

  it('says how the end of the body is known', () => {
    expect(head('Content-Length: 12').framing).toEqual({ kind: 'length', bytes: 12 });
    expect(head('Content-Length: 12, 12').framing).toEqual({ kind: 'length', bytes: 12 });
    expect(head('Transfer-Encoding: Chunked', 'Content-Length: 12').framing).toEqual({ kind: 'chunked' });
    expect(head().framing).toEqual({ kind: 'close' });
    expect(head('Transfer-Encoding: identity').framing).toEqual({ kind: 'close' });
    expect(parseAnswerHead('HTTP/1.1 204 No Content\r\nContent-Length: 5').framing).toEqual({
      kind: 'length',
      bytes: 0,
    });
  });

  it('says whether the connection can be used again, and for how long', () => {
    expect(head('Content-Length: 0')).toMatchObject({ staysOpen: true, keepSeconds: undefined });
    expect(head('Content-Length: 0', 'Keep-Alive: timeout=5, max=100')).toMatchObject({ keepSeconds: 5 });
    expect(head('Content-Length: 0', 'Connection: Close')).toMatchObject({ staysOpen: false });
    expect(head()).toMatchObject({ staysOpen: false });
    const old = (line: string) => parseAnswerHead(`HTTP/1.0 200 OK\r\nContent-Length: 0\r\n${line}`);
    expect(old('X: y')).toMatchObject({ staysOpen: false });
    expect(old('Connection: keep-alive')).toMatchObject({ staysOpen: true });
  });

  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.2'],
    ['another version', 'HTTP/2 200'],
    ['a status that is none', 'HTTP/1.1 20 OK'],
    ['a header without a name', 'HTTP/1.1 200 OK\r\n: x'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 5'],
    ['a line that goes on in the next', 'HTTP/1.1 200 OK\r\nX: a\r\n b'],
    ['a bare line feed in a value', 'HTTP/1.1 200 OK\r\nX: a\nContent-Length: 5'],
    ['a null', 'HTTP/1.1 200 OK\r\nX: \0'],
    ['lengths that differ', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6'],
    ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -5'],
    ['a length in hexadecimal', 'HTTP/1.1 200 OK\r\nContent-Length: 0x10'],
    ['a coding that nobody asked for', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked'],
  ])('is refused with %s', (_, text) => {
    expect(() => parseAnswerHead(text)).toThrow(BadAnswer);
  });

  it("is read or refused, whatever it is, and never takes an object's property name for a header", () => {
    const line = fc.oneof(fc.string(), fc.constantFrom('__proto__: x', 'constructor: y', 'Content-Length: 3', 'A: b'));
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        try {
          const { headers } = head(...lines);
          for (const value of Object.values(headers))
            expect([value].flat().every((one) => typeof one === 'string')).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(BadAnswer);
        }
      }),
    );
  });
});

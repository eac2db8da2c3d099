import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { RequestHeaders } from './conditional.js';
import { parseHttpDate } from './http-date.js';
import { planResponse } from './plan-response.js';

const now = new Date('2026-11-22T12:00:00.500Z');
const file = { size: 1000, etag: '"a-1"', mtime: new Date('2026-11-22T10:00:00.789Z'), contentType: 'video/mp4' };
const modified = 'Sun, 22 Nov 2026 10:00:00 GMT';
const earlier = 'Sun, 22 Nov 2026 09:59:59 GMT';
const later = 'Sun, 22 Nov 2026 10:00:01 GMT';

const plan = (headers: RequestHeaders = {}, more: Partial<Parameters<typeof planResponse>[0]> = {}) =>
  planResponse({ method: 'GET', headers, file, now, ...more });

describe('planResponse', () => {
  it('sends everything, with what a client needs to request ranges later', () => {
    expect(plan()).toEqual({
      status: 200,
      headers: {
        'accept-ranges': 'bytes',
        'cache-control': 'private, no-cache',
        'content-length': '1000',
        'content-type': 'video/mp4',
        etag: '"a-1"',
        'last-modified': modified,
      },
      range: { start: 0, end: 999 },
    });
  });

  it('sends a range', () => {
    const { status, headers, range } = plan({ range: 'bytes=500-' }, { cacheControl: 'public, max-age=60' });
    expect({ status, range }).toEqual({ status: 206, range: { start: 500, end: 999 } });
    expect(headers).toMatchObject({
      'content-range': 'bytes 500-999/1000',
      'content-length': '500',
      'content-type': 'video/mp4',
      'cache-control': 'public, max-age=60',
      etag: '"a-1"',
    });
  });

  it('says how long the file is if a range is impossible', () => {
    expect(plan({ range: 'bytes=1000-' })).toEqual({
      status: 416,
      headers: { 'accept-ranges': 'bytes', 'content-range': 'bytes */1000' },
    });
  });

  it('answers HEAD like GET, without the body and the range', () => {
    const head = plan({ range: 'bytes=0-9' }, { method: 'HEAD' });
    expect(head).toEqual({ status: 200, headers: plan().headers });
    expect(plan({ range: 'bytes=5000-' }, { method: 'HEAD' }).status).toBe(200);
  });

  it('has no bytes to send for an empty file', () => {
    expect(plan({}, { file: { ...file, size: 0 } })).toMatchObject({ status: 200, headers: { 'content-length': '0' } });
    expect(plan({}, { file: { ...file, size: 0 } }).range).toBeUndefined();
  });

  it('never says that a file was modified in the future', () => {
    const future = { ...file, mtime: new Date('2030-01-01T00:00:00Z') };
    expect(plan({}, { file: future }).headers['last-modified']).toBe('Sun, 22 Nov 2026 12:00:00 GMT');
  });

  it.each<[string, RequestHeaders, number]>([
    ['the tag is the one it has', { 'if-none-match': '"a-1"' }, 304],
    ['the tag is the one it has, made weak on the way', { 'if-none-match': 'W/"a-1"' }, 304],
    ['one of the tags is the one it has', { 'if-none-match': '"x,y", W/"z" ,"a-1"' }, 304],
    ['it has any', { 'if-none-match': '*' }, 304],
    ['the tag is another', { 'if-none-match': '"a-2"' }, 200],
    ['the tag only contains the right one', { 'if-none-match': '"xa-1"' }, 200],
    ['the field is nonsense', { 'if-none-match': 'a-1' }, 200],
    ['not modified since', { 'if-modified-since': modified }, 304],
    ['not modified since, later', { 'if-modified-since': later }, 304],
    ['modified since', { 'if-modified-since': earlier }, 200],
    ['the date is nonsense', { 'if-modified-since': 'yesterday' }, 200],
    ['the tag is another, though the date fits', { 'if-none-match': '"a-2"', 'if-modified-since': modified }, 200],
    ['the tag is right, and a range is asked for', { 'if-none-match': '"a-1"', range: 'bytes=0-1' }, 304],
    ['the tag that must match does', { 'if-match': '"x", "a-1"' }, 200],
    ['any must match', { 'if-match': '*' }, 200],
    ['the tag that must match does not', { 'if-match': '"a-2"' }, 412],
    ['the tag that must match is weak', { 'if-match': 'W/"a-1"' }, 412],
    ['unmodified since', { 'if-unmodified-since': modified }, 200],
    ['modified since it must not be', { 'if-unmodified-since': earlier }, 412],
    ['the tag matches, so its date does not count', { 'if-match': '"a-1"', 'if-unmodified-since': earlier }, 200],
  ])('when %s', (_, headers, status) => {
    expect(plan(headers).status).toBe(status);
    expect(plan(headers, { method: 'HEAD' }).status).toBe(status);
  });

  it.each([
    ['its strong tag', '"a-1"', 206],
    ['another tag', '"a-2"', 200],
    ['a weak tag', 'W/"a-1"', 200],
    ['its date', modified, 206],
    ['an earlier date', earlier, 200],
    ['a later date', later, 200],
    ['nonsense', 'a-1', 200],
    ['nothing', '', 200],
  ])('sends a range only if the client has the same state: %s', (_, ifRange, status) => {
    expect(plan({ range: 'bytes=0-1', 'if-range': ifRange }).status).toBe(status);
  });

  it('does not trust a date for a file that may change again within the second', () => {
    const fresh = { ...file, mtime: new Date('2026-11-22T12:00:00.100Z') };
    const headers = { range: 'bytes=0-1', 'if-range': 'Sun, 22 Nov 2026 12:00:00 GMT' };
    expect(plan(headers, { file: fresh }).status).toBe(200);
    expect(plan(headers, { file: fresh, now: new Date('2026-11-22T12:00:01Z') }).status).toBe(206);
  });

  it('sends everything, not 416, if the range is for another state', () => {
    expect(plan({ range: 'bytes=5000-', 'if-range': '"a-2"' }).status).toBe(200);
  });

  it('a 304 says nothing about content', () => {
    const { headers, range } = plan({ 'if-none-match': '"a-1"' });
    expect(headers).toMatchObject({ etag: '"a-1"', 'cache-control': 'private, no-cache' });
    expect(Object.keys(headers).filter((name) => name.startsWith('content-'))).toEqual([]);
    expect(range).toBeUndefined();
  });

  it('length, range and status agree, whatever is asked', () => {
    const text = fc.oneof(
      fc.string(),
      fc.stringMatching(/^bytes=[-0-9,]{0,12}$/),
      fc.constantFrom('"a-1"', 'W/"a-1"', '*', modified),
    );
    const names = fc.constantFrom(
      'range',
      'if-range',
      'if-match',
      'if-none-match',
      'if-modified-since',
      'if-unmodified-since',
    );
    fc.assert(
      fc.property(
        fc.dictionary(names, fc.oneof(text, fc.array(text))),
        fc.constantFrom('GET', 'HEAD'),
        fc.nat(2000),
        (headers, method, size) => {
          const { status, headers: answer, range } = plan(headers, { method, file: { ...file, size } });
          expect([200, 206, 304, 412, 416]).toContain(status);
          if (range !== undefined) expect(Number(answer['content-length'])).toBe(range.end - range.start + 1);
          expect(range !== undefined).toBe((status === 206 || (status === 200 && size > 0)) && method === 'GET');
          expect('content-range' in answer).toBe(status === 206 || status === 416);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('parseHttpDate', () => {
  it.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    'reads %s',
    (text) => {
      expect(parseHttpDate(text, now)).toBe(Date.UTC(1994, 10, 6, 8, 49, 37));
    },
  );

  it('takes a short year for the last one when it is far ahead', () => {
    expect(parseHttpDate('Sunday, 06-Nov-76 08:49:37 GMT', now)).toBe(Date.UTC(2076, 10, 6, 8, 49, 37));
    expect(parseHttpDate('Sunday, 06-Nov-77 08:49:37 GMT', now)).toBe(Date.UTC(1977, 10, 6, 8, 49, 37));
  });

  it.each([
    '',
    '0',
    '1',
    '2026-11-22',
    '2026-11-22T10:00:00Z',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 +0100',
    'Sun, 06 Nov 1994 28:49:37 GMT',
  ])('does not accept %j as a date', (text) => {
    expect(parseHttpDate(text, now)).toBeUndefined();
  });
});

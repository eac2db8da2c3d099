import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parseDateTime } from './attribute-list.js';
import { UsualDateTimes } from './usual-date-times.js';

const read = (text: string, dates = new UsualDateTimes()): number | undefined =>
  dates.read(`#TAG:${text}\n`, 5, 5 + text.length);

describe('a date-time in the usual form', () => {
  it('gives the same as the full parser', () => {
    const dates = new UsualDateTimes();
    const instants = fc.date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(instants, fc.stringMatching(/^(\.\d{1,9})?$/), (date, fraction) => {
        const text = `${date.toISOString().slice(0, 19)}${fraction}Z`;
        const usual = read(text, dates);
        expect(usual ?? parseDateTime(text)).toBe(parseDateTime(text));
        if (!text.includes('-02-29')) expect(usual).toBeDefined();
      }),
    );
  });

  it.each([
    '2026-03-01T12:00:00+01:00',
    '2026-02-30T12:00:00Z',
    '2026-13-01T12:00:00Z',
    '2026-03-01T24:00:00Z',
    '2026-03-01T12:60:00Z',
    '2026-03-01T12:00:60Z',
    '2026-03-01T12:00:00.Z',
    '2026-03-01T12:00:00.1x3Z',
    '2026-03-01 12:00:00Z',
    '2o26-03-01T12:00:00Z',
    '2026-03-01T12:00Z',
    `2026-03-01T12:00:00.${'0'.repeat(100)}Z`,
    '',
  ])('does not include %j', (text) => {
    expect(read(text)).toBeUndefined();
  });
});

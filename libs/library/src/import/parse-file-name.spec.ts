import { describe, expect, it } from '@jest/globals';
import { assert, date, integer, property, string } from 'fast-check';
import { defaultTemplate, nameByTemplate } from '../naming/name-template.js';
import { parseFileName } from './parse-file-name.js';

describe('the name of a file', () => {
  it.each([
    ['2026-11-30 20-15-07 Evening show [17]', 'Evening show', '2026-11-30T20:15:07.000Z', 17],
    ['2026-11-30 20-15-07 Evening show [17-2]', 'Evening show', '2026-11-30T20:15:07.000Z', 17],
    ['Somebody - S2026E113001 - Evening show', 'Evening show', '2026-11-30T00:00:00.000Z', undefined],
    ['20261130_201507_evening_show', 'evening show', '2026-11-30T20:15:07.000Z', undefined],
    ['Somebody 2026-11-30T20:15Z', 'Somebody', '2026-11-30T20:15:00.000Z', undefined],
    ['2026-11-30', '', '2026-11-30T00:00:00.000Z', undefined],
    ['2026-02-31 no such day', '2026-02-31 no such day', undefined, undefined],
    ['2026-11-30 25-00-00 no such hour', '2026-11-30 25-00-00 no such hour', undefined, undefined],
    ['Chess in 1999', 'Chess in 1999', undefined, undefined],
    ['雑談 🎮', '雑談 🎮', undefined, undefined],
  ])('%j is %j of %s', (name, title, recordedAt, recordingId) => {
    expect(parseFileName(name)).toEqual({ title, recordedAt, recordingId });
  });

  it('by StreamVault gives day, second and recording again', () =>
    assert(
      property(
        string({ unit: 'grapheme', maxLength: 60 }),
        date({ min: new Date('1970-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
        integer({ min: 1, max: 1_000_000 }),
        (title, at, recordingId) => {
          const recordedAt = `${at.toISOString().slice(0, 19)}.000Z`;
          const named = {
            streamerName: 'Somebody',
            title,
            recordedAt,
            id: String(recordingId),
            category: null,
            numberOfDay: 1,
          };
          const path = `${nameByTemplate(defaultTemplate, named, 'UTC')}.mp4`;
          const parsed = parseFileName(path.replace(/^.*\//, '').replace(/\.mp4$/, ''));
          // A title may begin with an episode, which is as good as a date.
          if (/S(19|20)\d\dE/i.test(title)) return;
          expect(parsed).toMatchObject({ recordedAt, recordingId });
        },
      ),
    ));

  it('can be anything', () =>
    assert(
      property(string({ unit: 'binary', maxLength: 300 }), (name) => {
        const { recordedAt } = parseFileName(name);
        return recordedAt === undefined || new Date(recordedAt).toISOString() === recordedAt;
      }),
    ));
});

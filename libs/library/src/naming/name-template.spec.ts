import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { posix } from 'node:path';
import { instantOfLocal, localParts } from './local-time.js';
import {
  MOST_BASE_BYTES,
  nameByTemplate,
  type NamedVideo,
  nameFields,
  namePresets,
  problemsOf,
} from './name-template.js';

const video: NamedVideo = {
  streamerName: 'Somebody',
  title: 'Evening show',
  category: 'Chess',
  recordedAt: '2026-11-30T19:15:00.500Z',
  id: '17',
  numberOfDay: 1,
};
const named = (template: string, over: Partial<NamedVideo> = {}, zone = 'UTC') =>
  nameByTemplate(template, { ...video, ...over }, zone);

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc.constantFrom(
    '',
    '..',
    '../..',
    'CON',
    '/',
    '\\',
    '{title}',
    '\0',
    'a'.repeat(2000),
    '\u0301'.repeat(900),
    `It's "日本語" / ../../etc 🎮`,
  ),
);
const anyTemplate = fc.oneof(
  fc.constantFrom(...Object.values(namePresets)),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(...Object.keys(nameFields)).map((name) => `{${name}}`),
        fc.constantFrom(' - ', '/', ' ', '[', ']', '.', 'CON', 'Season ', '\\', ':', '日本'),
        fc.string({ maxLength: 8 }).map((plain) => plain.replaceAll(/[{}]/g, '')),
      ),
      { minLength: 1, maxLength: 12 },
    )
    .map((parts) => `${parts.join('')}{id}`.slice(0, 280)),
);

describe('names by template', () => {
  it('makes the presets', () => {
    expect(named(namePresets.streamer)).toBe('Somebody/2026-11-30 19-15-00 Evening show [17]');
    expect(named(namePresets.tv)).toBe('Somebody/Season 2026/Somebody - S2026E113001 - Evening show');
    expect(named(namePresets.date)).toBe('2026/2026-11/2026-11-30 19-15-00 Somebody - Evening show [17]');
    expect(named(namePresets.flat)).toBe('2026-11-30 19-15-00 Somebody - Evening show [17]');
    for (const preset of Object.values(namePresets)) expect(problemsOf(preset)).toEqual([]);
  });

  it('goes by the wall clock of the zone', () => {
    expect(named('{date} {time}', {}, 'Asia/Tokyo')).toBe('2026-12-01 04-15-00');
    expect(named('{episode}', { recordedAt: '2027-01-01T02:00:00Z' }, 'America/New_York')).toBe('S2026E123101');
  });

  it('leaves no dash or bracket where a field is empty', () => {
    expect(named(namePresets.tv, { title: ' .. ' })).toBe('Somebody/Season 2026/Somebody - S2026E113001');
    expect(named('{title} ({category}) [{id}]', { category: null })).toBe('Evening show [17]');
    expect(named('{date} - {category} - {title}', { category: null })).toBe('2026-11-30 - Evening show');
  });

  it('takes a title for text, whatever is in it', () => {
    expect(named('{streamer}/{title} [{id}]', { title: `It's "日本語" / ../../etc 🎮` })).toBe(
      "Somebody/It's '日本語' - ..-..-etc 🎮 [17]",
    );
    expect(named('{title} [{id}]', { title: '{streamer}' })).toBe('{streamer} [17]');
  });

  it('cuts titles, and never what tells one video from another', () => {
    const long = named(namePresets.tv, { title: '長い'.repeat(500) });
    expect(long).toMatch(/^Somebody\/Season 2026\/Somebody - S2026E113001 - (長い)+長?$/);
    expect(Buffer.byteLength(posix.basename(long))).toBeLessThanOrEqual(MOST_BASE_BYTES);
    expect(named('{streamer} {title} [{id}]', { streamerName: 'n'.repeat(300), title: 't'.repeat(300) })).toMatch(
      /\[17\]$/,
    );
  });

  it('stays in the library and within what every file system takes, for any text and template', () => {
    fc.assert(
      fc.property(anyTemplate, text, text, fc.option(text), (template, title, streamerName, category) => {
        fc.pre(problemsOf(template).length === 0);
        const name = named(template, { title, streamerName, category });
        expect(posix.normalize(name)).toBe(name);
        expect(name).toBe(name.normalize('NFC'));
        expect(name.isWellFormed()).toBe(true);
        for (const [index, part] of name.split('/').entries()) {
          const most = index === template.split('/').length - 1 ? MOST_BASE_BYTES : 100;
          expect(Buffer.byteLength(part)).toBeLessThanOrEqual(most);
          // oxlint-disable-next-line no-control-regex -- what no file system takes
          expect(part).not.toMatch(/[<>:"\\|?*\u0000-\u001f]|^[ .]|[ .]$|^$/);
          expect(part).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)\s*(\.|$)/i);
        }
        expect(name.split('/')).toHaveLength(template.split('/').length);
        expect(named(template, { title, streamerName, category })).toBe(name);
      }),
    );
  });

  it.each([
    ['', 'It is empty.'],
    ['/{id}', 'It begins or ends with a slash, or has two in a row.'],
    ['../{id}', 'A folder cannot be called by dots alone.'],
    ['{nothing} {id}', 'There is no field {nothing}.'],
    ['{id} {', 'A brace has no partner.'],
    ['{id}/{streamer}', expect.stringContaining('The last part names no field')],
    ['a/b/c/d/e/f/g/{id}', 'It has more than 6 folders.'],
  ])('refuses the template %j', (template, problem) => {
    expect(problemsOf(template)).toContainEqual(problem);
  });
});

describe('the wall clock', () => {
  it('is read back to the instant it shows', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1990-01-01'), max: new Date('2037-01-01'), noInvalidDate: true }),
        fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'),
        (date, zone) => {
          const whole = new Date(Math.floor(date.getTime() / 1000) * 1000).toISOString();
          const { year, month, day, hour, minute, second } = localParts(whole, zone);
          const read = instantOfLocal(`${year}-${month}-${day}T${hour}:${minute}:${second}`, zone);
          // An autumn night has an hour twice.
          expect(localParts(read, zone)).toEqual(localParts(whole, zone));
          expect(Math.abs(Date.parse(read) - Date.parse(whole))).toBeLessThanOrEqual(3600_000);
        },
      ),
    );
  });
});

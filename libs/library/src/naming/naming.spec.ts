import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { posix, win32 } from 'node:path';
import { cutToBytes, sanitizeName } from './file-name.js';
import { defaultTemplate, nameByTemplate } from './name-template.js';
import { pictureOf } from './sidecars.js';

const at = '2026-11-22T17:05:09.123Z';
const videoPath = (naming: { streamerName: string; title: string; recordedAt: string; recordingId: number }) => {
  const { recordingId, ...named } = naming;
  const video = { ...named, category: null, id: String(recordingId), numberOfDay: 1 };
  return `${nameByTemplate(defaultTemplate, video, 'UTC')}.mp4`;
};
const video = (title: string, streamerName = 'Streamer', recordingId = 42) =>
  videoPath({ streamerName, title, recordedAt: at, recordingId });

/** Text as an adversary writes it: any UTF-16, mixed with what confuses file systems. */
const nasty = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '/',
        '\\',
        '..',
        '.',
        ' ',
        '\0',
        '\n',
        ':',
        '*',
        '?',
        '"',
        '<',
        '>',
        '|',
        '\ud83d',
        '\udc00',
        '\u202e',
        '\u200b',
      ),
      fc.constantFrom(
        'CON',
        'nul',
        'COM1',
        'lpt9',
        'aux.txt',
        'COM¹',
        '日本語',
        '👨‍👩‍👧‍👦',
        'e\u0301',
        '\u0301'.repeat(300),
        '~',
        '-',
        '%00',
        '[1]',
      ),
    ),
  )
  .map((parts) => parts.join(''));

describe('the name of a video', () => {
  it('names a video after streamer, UTC time, title and recording', () => {
    expect(video('Playing Elden Ring')).toBe('Streamer/2026-11-22 17-05-09 Playing Elden Ring [42].mp4');
    const offset = { streamerName: 'S', title: 'T', recordedAt: '2026-11-23T01:00:00+09:00', recordingId: 1 };
    expect(videoPath(offset)).toBe('S/2026-11-22 16-00-00 T [1].mp4');
  });

  it('does without a title and without a readable name', () => {
    expect(video('')).toBe('Streamer/2026-11-22 17-05-09 [42].mp4');
    expect(video(' .. ', '\u200b\u202e..')).toBe('Unknown streamer/2026-11-22 17-05-09 [42].mp4');
  });

  it.each([
    ['../../etc/passwd', '-..-etc-passwd'],
    ['C:\\Windows', 'C--Windows'],
    ['What?! "Really" <b>*', "What! 'Really' b"],
    ['two\r\nlines\tand\u0000more', 'two lines and more'],
    ['ends in dots... ', 'ends in dots'],
    ['.hidden', 'hidden'],
    ['🎮 LIVE 日本 ñ 👨‍👩‍👧‍👦', '🎮 LIVE 日本 ñ 👨‍👩‍👧‍👦'],
    ['gpj.\u202eexe', 'gpj.exe'],
    ['half \ud83d an emoji', 'half an emoji'],
    ['e\u0301t\u00e9', '\u00e9t\u00e9'],
  ])('turns %j into %j', (title, expected) => {
    expect(video(title)).toBe(`Streamer/2026-11-22 17-05-09 ${expected} [42].mp4`);
  });

  it.each(['CON', 'con', 'nul.txt', 'Aux', 'COM1', 'lpt9.tar.gz', 'COM²', 'CONIN$', 'con .x'])(
    'does not call a folder %s',
    (name) => {
      expect(video('x', name).split('/')[0]).toBe(`_${name}`);
    },
  );

  it('does not change names that only look reserved', () => {
    expect(video('x', 'Console').split('/')[0]).toBe('Console');
    expect(video('x', 'COM10').split('/')[0]).toBe('COM10');
  });

  it('cuts long titles by bytes, between characters, keeping the recording', () => {
    for (const character of ['a', 'é', '日', '🎮', '👨‍👩‍👧‍👦']) {
      const [, file = ''] = video(character.repeat(3000)).split('/');
      expect(Buffer.byteLength(file)).toBeLessThanOrEqual(200 + 4);
      expect(Buffer.byteLength(file)).toBeGreaterThan(204 - 4 - Buffer.byteLength(character));
      const title = file.slice('2026-11-22 17-05-09 '.length, -' [42].mp4'.length);
      expect(title).toBe(character.repeat(title.length / character.length));
    }
  });

  it('refuses an invalid instant', () => {
    expect(() => videoPath({ streamerName: 'S', title: 'T', recordedAt: 'yesterday', recordingId: 1 })).toThrow(
      RangeError,
    );
  });

  it("stays in the library and within every file system's limits, for any text", () => {
    fc.assert(
      fc.property(nasty, nasty, fc.integer({ min: 1 }), (streamerName, title, recordingId) => {
        const path = videoPath({ streamerName, title, recordedAt: at, recordingId });
        const parts = path.split('/');
        expect(parts).toHaveLength(2);
        for (const part of parts) expectPortable(part);
        expect(posix.resolve('/library', path)).toBe(`/library/${path}`);
        expect(win32.resolve('C:\\library', path)).toBe(`C:\\library\\${parts.join('\\')}`);
        expectPortable(`${pictureOf(path).split('/')[1]?.slice(0, -4)}.storyboard.vtt`);
      }),
      { numRuns: 500 },
    );
  });

  it('never gives two videos one path, whatever their titles', () => {
    const one = fc.record({
      title: nasty,
      recordingId: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(one, one, (left, right) => {
        fc.pre(left.recordingId !== right.recordingId);
        const path = (naming: typeof left) => videoPath({ streamerName: 'S', recordedAt: at, ...naming }).toLowerCase();
        expect(path(left)).not.toBe(path(right));
      }),
    );
  });

  it('puts the thumbnail beside the video', () => {
    expect(pictureOf(video('a.mp4 b'))).toBe('Streamer/2026-11-22 17-05-09 a.mp4 b [42].jpg');
  });
});

describe('sanitizeName', () => {
  it('gives a name that it would not change again', () => {
    fc.assert(
      fc.property(nasty, fc.integer({ min: 1, max: 200 }), (text, maxBytes) => {
        const name = sanitizeName(text, maxBytes);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(maxBytes);
        expect(sanitizeName(name, maxBytes)).toBe(name);
      }),
      { numRuns: 500 },
    );
  });

  it('handles a text of many megabytes quickly', () => {
    expect(sanitizeName('x'.repeat(50_000_000), 100)).toBe('x'.repeat(100));
  });
});

describe('cutToBytes', () => {
  it('keeps emoji families together, and cuts only what is longer than the whole limit', () => {
    expect(cutToBytes('ab👨‍👩‍👧‍👦', 10)).toBe('ab');
    expect(cutToBytes(`e${'\u0301'.repeat(50)}`, 9)).toBe(`e${'\u0301'.repeat(4)}`);
    expect(cutToBytes('日本', 2)).toBe('');
  });
});

function expectPortable(component: string): void {
  expect(component).not.toBe('');
  expect(Buffer.byteLength(component)).toBeLessThanOrEqual(255);
  expect(component.isWellFormed()).toBe(true);
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  expect(component).not.toMatch(/[<>:"/\\|?*\u0000-\u001f\u007f]/);
  expect(component).not.toMatch(/^[ .]|[ .]$/);
  expect(component).not.toMatch(/^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i);
}

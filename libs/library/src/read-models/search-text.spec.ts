import { describe, expect, it } from '@jest/globals';
import { assert, property, string } from 'fast-check';
import { searchable, searchTextOf } from './search-text.js';

const video = { title: 'Night run', streamerName: 'Ünsal', category: 'Chess' };

describe('the text by which a video is found', () => {
  it('has title, streamer, category and chapters, in lower case and each once', () => {
    const chapters = [
      { title: 'Night run', category: 'Chess' },
      { title: null, category: '原神' },
    ];
    expect(searchTextOf({ ...video, chapters })).toBe('night run ünsal chess 原神');
  });

  it('has a limit, however many chapters there are, and always title, streamer and category', () => {
    const chapters = Array.from({ length: 1000 }, (_, index) => ({ title: `Chapter ${index}`, category: null }));
    expect(searchTextOf({ ...video, chapters })).toHaveLength('night run ünsal chess '.length + 4000);
    const title = 'a'.repeat(5000);
    expect(searchTextOf({ ...video, title })).toBe(`${title} ünsal chess`);
  });

  it('has every word of any title, in the form in which a search uses it', () =>
    assert(
      property(string({ unit: 'binary', maxLength: 60 }), (title) => {
        const text = searchTextOf({ ...video, title });
        for (const word of searchable(title).split(/\s+/)) if (!text.includes(word)) return false;
        return text.isWellFormed();
      }),
    ));
});

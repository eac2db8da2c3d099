import { describe, expect, it } from '@jest/globals';
import { emptyRule, ruleSentence, weekdayWords } from './rule-words';

describe('rules in words', () => {
  it.each([
    [{}, 'Record, whatever it is.'],
    [
      { action: 'exclude', title: { mode: 'contains', text: 'rerun' } },
      'Do not record when the title contains “rerun”.',
    ],
    [
      { category: { mode: 'regex', text: '^Chess$' }, weekdays: [1, 2, 3, 4, 5], from: '18:00', to: '02:00' },
      'Record when the category matches “^Chess$” and it is on Mon to Fri from 18:00 to 02:00.',
    ],
    [{ kinds: ['rerun', 'premiere'] }, 'Record when it is rerun or premiere.'],
    [{ weekdays: [1, 2, 3, 4, 5, 6, 7] }, 'Record, whatever it is.'],
    [{ from: '20:00', to: '21:00', zone: 'Asia/Tokyo' }, 'Record when it is from 20:00 to 21:00 (Asia/Tokyo).'],
  ] as const)('%j', (change, sentence) => {
    expect(ruleSentence({ ...emptyRule, ...change } as typeof emptyRule)).toBe(sentence);
  });

  it('names days one by one where they do not follow each other', () => {
    expect(weekdayWords([7, 1, 3])).toBe('Mon, Wed, Sun');
    expect(weekdayWords([6, 7])).toBe('Sat, Sun');
  });
});

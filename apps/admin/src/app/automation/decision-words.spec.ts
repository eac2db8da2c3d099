import { describe, expect, it } from '@jest/globals';
import { outcomeWords } from './decision-words';

describe('what became of a broadcast', () => {
  it.each([
    [true, 'record', 'Recorded'],
    [false, 'skip', 'Not recorded'],
    // A person recorded what the rules do not record.
    [true, 'skip', 'Recorded'],
    // The rules say yes, and the disk was full.
    [false, 'record', 'Not recorded'],
    [true, 'discard', 'Recorded, then moved to the bin'],
    [false, null, 'Not recorded'],
  ] as const)('recorded: %s, decision: %s', (isRecorded, decision, words) => {
    expect(outcomeWords({ isRecorded, decision })).toBe(words);
  });
});

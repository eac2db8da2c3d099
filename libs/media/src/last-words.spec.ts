import { describe, expect, it } from '@jest/globals';
import { LastWords } from './last-words.js';

describe('LastWords', () => {
  it('keeps the end, in bounded memory', () => {
    const words = new LastWords(100);
    for (let index = 0; index < 100_000; index++) words.push(Buffer.from(`line ${index}\n`));
    expect(words.lines(2)).toEqual(['line 99998', 'line 99999']);
    expect(words.lines(1000).join('\n').length).toBeLessThanOrEqual(100);
  });

  it('assembles characters that arrive in pieces, and splits at carriage returns', () => {
    const words = new LastWords();
    const bytes = Buffer.from('日本\rübel\r\n\n');
    for (const byte of bytes) words.push(Uint8Array.of(byte));
    expect(words.lines()).toEqual(['日本', 'übel']);
  });

  it('has no lines for a silent program', () => {
    expect(new LastWords().lines()).toEqual([]);
  });
});

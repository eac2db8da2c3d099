import { describe, expect, it } from '@jest/globals';
import { RecordingCoding } from './coding-word.js';

const BARE = 'h264:1280x720:1f0c9a3e+aac';
const AT_48 = `${BARE}@2:48000:2`;
const AT_44 = `${BARE}@2:44100:2`;

describe('RecordingCoding', () => {
  it('gives another word for audio of another rate', () => {
    const coding = new RecordingCoding(AT_48);
    expect([coding.wordFor(AT_48), coding.wordFor(AT_44)]).toEqual([AT_48, AT_44]);
  });

  it('takes a segment that says less as the same coding as those before', () => {
    const coding = new RecordingCoding(AT_48);
    expect([coding.wordFor(BARE), coding.wordFor(undefined), coding.wordFor(AT_48)]).toEqual([AT_48, AT_48, AT_48]);
  });

  it('keeps a word that was written when less was examined, and learns what it left out', () => {
    const coding = new RecordingCoding(BARE);
    expect([coding.wordFor(AT_48), coding.wordFor(BARE), coding.wordFor(AT_48)]).toEqual([BARE, BARE, BARE]);
    expect(coding.wordFor(AT_44)).toBe(AT_44);
  });

  it('uses the word of a new part once that is open, not before', () => {
    const coding = new RecordingCoding(AT_48);
    expect([coding.wordFor(AT_44), coding.wordFor(AT_48)]).toEqual([AT_44, AT_48]);
    coding.opened(AT_44);
    expect([coding.wordFor(BARE), coding.wordFor(AT_48)]).toEqual([AT_44, AT_48]);
  });

  it('tells several audio streams apart by their places', () => {
    const coding = new RecordingCoding('aac+aac@2:48000:1+ac3');
    expect(coding.wordFor('aac@2:44100:2+aac+ac3@48000:6')).toBe('aac+aac@2:48000:1+ac3');
    expect(coding.wordFor('aac@2:48000:2+aac+ac3')).toBe('aac@2:48000:2+aac+ac3');
    expect(coding.wordFor('aac+aac+ac3')).toBe('aac+aac@2:48000:1+ac3');
  });

  it.each([
    ['another picture', `h264:1280x720:00000000+aac@2:48000:2`],
    ['another codec of sound', 'h264:1280x720:1f0c9a3e+mp3'],
    ['no sound', 'h264:1280x720:1f0c9a3e'],
    ['sound that has no container', 'aac.2:48000:2'],
  ])('does not take %s for the same', (_, word) => {
    expect(new RecordingCoding(AT_48).wordFor(word)).toBe(word);
  });
});

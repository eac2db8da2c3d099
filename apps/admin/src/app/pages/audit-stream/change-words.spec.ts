import { describe, expect, it } from '@jest/globals';
import { formatInstant } from '../../ui/formats';
import { changeInWords, tellPath } from './change-words';

describe('what changed, in words', () => {
  it.each([
    ['/state', 'State'],
    ['/context/parts/0/closedAt', 'Parts › 1 › Closed at'],
    ['/context', 'Context'],
    ['/a~1b/c~0d', 'A/b › C~d'],
    ['', 'All of it'],
  ])('%s is %s', (path, words) => {
    expect(tellPath(path)).toBe(words);
  });

  it('says states, instants and nothing as a person would', () => {
    const at = '2026-11-22T21:00:00.000Z';
    expect(changeInWords({ path: '/state', before: 'capturing', after: 'postProcessing' })).toMatchObject({
      before: { text: 'Recording' },
      after: { text: 'Finishing' },
    });
    expect(changeInWords({ path: '/context/endedAt', before: null, after: at })).toMatchObject({
      before: { text: 'nothing' },
      after: { text: formatInstant(at) },
    });
    expect(changeInWords({ path: '/context/videoId', before: [], after: 7 })).toMatchObject({
      before: { text: 'nothing' },
      after: { text: '7' },
    });
  });

  it('leaves what has parts as it is', () => {
    const cause = { code: 'x', message: 'y' };
    expect(changeInWords({ path: '/context/failure', before: null, after: cause }).after).toEqual({
      text: null,
      value: cause,
    });
  });
});

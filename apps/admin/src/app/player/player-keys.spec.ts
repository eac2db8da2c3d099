import { describe, expect, it } from '@jest/globals';
import { type PlayerDeeds, pressPlayerKey } from './player-keys';

function press(
  key: string,
  more: { isOnControl?: boolean; isCutting?: boolean; ctrlKey?: boolean } = {},
): { done: string[]; was: boolean } {
  const done: string[] = [];
  const deeds = new Proxy({} as PlayerDeeds, {
    get: (_, name) => (argument?: number) =>
      done.push(argument === undefined ? String(name) : `${String(name)} ${argument}`),
  });
  const was = pressPlayerKey(
    { key, isOnControl: false, isCutting: false, ctrlKey: false, metaKey: false, altKey: false, ...more },
    deeds,
  );
  return { done, was };
}

describe('the keys of the player', () => {
  it.each([
    [' ', 'toggle'],
    ['K', 'toggle'],
    ['j', 'jump -10'],
    ['L', 'jump 10'],
    ['ArrowLeft', 'jump -5'],
    ['ArrowUp', 'changeVolume 0.05'],
    ['3', 'seekToShare 0.3'],
    ['0', 'seekToShare 0'],
    ['<', 'changeSpeed -1'],
    ['.', 'stepFrame 1'],
    ['N', 'chapter 1'],
    ['x', 'toggleCut'],
    ['i', 'togglePictureInPicture'],
    ['?', 'toggleHelp'],
  ])('%s means %s', (key, deed) => expect(press(key)).toEqual({ done: [deed], was: true }));

  it('begins and ends a piece with I and O while one is cut, and does nothing else then with I', () => {
    expect(press('I', { isCutting: true }).done).toEqual(['cutFrom']);
    expect(press('o', { isCutting: true }).done).toEqual(['cutTo']);
    expect(press('k', { isCutting: true }).done).toEqual(['toggle']);
    expect(press('o').was).toBe(false);
  });

  it('leaves to a control what is its own', () => {
    for (const key of [' ', 'ArrowLeft', 'Home', 'Enter'])
      expect(press(key, { isOnControl: true })).toEqual({ done: [], was: false });
    expect(press('j', { isOnControl: true }).done).toEqual(['jump -10']);
  });

  it('leaves the browser its shortcuts, and other keys alone', () => {
    expect(press('f', { ctrlKey: true }).was).toBe(false);
    expect(press('z').was).toBe(false);
    expect(press('toString').was).toBe(false);
  });
});

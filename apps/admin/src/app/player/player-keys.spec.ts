import { describe, expect, it } from '@jest/globals';
import { type PlayerDeeds, pressPlayerKey } from './player-keys';

function press(key: string, more: { isOnControl?: boolean; ctrlKey?: boolean } = {}): { done: string[]; was: boolean } {
  const done: string[] = [];
  const deeds = new Proxy({} as PlayerDeeds, {
    get: (_, name) => (argument?: number) =>
      done.push(argument === undefined ? String(name) : `${String(name)} ${argument}`),
  });
  const was = pressPlayerKey(
    { key, isOnControl: false, ctrlKey: false, metaKey: false, altKey: false, ...more },
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
    ['?', 'toggleHelp'],
  ])('%s means %s', (key, deed) => expect(press(key)).toEqual({ done: [deed], was: true }));

  it('leaves to a control what is its own', () => {
    for (const key of [' ', 'ArrowLeft', 'Home', 'Enter'])
      expect(press(key, { isOnControl: true })).toEqual({ done: [], was: false });
    expect(press('j', { isOnControl: true }).done).toEqual(['jump -10']);
  });

  it('leaves the browser its shortcuts, and other keys alone', () => {
    expect(press('f', { ctrlKey: true }).was).toBe(false);
    expect(press('x').was).toBe(false);
    expect(press('toString').was).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import { ReplayTurns } from './live-limits.js';

const never = new AbortController().signal;

describe('replays of the log', () => {
  it('run a few at once, the others in turn, and none twice', async () => {
    const turns = new ReplayTurns();
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    for (let number = 0; number < 10; number++)
      void turns.take(never).then((end) => {
        begun.push(number);
        ends.push(end);
      });
    await new Promise(setImmediate);
    expect(begun).toEqual([0, 1, 2, 3]);
    ends[0]?.();
    ends[0]?.();
    await new Promise(setImmediate);
    expect(begun).toEqual([0, 1, 2, 3, 4]);
  });

  it('are full when many wait, and no longer when those have gone', async () => {
    const turns = new ReplayTurns();
    const leaving = new AbortController();
    const all = Array.from({ length: 64 }, () => turns.take(leaving.signal));
    await new Promise(setImmediate);
    expect(turns.isFull).toBe(true);
    leaving.abort();
    const ends = await Promise.all(all);
    expect(turns.isFull).toBe(false);
    for (const end of ends) end();
    const again = await Promise.all(Array.from({ length: 4 }, () => turns.take(never)));
    expect(again).toHaveLength(4);
  });

  it('take turns in sending, one in each turn of the event loop', async () => {
    const turns = new ReplayTurns();
    let turn = 0;
    let isOver = false;
    const count = (): void => {
      turn += 1;
      if (!isOver) setImmediate(count);
    };
    count();
    const sent: [who: string, turn: number][] = [];
    const replay = async (who: string) => {
      for (let step = 0; step < 2; step += 1) {
        await turns.pause();
        sent.push([who, turn]);
      }
    };
    await Promise.all([replay('a'), replay('b')]);
    isOver = true;
    expect(sent.map(([who]) => who)).toEqual(['a', 'b', 'a', 'b']);
    expect(new Set(sent.map(([, at]) => at)).size).toBe(4);
  });
});

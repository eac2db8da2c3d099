import { describe, expect, it } from '@jest/globals';
import { WorkQueue } from './work-queue.js';

/** Work that ends when it is told to. */
class Held {
  readonly begun: string[] = [];
  readonly #ends = new Map<string, PromiseWithResolvers<void>>();

  put(queue: WorkQueue, name: string, options: { priority?: number; group?: string; signal?: AbortSignal } = {}) {
    return queue.run(name, options, async ({ share }) => {
      this.begun.push(name);
      const end = Promise.withResolvers<void>();
      this.#ends.set(name, end);
      share(0.25);
      await end.promise;
      return name;
    });
  }

  async end(name: string): Promise<void> {
    await settled();
    this.#ends.get(name)?.resolve();
    await settled();
  }
}
/** Waits until all promises that can settle have settled. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the work queue', () => {
  it('runs a limited amount at a time, in order of arrival', async () => {
    const queue = new WorkQueue(2);
    const held = new Held();
    const all = Promise.all(['a', 'b', 'c', 'd'].map((name) => held.put(queue, name)));
    await settled();
    expect(held.begun).toEqual(['a', 'b']);
    await held.end('b');
    expect(held.begun).toEqual(['a', 'b', 'c']);
    await held.end('a');
    await held.end('c');
    await held.end('d');
    expect(await all).toEqual(['a', 'b', 'c', 'd']);
  });

  it('lets urgent work go first, but makes none wait for ever', async () => {
    const queue = new WorkQueue(1);
    const held = new Held();
    void held.put(queue, 'first');
    void held.put(queue, 'patient');
    for (let number = 0; number < 30; number += 1) void held.put(queue, `urgent ${number}`, { priority: 1 });
    await held.end('first');
    expect(held.begun.at(-1)).toBe('urgent 0');
    for (let number = 0; !held.begun.includes('patient'); number += 1) await held.end(`urgent ${number}`);
    expect(held.begun.indexOf('patient')).toBe(21);
  });

  it('gives a free place to the group that has none', async () => {
    const queue = new WorkQueue(2);
    const held = new Held();
    for (const name of ['a1', 'a2', 'a3']) void held.put(queue, name, { group: 'a' });
    void held.put(queue, 'b1', { group: 'b' });
    await held.end('a1');
    expect(held.begun).toEqual(['a1', 'a2', 'b1']);
  });

  it('reports what waits and runs, its progress and the time left', async () => {
    let now = 0;
    const queue = new WorkQueue(1, () => now);
    const held = new Held();
    void held.put(queue, 'a', { group: '7' });
    void held.put(queue, 'b', { group: '8' });
    await settled();
    now = 10_000;
    expect(queue.status()).toEqual([
      { name: 'a', group: '7', state: 'running', place: null, share: 0.25, secondsLeft: 30 },
      { name: 'b', group: '8', state: 'waiting', place: 1, share: null, secondsLeft: null },
    ]);
    expect(queue.find('8', 'b')?.place).toBe(1);
    expect(queue.find('8', 'a')).toBeUndefined();
  });

  it('removes what is aborted while it waits, and continues after a failure', async () => {
    const queue = new WorkQueue(1);
    const held = new Held();
    const failing = queue.run('failing', {}, () => Promise.reject(new Error('broken')));
    await expect(failing).rejects.toThrow('broken');
    void held.put(queue, 'a');
    const calledOff = new AbortController();
    const waiting = held.put(queue, 'b', { signal: calledOff.signal });
    void held.put(queue, 'c');
    calledOff.abort(new Error('not any more'));
    await expect(waiting).rejects.toThrow('not any more');
    await held.end('a');
    expect(held.begun).toEqual(['a', 'c']);
    await expect(held.put(queue, 'd', { signal: calledOff.signal })).rejects.toThrow('not any more');
  });

  it('needs room for one', () => {
    expect(() => new WorkQueue(0)).toThrow(RangeError);
    expect(new WorkQueue().limit).toBeGreaterThan(0);
  });
});

import { describe, expect, it } from '@jest/globals';
import { inBatches } from './in-batches.js';

async function* upTo(count: number, onRead: (item: number) => void = () => {}) {
  for (let item = 1; item <= count; item++) {
    onRead(item);
    yield item;
  }
}

async function collect<Item>(batches: AsyncIterable<Item[]>): Promise<Item[][]> {
  const all: Item[][] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

describe('inBatches', () => {
  it('keeps everything, in order, with at most `max` in a batch', async () => {
    const batches = await collect(inBatches(upTo(1050), 100));
    expect(batches.flat()).toEqual(Array.from({ length: 1050 }, (_, index) => index + 1));
    expect(Math.max(...batches.map((batch) => batch.length))).toBe(100);
    expect(batches.length).toBeLessThan(20);
  });

  it('takes what is there when the source pauses', async () => {
    const more = Promise.withResolvers<void>();
    async function* source() {
      yield* [1, 2, 3];
      await more.promise;
      yield 4;
    }
    const batches = inBatches(source(), 100);
    expect((await batches.next()).value).toEqual([1, 2, 3]);
    more.resolve();
    expect((await batches.next()).value).toEqual([4]);
    expect((await batches.next()).done).toBe(true);
  });

  it('waits for a pausing source if allowed, until the batch is full, the last item came or the time is over', async () => {
    const never = Promise.withResolvers<void>();
    async function* source() {
      for (let item = 1; item <= 9; item++) {
        await new Promise((resolve) => setImmediate(resolve));
        await new Promise((resolve) => setImmediate(resolve));
        yield item;
      }
      await never.promise;
    }
    let patience = 60_000;
    const batches = inBatches(source(), 4, { patienceMs: () => patience, isLast: (item) => item === 6 });
    expect((await batches.next()).value).toEqual([1, 2, 3, 4]);
    expect((await batches.next()).value).toEqual([5, 6]);
    patience = 200;
    expect((await batches.next()).value).toEqual([7, 8, 9]);
    never.resolve();
    expect((await batches.next()).done).toBe(true);
  });

  it('reads one batch ahead and no further', async () => {
    let read = 0;
    const batches = inBatches(
      upTo(1000, (item) => (read = item)),
      10,
    );
    await batches.next();
    await new Promise((resolve) => setImmediate(resolve));
    expect(read).toBeLessThanOrEqual(21);
    await batches.return();
  });

  it('hands on what came before the source failed, then the failure', async () => {
    async function* source() {
      yield* [1, 2];
      throw new Error('the source broke');
    }
    const batches = inBatches(source(), 100);
    expect((await batches.next()).value).toEqual([1, 2]);
    await expect(batches.next()).rejects.toThrow('the source broke');
  });

  it('can be left while the source waits for ever', async () => {
    async function* source() {
      yield 1;
      await new Promise(() => {});
    }
    for await (const batch of inBatches(source(), 100)) {
      expect(batch).toEqual([1]);
      break;
    }
  });

  it('yields nothing for an empty source', async () => {
    expect(await collect(inBatches(upTo(0), 10))).toEqual([]);
  });
});

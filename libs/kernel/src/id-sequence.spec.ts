import { describe, expect, it } from '@jest/globals';
import { EventStoreUnavailable } from '@streamvault/event-store';
import { IdSequence } from './id-sequence.js';
import { command, eventsOf, InterferedStore } from './scenario.testing.js';

describe('IdSequence', () => {
  it('counts from 1, per kind', async () => {
    const ids = new IdSequence(new InterferedStore());
    expect([await ids.next('video', command()), await ids.next('video', command())]).toEqual([1, 2]);
    expect(await ids.next('streamer', command())).toBe(1);
  });

  it('gives each of many simultaneous requests its own number', async () => {
    const store = new InterferedStore();
    const [one, other] = [new IdSequence(store), new IdSequence(store)];
    const given = await Promise.all(
      Array.from({ length: 200 }, (_, index) => (index % 2 ? one : other).next('video', command())),
    );
    expect(given.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
  });

  it('skips numbers that something outside the log belongs to, the same ones for a repeated command', async () => {
    const store = new InterferedStore();
    const left = new Set([1, 2, 4]);
    const isTaken = async (kind: string, number: number) => kind === 'recording' && left.has(number);
    const ids = new IdSequence(store, isTaken);
    const metadata = command();
    expect(await ids.next('recording', metadata)).toBe(3);
    expect(await new IdSequence(store, isTaken).next('recording', metadata)).toBe(3);
    expect(await ids.next('recording', command())).toBe(5);
    expect(await ids.next('video', command())).toBe(1);
  });

  it('gives a repeated command its number again, also much later', async () => {
    const store = new InterferedStore();
    const ids = new IdSequence(store);
    await ids.next('video', command());
    const metadata = command();
    const first = await ids.next('video', metadata);
    for (let others = 0; others < 300; others++) await ids.next('video', command());
    expect(await ids.next('video', metadata)).toBe(first);
    expect(await Promise.all([ids.next('video', metadata), ids.next('video', metadata)])).toEqual([first, first]);
    expect(await eventsOf(store, 'sequence-video')).toHaveLength(302);
  });

  it('reads what others have allocated once, and finds it', async () => {
    const store = new InterferedStore();
    const [one, other] = [new IdSequence(store), new IdSequence(store)];
    for (let before = 0; before < 5; before++) await other.next('video', command());
    await one.next('video', command());
    const metadata = command();
    const number = await other.next('video', metadata);
    store.streamReads = [];
    // A number that another process gave the same command is found even if the append does not recognize it.
    store.append = () => Promise.reject(new Error('not asked for'));
    expect(await one.next('video', metadata)).toBe(number);
    expect(await one.next('video', metadata)).toBe(number);
    expect(store.streamReads).toEqual(['sequence-video@5', 'sequence-video@7']);
  });

  it('gives the number that was allocated but never answered', async () => {
    const store = new InterferedStore();
    const ids = new IdSequence(store);
    const metadata = command();
    store.afterAppend = () => Promise.reject(new EventStoreUnavailable('the connection broke'));
    await expect(ids.next('video', metadata)).rejects.toThrow(EventStoreUnavailable);
    expect(await ids.next('video', metadata)).toBe(1);
    expect(await ids.next('video', command())).toBe(2);
  });
});

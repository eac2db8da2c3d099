import { describe, expect, it } from '@jest/globals';
import { InvalidStreamMetadata } from '../errors.js';
import { all, event, events, type MakeContext, revisions, withStore } from './context.testing.js';

export function describeRetention(makeContext: MakeContext): void {
  describe('retention', () => {
    it(
      'maxCount shows the last ones of a stream, and the whole log shows all',
      withStore(makeContext, async (store) => {
        await store.append('beat-1', events(10), 'no_stream');
        await store.setStreamMetadata('beat-1', { maxCount: 3 });
        expect(await revisions(store.readStream('beat-1'))).toEqual([7n, 8n, 9n]);
        expect(await revisions(store.readStream('beat-1', { from: 2n, limit: 2 }))).toEqual([7n, 8n]);
        expect(await revisions(store.readStream('beat-1', { direction: 'backwards' }))).toEqual([9n, 8n, 7n]);
        await store.append('beat-1', [event()], 9n);
        expect(await revisions(store.readStream('beat-1'))).toEqual([8n, 9n, 10n]);
        expect(await store.headRevision('beat-1')).toBe(10n);
        expect(await all(store.readAll())).toHaveLength(11);
        expect(await all(store.readCategory('beat'))).toHaveLength(11);
      }),
    );

    it(
      'truncateBefore hides earlier events, up to the whole stream, and the next append still knows its head',
      withStore(makeContext, async (store) => {
        const batch = events(5);
        await store.append('beat-1', batch, 'no_stream');
        await store.setStreamMetadata('beat-1', { truncateBefore: 3n });
        expect(await revisions(store.readStream('beat-1'))).toEqual([3n, 4n]);
        await store.setStreamMetadata('beat-1', { truncateBefore: 2n ** 60n });
        expect(await revisions(store.readStream('beat-1'))).toEqual([]);
        expect(await store.headRevision('beat-1')).toBe(4n);
        expect((await store.append('beat-1', batch, 'no_stream')).alreadyAppended).toBe(true);
        expect((await store.append('beat-1', [event()], 4n)).revision).toBe(5n);
      }),
    );

    it(
      'metadata replaces what was set before, and may come before the first event',
      withStore(makeContext, async (store) => {
        await store.setStreamMetadata('beat-1', { maxCount: 1 });
        expect(await store.headRevision('beat-1')).toBeUndefined();
        await store.append('beat-1', events(4), 'no_stream');
        expect(await revisions(store.readStream('beat-1'))).toEqual([3n]);
        await store.setStreamMetadata('beat-1', { truncateBefore: 1n });
        expect(await revisions(store.readStream('beat-1'))).toEqual([1n, 2n, 3n]);
        await store.setStreamMetadata('beat-1', {});
        expect(await revisions(store.readStream('beat-1'))).toEqual([0n, 1n, 2n, 3n]);
      }),
    );

    it(
      'maxAge hides what is older',
      withStore(makeContext, async (store, { advanceClock }) => {
        if (advanceClock === undefined) return;
        await store.setStreamMetadata('beat-1', { maxAge: 60 });
        await store.append('beat-1', events(2), 'no_stream');
        advanceClock(50);
        await store.append('beat-1', events(2), 1n);
        advanceClock(20);
        expect(await revisions(store.readStream('beat-1'))).toEqual([2n, 3n]);
        advanceClock(3_600);
        expect(await revisions(store.readStream('beat-1', { direction: 'backwards' }))).toEqual([]);
        expect(await store.headRevision('beat-1')).toBe(3n);
      }),
    );

    it.each([{ maxAge: 0 }, { maxAge: 1.5 }, { maxCount: -1 }, { truncateBefore: -1n }])('refuses %p', (metadata) =>
      withStore(makeContext, async (store) => {
        await expect(store.setStreamMetadata('beat-1', metadata)).rejects.toBeInstanceOf(InvalidStreamMetadata);
      })(),
    );
  });
}

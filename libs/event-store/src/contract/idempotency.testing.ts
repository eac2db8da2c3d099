import { describe, expect, it } from '@jest/globals';
import { EventIdConflict, WrongExpectedRevision } from '../errors.js';
import type { ExpectedRevision } from '../port.js';
import { event, events, ids, type MakeContext, withStore } from './context.testing.js';

export function describeIdempotency(makeContext: MakeContext): void {
  describe('repeating an append', () => {
    const repeats: ExpectedRevision[] = ['no_stream', 'any', 'stream_exists'];

    it.each(repeats)('with %p returns the first result again and stores nothing', (expected) =>
      withStore(makeContext, async (store) => {
        const batch = events(3);
        const first = await store.append('stream-1', batch, 'no_stream');
        await store.append('stream-1', events(2), 2n);
        await store.append('other-1', events(2), 'no_stream');
        const again = await store.append('stream-1', batch, expected);
        expect(again).toEqual({ ...first, alreadyAppended: true });
        expect(await store.headRevision('stream-1')).toBe(4n);
      })(),
    );

    it(
      'with an exact revision returns the first result again, also after later events',
      withStore(makeContext, async (store) => {
        await store.append('stream-1', events(2), 'no_stream');
        const batch = events(3);
        const first = await store.append('stream-1', batch, 1n);
        expect(await store.append('stream-1', batch, 1n)).toEqual({ ...first, alreadyAppended: true });
        await store.append('stream-1', events(4), 4n);
        expect(await store.append('stream-1', batch, 1n)).toEqual({ ...first, alreadyAppended: true });
        expect(await store.headRevision('stream-1')).toBe(8n);
      }),
    );

    it(
      'while the first is still running stores it once',
      withStore(makeContext, async (store) => {
        const batch = events(2);
        const [first, ...others] = await Promise.all(
          Array.from({ length: 5 }, () => store.append('stream-1', batch, 'no_stream')),
        );
        expect(first?.alreadyAppended).toBe(false);
        for (const other of others) expect(other).toEqual({ ...first, alreadyAppended: true });
      }),
    );

    it(
      'in part is a conflict of ids, and stores nothing',
      withStore(makeContext, async (store) => {
        const [a, b, c] = [event(), event(), event()];
        await store.append('stream-1', [a, b], 'no_stream');
        const partly: [Parameters<typeof store.append>[1], ExpectedRevision][] = [
          [[a, b, c], 'no_stream'], // continues beyond what exists
          [[a, c], 'no_stream'], // differs later on
          [[b, c], 0n],
          [[a, c], 'any'],
          [[c, a], 'any'],
          [[c, a], 1n],
          [[a], 1n], // the right revision, but an old id
        ];
        for (const [batch, expected] of partly) {
          const outcome = await store.append('stream-1', batch, expected).catch((error: unknown) => error);
          expect(outcome).toBeInstanceOf(EventIdConflict);
          expect(outcome).toMatchObject({ code: 'event-store.event-id-conflict', stream: 'stream-1' });
        }
        expect(await ids(store.readAll())).toEqual([a.id, b.id]);
      }),
    );

    it(
      'at another place, or with another first event, is a wrong revision',
      withStore(makeContext, async (store) => {
        const [a, b] = [event(), event()];
        await store.append('stream-1', [a, b], 'no_stream');
        await expect(store.append('stream-1', [b], 'no_stream')).rejects.toBeInstanceOf(WrongExpectedRevision);
        await expect(store.append('stream-1', [a], 0n)).rejects.toMatchObject({ expected: 0n, actual: 1n });
      }),
    );

    it(
      'in another stream is another append: ids are unique per stream',
      withStore(makeContext, async (store) => {
        const batch = events(2);
        await store.append('stream-1', batch, 'no_stream');
        const other = await store.append('stream-2', batch, 'any');
        expect(other).toMatchObject({ revision: 1n, alreadyAppended: false });
      }),
    );

    it(
      'treats the same UUID in other letters as equal',
      withStore(makeContext, async (store) => {
        const once = event();
        await store.append('stream-1', [once], 'no_stream');
        const again = await store.append('stream-1', [{ ...once, id: once.id.toUpperCase() }], 'no_stream');
        expect(again.alreadyAppended).toBe(true);
      }),
    );
  });
}

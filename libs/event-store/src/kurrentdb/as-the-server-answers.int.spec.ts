import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { all, event, events, fill, Subscriber } from '../contract/context.testing.js';
import { EventStoreUnavailable, InvalidEvent, WrongExpectedRevision } from '../errors.js';
import { positionOf } from '../position.js';
import { EventStoreAccessDenied, NoSuchPosition, StreamTombstoned } from './failures.js';
import { KurrentDbEventStore } from './kurrentdb-event-store.js';
import { KurrentDbStandIn } from './stand-in/kurrentdb-stand-in.testing.js';

describe('a KurrentDB server that answers as its source code does (stand-in)', () => {
  let server: KurrentDbStandIn;
  let store: KurrentDbEventStore;

  beforeEach(async () => {
    server = await KurrentDbStandIn.start({ maxAppendEventSize: 100_000 });
    store = await KurrentDbEventStore.open(server.url);
  });

  afterEach(async () => {
    await store.close();
    await server.kill();
  });

  describe('a position within a record, or of another log', () => {
    const inside = (): ReturnType<typeof positionOf> => positionOf(server.log.events[1]!.position + 3n);

    beforeEach(() => fill(store, 'stream-1', 5));

    it('is not an event', async () => {
      expect(await store.eventAt(inside())).toBeUndefined();
      expect(await store.fingerprint(inside())).toBeUndefined();
    });

    it('is not a place to continue searching from', async () => {
      for (const direction of ['forwards', 'backwards'] as const) {
        const from = direction === 'forwards' ? { after: inside() } : { before: inside() };
        await expect(store.find({ limit: 5, direction, ...from })).rejects.toBeInstanceOf(RangeError);
      }
      await expect(all(store.readAll({ after: inside() }))).rejects.toBeInstanceOf(NoSuchPosition);
    });

    it('ends a subscription with its reason, instead of silence', async () => {
      await expect(new Subscriber(store, inside()).caughtUp()).rejects.toBeInstanceOf(NoSuchPosition);
    });

    it('beyond the end of the log ends a subscription too', async () => {
      const beyond = positionOf(server.log.events.at(-1)!.position + 1_000_000n);
      await expect(new Subscriber(store, beyond).caughtUp()).rejects.toBeInstanceOf(NoSuchPosition);
      expect(await all(store.readAll({ after: beyond }))).toEqual([]);
    });

    it('is not reported when the server is unavailable', async () => {
      await server.kill();
      await expect(store.eventAt(inside())).rejects.toBeInstanceOf(EventStoreUnavailable);
    });
  });

  it('a repeat that retention hides has a position at or after all of its events', async () => {
    const first = [event()] as const;
    const { position } = await store.append('stream-1', first, 'no_stream');
    await fill(store, 'stream-1', 3, 1);
    await store.setStreamMetadata('stream-1', { maxCount: 1 });
    const again = await store.append('stream-1', first, 'no_stream');
    expect(again).toMatchObject({ revision: 0n, alreadyAppended: true });
    expect(again.position).toBeGreaterThanOrEqual(position);
  });

  it('a stream of metadata alone does not exist', async () => {
    await store.setStreamMetadata('stream-1', { maxCount: 1 });
    await expect(store.append('stream-1', [event()], 'stream_exists')).rejects.toBeInstanceOf(WrongExpectedRevision);
    expect(server.log.exists('stream-1')).toBe(false);
  });

  it('an event larger than the server accepts is refused as such', async () => {
    const large = event({ data: { text: 'x'.repeat(200_000) } });
    const refusal = store.append('stream-1', [large], 'no_stream');
    await expect(refusal).rejects.toBeInstanceOf(InvalidEvent);
    await expect(refusal).rejects.toThrow(/MaxAppendEventSize/);
  });

  it.each(['any', 'no_stream'] as const)(
    'an append (%s) whose answer a restart swallowed is stored once',
    async (expected) => {
      if (expected === 'any') await fill(store, 'stream-1', 3);
      server.faults.push('storeOnly');
      const batch = events(2);
      const appended = store.append('stream-1', batch, expected);
      while (server.log.events.length < (expected === 'any' ? 5 : 2))
        await new Promise((resolve) => setImmediate(resolve));
      await server.kill();
      await server.start();
      await appended;
      const ids = (await all(store.readStream('stream-1'))).map(({ id }) => id);
      expect(ids.filter((id) => batch.some((each) => each.id === id))).toHaveLength(2);
    },
  );

  it('a repeat before the original is indexed gets a timeout, and is sent again', async () => {
    server.faults.push('timeout');
    expect(await store.append('stream-1', [event()], 'no_stream')).toMatchObject({ revision: 0n });
  });

  it('a server that is not ready, or no longer leads, is waited for', async () => {
    server.faults.push('notReady', 'notLeader');
    expect(await store.append('stream-1', [event()], 'no_stream')).toMatchObject({ revision: 0n });
    server.isReady = false;
    const read = all(store.readStream('stream-1'));
    setTimeout(() => (server.isReady = true), 150);
    expect(await read).toHaveLength(1);
  });

  it("a clock that is behind the server's is reported by the health", async () => {
    expect(await store.health()).toMatchObject({ status: 'ok' });
    server.clockAheadMs = 60_000;
    expect(await store.health()).toMatchObject({
      status: 'warn',
      detail: expect.stringMatching(/clock that is (59|60|61) s ahead .*NTP/),
    });
  });

  it.each(['no-rights', 'wrong-password'] as const)(
    'a refusal (%s) is reported as one, also without the trailer',
    async (why) => {
      server.refuses = why;
      await expect(store.append('stream-1', [event()], 'no_stream')).rejects.toBeInstanceOf(EventStoreAccessDenied);
      await expect(all(store.readStream('stream-1'))).rejects.toBeInstanceOf(EventStoreAccessDenied);
    },
  );

  it('a refusal within a batch is reported as one', async () => {
    server.faults.push('denied');
    await expect(store.append('stream-1', [event()], 'no_stream')).rejects.toBeInstanceOf(EventStoreAccessDenied);
  });

  it('a softly deleted stream can be created again, and is not reported as lost', async () => {
    await fill(store, 'stream-1', 3);
    server.log.softDelete('stream-1');
    expect(await all(store.readStream('stream-1'))).toEqual([]);
    const refused = store.append('stream-1', [event()], 'stream_exists').catch((error: unknown) => error);
    expect(await refused).not.toMatchObject({ message: expect.stringMatching(/cannot be used again\.$/) });
    expect([WrongExpectedRevision, StreamTombstoned]).toContain((await refused)?.constructor);
    expect(await store.append('stream-1', [event()], 'any')).toMatchObject({ revision: 3n });
  });

  describe("on a log that is nearly all others'", () => {
    let mine: KurrentDbEventStore;

    const others = (count: number, stream = 'other-1'): void => {
      const bytes = Buffer.from('{}');
      const proposed = { type: 'Foreign', contentType: 'application/json', data: bytes, metadata: bytes };
      const foreign = Array.from({ length: count }, () => ({ ...proposed, id: randomUUID() }));
      server.log.append(stream, foreign, -2n);
    };

    beforeEach(async () => {
      const earlier = await KurrentDbEventStore.open(server.url, { namespace: 'mine-' });
      await earlier.append('stream-1', [event()], 'no_stream');
      await earlier.close();
      others(500);
      server.log.examined = 0;
      mine = await KurrentDbEventStore.open(server.url, { namespace: 'mine-' });
    });

    afterEach(() => mine.close());

    it('opening, health and the head of what it wrote itself scan nothing of theirs', async () => {
      expect(await mine.health()).toMatchObject({ status: 'ok' });
      expect(server.log.examined).toBe(0);
      const { position } = await mine.append('stream-1', [event()], 'any');
      others(20);
      expect(await mine.headPosition()).toBe(position);
      expect(server.log.examined).toBeLessThanOrEqual(21);
    });

    it('the head is searched for once; then only newer events are examined', async () => {
      const head = await mine.headPosition();
      expect(server.log.examined).toBeGreaterThan(500);
      server.log.examined = 0;
      for (let look = 0; look < 10; look += 1) expect(await mine.headPosition()).toBe(head);
      expect(server.log.examined).toBeLessThanOrEqual(10);
    });

    it.each([
      ['everything', undefined],
      ['one category', { categories: ['stream'] }],
    ])('a subscription to %s begins live at the end of the log, not at its own last event', async (_, filter) => {
      const subscriber = new Subscriber(mine, 'start', filter);
      await subscriber.caughtUp();
      expect(subscriber.events).toHaveLength(1);
      // The server would page through their events one at a time.
      expect(server.log.pagesOfSubscriptions).toBe(0);
      others(200);
      const { position } = await mine.append('stream-1', [event()], 'any');
      others(200, 'other-2');
      await subscriber.until(() => subscriber.events.length === 2);
      expect(subscriber.events[1]?.position).toBe(position);
      subscriber.stop();
    });
  });

  it('what its culture takes for our prefix is not taken for ours', async () => {
    server.log.isCultureSensitive = true;
    await fill(store, 'stream-1', 2);
    const bytes = Buffer.from('{}');
    const looksLikeOurs = {
      id: randomUUID(),
      type: 'Happened',
      contentType: 'application/json',
      data: bytes,
      metadata: bytes,
    };
    server.log.append('str\u00ADeam-9', [looksLikeOurs], -2n);
    await fill(store, 'stream-1', 1, 2);
    const filter = { categories: ['stream'] };
    const streams = (await all(store.readAll({ filter }))).map(({ stream }) => stream);
    expect(streams).toEqual(['stream-1', 'stream-1', 'stream-1']);
    const subscriber = new Subscriber(store, 'start', filter);
    await subscriber.caughtUp();
    expect(subscriber.events.map(({ stream }) => stream)).toEqual(streams);
    subscriber.stop();
    expect((await store.find({ limit: 10, categories: ['stream'] })).events).toHaveLength(3);
  });

  it('a nil id is refused before the server does', async () => {
    const nil = event({ id: '00000000-0000-0000-0000-000000000000' });
    await expect(store.append('stream-1', [nil], 'any')).rejects.toBeInstanceOf(InvalidEvent);
  });
});

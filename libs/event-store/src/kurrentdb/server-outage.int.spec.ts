import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { all, event, events, fill, ids, Subscriber } from '../contract/context.testing.js';
import { EventStoreUnavailable, WrongExpectedRevision } from '../errors.js';
import { KurrentDbEventStore } from './kurrentdb-event-store.js';
import { KurrentDbStandIn } from './stand-in/kurrentdb-stand-in.testing.js';

const unavailable = expect.objectContaining({ code: 'event-store.unavailable' });

describe('a KurrentDB server (stand-in) that goes away', () => {
  let server: KurrentDbStandIn;
  let store: KurrentDbEventStore;

  beforeEach(async () => {
    server = await KurrentDbStandIn.start();
    store = await KurrentDbEventStore.open(server.url);
  });

  afterEach(async () => {
    await store.close();
    await server.kill();
  });

  it('refuses appends and reads with one error while it is down, and accepts them when it is back', async () => {
    const stored = events(3);
    await store.append('stream-1', stored, 'no_stream');
    await server.kill();
    const added = event();
    await expect(store.append('stream-1', [added], 2n)).rejects.toEqual(unavailable);
    await expect(all(store.readStream('stream-1'))).rejects.toEqual(unavailable);
    await expect(all(store.readAll())).rejects.toBeInstanceOf(EventStoreUnavailable);
    await expect(store.headRevision('stream-1')).rejects.toEqual(unavailable);
    await expect(store.setStreamMetadata('stream-1', { maxCount: 2 })).rejects.toEqual(unavailable);
    await server.start();
    expect(await store.append('stream-1', [added], 2n)).toMatchObject({ revision: 3n, alreadyAppended: false });
    expect(await ids(store.readStream('stream-1'))).toEqual([...stored, added].map(({ id }) => id));
  });

  it('appends and reads survive a short outage by themselves', async () => {
    await fill(store, 'stream-1', 10);
    await server.kill();
    const appended = store.append('stream-1', events(2), 9n);
    const read = ids(store.readStream('stream-1', { limit: 10 }));
    await server.start();
    expect(await appended).toMatchObject({ revision: 11n });
    expect(await read).toHaveLength(10);
  });

  it('an interrupted read continues where it was', async () => {
    await fill(store, 'stream-1', 1_200);
    const seen: bigint[] = [];
    for await (const { revision } of store.readAll()) {
      seen.push(revision);
      if (revision === 300n || revision === 900n) server.disconnectAll();
    }
    expect(seen).toEqual(Array.from({ length: 1_200 }, (_, n) => BigInt(n)));
  });

  it.each(['no_stream', 'any'] as const)('an append with %p whose answer is lost is stored once', async (expected) => {
    const batch = events(3);
    server.faults.push('storeOnly');
    const appended = store.append('stream-1', batch, expected);
    await fact(() => server.log.events.length === 3);
    server.disconnectAll();
    expect(await appended).toMatchObject({ revision: 2n, alreadyAppended: false });
    expect(server.log.events.map(({ id }) => id)).toEqual(batch.map(({ id }) => id));
    // With an exact revision the server recognizes the repeat; otherwise it is searched for before anything is sent
    // again.
    expect(server.calls.get('batchAppend')).toBe(expected === 'any' ? 1 : 2);
  });

  it('an append without an answer is given up on another connection, not waited for', async () => {
    const impatient = await KurrentDbEventStore.open(`${server.url}&defaultDeadline=100`);
    server.faults.push('hang');
    const appended = impatient.append('stream-1', [event()], 'no_stream');
    await expect(appended).rejects.toEqual(unavailable);
    expect(await impatient.append('stream-1', [event()], 'no_stream')).toMatchObject({ revision: 0n });
    await impatient.close();
  });

  it('a conflict remains a conflict if the first answer was lost', async () => {
    await store.append('stream-1', events(2), 'no_stream');
    server.faults.push('storeOnly');
    const late = store.append('stream-1', [event()], 1n);
    await fact(() => server.log.events.length === 3);
    server.disconnectAll();
    expect(await late).toMatchObject({ revision: 2n });
    await expect(store.append('stream-1', [event()], 1n)).rejects.toBeInstanceOf(WrongExpectedRevision);
  });

  it('after a restart of this process, a repeated append is still recognized', async () => {
    const batch = events(2);
    const first = await store.append('stream-1', batch, 'any');
    const restarted = await KurrentDbEventStore.open(server.url);
    for (const expected of ['any', 'no_stream'] as const) {
      expect(await restarted.append('stream-1', batch, expected)).toEqual({ ...first, alreadyAppended: true });
    }
    await restarted.close();
  });

  it('a subscription resumes where it was, reports that it fell behind and then that it caught up', async () => {
    await fill(store, 'stream-1', 5);
    const subscriber = new Subscriber(store);
    await subscriber.caughtUp();
    await server.kill();
    expect(await subscriber.next()).toEqual({ kind: 'fellBehind' });
    await server.start();
    await store.append('stream-1', events(4), 4n);
    await subscriber.caughtUp();
    await store.append('stream-1', [event()], 8n);
    await subscriber.eventCount(10);
    expect(subscriber.events.map(({ id }) => id)).toEqual(server.log.events.map(({ id }) => id));
    expect(subscriber.kinds.filter((kind) => kind !== 'event')).toEqual(['caughtUp', 'fellBehind', 'caughtUp']);
    subscriber.stop();
  });

  it('a subscription loses and doubles nothing over many cuts under load', async () => {
    const subscriber = new Subscriber(store, 'start', { categories: ['wanted'] });
    const wanted = 200;
    const writing = (async () => {
      for (let n = 0; n < wanted; n += 1) {
        await store.append(`wanted-${n % 3}`, [event()], 'any');
        await store.append('other-1', [event()], 'any');
        if (n % 40 === 20) server.disconnectAll();
      }
    })();
    await subscriber.eventCount(wanted);
    await writing;
    const stored = server.log.events.filter(({ stream }) => stream.startsWith('wanted-')).map(({ id }) => id);
    expect(stored).toHaveLength(wanted);
    expect(subscriber.events.map(({ id }) => id)).toEqual(stored);
    subscriber.stop();
  });

  it('a subscription that starts while it is down begins when it is back, also from the end', async () => {
    await fill(store, 'stream-1', 3);
    await server.kill();
    const fromStart = new Subscriber(store);
    const three = fromStart.eventCount(3);
    const waited = new Subscriber(store, 'end').next().catch((error: unknown) => error);
    expect(await waited).toEqual(unavailable);
    await server.start();
    await three;
    fromStart.stop();
  });

  it('ends a subscription that waits for the server when the store closes', async () => {
    const subscriber = new Subscriber(store);
    await subscriber.caughtUp();
    await server.kill();
    expect(await subscriber.next()).toEqual({ kind: 'fellBehind' });
    const pending = subscriber.next();
    await store.close();
    expect(await pending).toBeUndefined();
  });

  it("health combines the server's statement and a read", async () => {
    const where = `localhost:${server.port}`;
    expect(await store.health()).toEqual({ status: 'ok', detail: `KurrentDB at ${where}` });
    expect(server.calls.get('/health/live')).toBe(1);
    server.isLive = false;
    expect(await store.health()).toEqual({
      status: 'down',
      detail: `KurrentDB at ${where} is not ready (HTTP 503).`,
    });
    await server.kill();
    expect(await store.health()).toEqual({
      status: 'down',
      detail: `KurrentDB at ${where} cannot be reached (ECONNREFUSED).`,
    });
  });
});

describe('a KurrentDB server (stand-in) that is down at the start', () => {
  it('is waited for: the half of the client that gave up permanently is replaced', async () => {
    const server = await KurrentDbStandIn.start();
    await server.kill();
    const opening = KurrentDbEventStore.open(server.url);
    const earlier = KurrentDbEventStore.open(server.url, { startPatienceMs: 0 }).catch((error: unknown) => error);
    expect(await earlier).toEqual(unavailable);
    expect(String(await earlier)).toMatch(new RegExp(`localhost:${server.port} does not answer .* Check that it runs`));
    await server.start();
    const store = await opening;
    await store.append('stream-1', [event()], 'no_stream');
    expect(await ids(store.readAll())).toHaveLength(1);
    await store.close();
    await server.kill();
  });
});

describe('a KurrentDB that does not answer', () => {
  it('stops the start within ten seconds and names the address, whatever the reason', async () => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as AddressInfo;
    const before = performance.now();
    const refusals = await Promise.all(
      [
        'kurrentdb://localhost:1?tls=false',
        'kurrentdb://kurrentdb.invalid:2113?tls=false',
        'kurrentdb+discover://localhost:1?tls=false',
        `kurrentdb://127.0.0.1:${port}?tls=false`,
      ].map((url) => KurrentDbEventStore.open(url).catch((reason: unknown) => reason)),
    );
    expect(performance.now() - before).toBeLessThan(10_000);
    for (const [index, where] of ['localhost:1', 'kurrentdb.invalid:2113', 'localhost:1', '127.0.0.1'].entries()) {
      expect(refusals[index]).toEqual(unavailable);
      expect(String(refusals[index])).toMatch(`KurrentDB at ${where}`);
      expect(String(refusals[index])).toMatch(/ does not answer [^\n]* Check that it runs/);
    }
    for (const socket of sockets) socket.destroy();
    mute.close();
  });
});

async function fact(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

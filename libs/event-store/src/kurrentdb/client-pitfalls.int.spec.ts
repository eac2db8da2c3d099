import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { jsonEvent, KurrentDBClient } from '@kurrent/kurrentdb-client';
import { all, event, events, fill, ids, Subscriber } from '../contract/context.testing.js';
import { InvalidEvent } from '../errors.js';
import { inFolder } from '../sqlite/temporary-log.testing.js';
import { KurrentDbEventStore } from './kurrentdb-event-store.js';
import { selfSignedCertificate } from './stand-in/certificate.testing.js';
import { KurrentDbStandIn, type StandInOptions } from './stand-in/kurrentdb-stand-in.testing.js';

describe('known behaviour of the client (stand-in)', () => {
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

  it('a bigint in a payload is refused before the client sees it, which would neither store nor settle', async () => {
    const broken = event({ data: { size: 1n } as never });
    await expect(store.append('stream-1', [broken], 'any')).rejects.toBeInstanceOf(InvalidEvent);
    expect(server.calls.get('batchAppend')).toBeUndefined();
    await expect(store.append('stream-1', [event()], 'no_stream')).resolves.toMatchObject({ revision: 0n });
  });

  it('appends share one call, and a failing stream does not affect the others', async () => {
    const appends = Array.from({ length: 20 }, (_, n) =>
      store.append(`stream-${n}`, [event()], n % 2 === 0 ? 'no_stream' : 7n),
    );
    const results = await Promise.allSettled(appends);
    expect(results.map(({ status }) => status === 'fulfilled')).toEqual(results.map((_, n) => n % 2 === 0));
    expect(server.calls.get('batchAppend')).toBe(1);
  });

  it('an event has the same time in both halves of the client', async () => {
    const subscriber = new Subscriber(store);
    await subscriber.caughtUp();
    await fill(store, 'stream-1', 20, 1);
    await subscriber.eventCount(20);
    expect(await all(store.readAll())).toEqual(subscriber.events);
    const fractions = subscriber.events.filter(({ recordedAt }) => !recordedAt.endsWith('.000Z'));
    expect(fractions.length).toBeGreaterThan(0);
    subscriber.stop();
  });

  it("keeps correlation, causation and the version where the server's UI shows them", async () => {
    const appended = event({ version: 3 });
    await store.append('stream-1', [appended], 'no_stream');
    const raw: unknown = JSON.parse(Buffer.from(server.log.events[0]?.metadata ?? []).toString('utf8'));
    expect(raw).toEqual({
      ...appended.metadata,
      eventVersion: 3,
      appendedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    const clash = event({ metadata: { ...appended.metadata, eventVersion: 1 } });
    await expect(store.append('stream-1', [clash], 0n)).rejects.toBeInstanceOf(InvalidEvent);
  });

  it('system events, and events of others, are not shown', async () => {
    await store.append('stream-1', [event()], 'no_stream');
    await store.setStreamMetadata('stream-1', { maxCount: 5 });
    const foreign = { id: event().id, type: 'Foreign', contentType: 'application/json', data: Buffer.from('{}') };
    const metadata = Buffer.from('');
    server.log.append('nodash', [{ ...foreign, metadata }], -2n);
    server.log.append('$projections-x', [{ ...foreign, metadata }], -2n);
    server.log.append('stream-2', [{ ...foreign, data: Buffer.from('[1]'), metadata }], -2n);
    server.log.append('stream-2', [{ ...foreign, contentType: 'application/octet-stream', metadata }], 0n);
    server.log.append('stream-2', [{ ...foreign, type: '$>', metadata }], 1n);
    const byHand = { ...foreign, metadata };
    server.log.append('stream-2', [byHand], 2n);
    const subscriber = new Subscriber(store);
    await subscriber.caughtUp();
    const seen = await all(store.readAll());
    expect(seen.map(({ stream, type }) => `${stream} ${type}`)).toEqual([
      'stream-1 SomethingHappened',
      'stream-2 Foreign',
    ]);
    expect(seen[1]).toMatchObject({ version: 1, metadata: { $correlationId: byHand.id, actor: 'unknown' } });
    expect(subscriber.events).toEqual(seen);
    expect(await all(store.readStream('stream-2'))).toEqual(seen.slice(1));
    expect(await store.headPosition()).toBe(seen[1]?.position);
    subscriber.stop();
  });

  it('filters are applied by the server: streams by category, or types', async () => {
    await store.append('wanted-1', [event({ type: 'A' }), event({ type: 'AB' })], 'no_stream');
    await store.append('other-1', [event({ type: 'A' })], 'no_stream');
    server.filters.length = 0;
    expect(await ids(store.readAll({ filter: { types: ['A'] } }))).toHaveLength(2);
    expect(await ids(store.readAll({ filter: { categories: ['wanted'], types: ['A'] } }))).toHaveLength(1);
    expect(server.filters.filter((expression) => !expression.startsWith('^'))).toEqual(['A', 'wanted-']);
  });

  it('a filtered live subscription gets progress over every event that it does not get', async () => {
    const subscriber = new Subscriber(store, 'end', { categories: ['wanted'], types: ['A'] });
    await subscriber.caughtUp();
    for (const [stream, type] of [
      ['other-1', 'A'],
      ['wanted-1', 'B'],
      ['other-1', 'C'],
    ] as const) {
      const { position } = await store.append(stream, [event({ type })], 'any');
      await subscriber.until((message) => message.kind === 'checkpoint' && message.position >= position);
    }
    const { position } = await store.append('wanted-1', [event({ type: 'A' })], 'any');
    await subscriber.eventCount(1);
    expect(subscriber.events[0]?.position).toBe(position);
    subscriber.stop();
  });

  it('a tombstoned stream reads as empty and refuses appends with an error of its own', async () => {
    await store.append('stream-1', events(2), 'no_stream');
    server.log.tombstone('stream-1');
    expect(await all(store.readStream('stream-1'))).toEqual([]);
    expect(await store.headRevision('stream-1')).toBeUndefined();
    await expect(store.append('stream-1', [event()], 'any')).rejects.toMatchObject({
      code: 'event-store.stream-tombstoned',
    });
  });

  it('an append of several requests is stored whole', async () => {
    const big = { text: 'x'.repeat(2 * 1024 * 1024) };
    await store.append('stream-1', [event({ data: big }), event({ data: big }), event({ data: big })], 'no_stream');
    expect(await ids(store.readStream('stream-1'))).toHaveLength(3);
  });

  it('name spaces on one server do not see each other', async () => {
    const [a, b] = await Promise.all([
      KurrentDbEventStore.open(`${server.url}&namespace=a`),
      KurrentDbEventStore.open(server.url, { namespace: 'b.' }),
    ]);
    const live = new Subscriber(b);
    await live.caughtUp();
    const mine = event();
    await a.append('stream-1', [mine], 'no_stream');
    await a.append('stream-1', events(2), 0n);
    expect(server.log.events.map(({ stream }) => stream)).toEqual(Array(3).fill('a.stream-1'));
    const yours = await b.append('stream-1', [event()], 'no_stream');
    expect(await ids(a.readAll({ limit: 1 }))).toEqual([mine.id]);
    expect(await ids(b.readAll())).toHaveLength(1);
    expect(await b.headPosition()).toBe(yours.position);
    await live.eventCount(1);
    expect(live.events[0]).toMatchObject({ stream: 'stream-1', position: yours.position });
    await Promise.all([a.close(), b.close()]);
  });

  it('the client itself still cuts a password at its first colon, and prints what it does not know', async () => {
    const warned = jest.spyOn(console, 'warn').mockReturnValue(undefined);
    const client = KurrentDBClient.connectionString('kurrentdb://admin:s3cret@localhost:1?tls=false&unknownKey=1');
    expect(warned.mock.calls.join('\n')).toMatch(/s3cret/);
    warned.mockRestore();
    await client.dispose();
  });

  it('the client itself still ignores expectedRevision', async () => {
    const client = KurrentDBClient.connectionString(server.url);
    await client.appendToStream('stream-1', jsonEvent({ type: 'A', data: {} }));
    const options = { expectedRevision: 'no_stream' } as object;
    await expect(client.appendToStream('stream-1', jsonEvent({ type: 'A', data: {} }), options)).resolves.toBeDefined();
    await expect(store.append('stream-1', [event()], 'no_stream')).rejects.toMatchObject({ actual: 1n });
    await client.dispose();
  });
});

describe('a server with a small MaxAppendSize (stand-in)', () => {
  it('refuses what is too large, and says what to do', async () => {
    const server = await KurrentDbStandIn.start({ maxAppendSize: 1_000 });
    const store = await KurrentDbEventStore.open(server.url);
    const large = event({ data: { text: 'x'.repeat(1_000) } });
    const refusal = await store.append('stream-1', [large], 'any').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(InvalidEvent);
    expect(String(refusal)).toMatch(/larger than the server accepts.*MaxAppendSize/);
    await store.close();
    await server.kill();
  });
});

describe('a server without BatchAppend (stand-in)', () => {
  it('is still written to, with the same refusals', async () => {
    const server = await KurrentDbStandIn.start({ batchAppend: false });
    const store = await KurrentDbEventStore.open(server.url);
    expect(await store.append('stream-1', events(2), 'no_stream')).toMatchObject({ revision: 1n });
    await expect(store.append('stream-1', [event()], 0n)).rejects.toMatchObject({ expected: 0n, actual: 1n });
    await expect(store.append('stream-2', [event()], 0n)).rejects.toMatchObject({ actual: 'no_stream' });
    expect(server.calls.get('append')).toBe(3);
    await store.close();
    await server.kill();
  });
});

describe('a cluster (stand-in)', () => {
  it('is discovered by its gossip, by both halves of the client', async () => {
    const server = await KurrentDbStandIn.start();
    for (const url of [
      `kurrentdb+discover://localhost:${server.port}?tls=false`,
      `esdb://localhost:${server.port},localhost:${server.port}?tls=false`,
    ]) {
      const store = await KurrentDbEventStore.open(url);
      const { revision } = await store.append('stream-1', [event()], 'any');
      expect(await ids(store.readStream('stream-1'))).toHaveLength(Number(revision) + 1);
      await store.close();
    }
    expect(server.calls.get('gossip')).toBeGreaterThanOrEqual(4);
    await server.kill();
  });
});

describe('users, over TLS (stand-in)', () => {
  const password = 'p:a@s/s?w%ö&d#1';
  const secrets = /p:a@s|p%3Aa|p:a%40/;

  async function withTls(user: StandInOptions['user'], body: (url: (login: string) => string) => Promise<void>) {
    await inFolder(async (folder) => {
      const certificate = selfSignedCertificate();
      const tlsCAFile = join(folder, 'a ca+1.pem');
      await writeFile(tlsCAFile, certificate.cert);
      const server = await KurrentDbStandIn.start({ tls: certificate, ...(user && { user }) });
      const query = `tlsCAFile=${encodeURIComponent(tlsCAFile)}`;
      try {
        await body((login) => `kurrentdb://${login}localhost:${server.port}?${query}`);
      } finally {
        await server.kill();
      }
    });
  }

  it('a password with every special character works in both halves of the client, and is never printed', () =>
    withTls({ name: 'admin@corp', password }, async (url) => {
      const said = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
        jest.spyOn(console, name).mockReturnValue(undefined),
      );
      const written: string[] = [];
      const stderr = jest
        .spyOn(process.stderr, 'write')
        .mockImplementation((text) => Boolean(written.push(String(text))));
      const store = await KurrentDbEventStore.open(url(`admin%40corp:${encodeURIComponent(password)}@`));
      const subscriber = new Subscriber(store);
      await subscriber.caughtUp();
      await store.append('stream-1', events(2), 'no_stream');
      await subscriber.eventCount(2);
      expect(await ids(store.readStream('stream-1'))).toHaveLength(2);
      expect(await store.health()).toMatchObject({ status: 'ok' });
      subscriber.stop();
      await store.close();
      const output = [...written, ...said.flatMap((spy) => spy.mock.calls.map(String))].join('\n');
      for (const spy of [...said, stderr]) spy.mockRestore();
      expect(output).not.toMatch(secrets);
    }));

  it('a wrong one stops the start with what to check, and so does a missing one', () =>
    withTls({ name: 'admin', password: 'right' }, async (url) => {
      const refused = await KurrentDbEventStore.open(url(`admin:${encodeURIComponent(password)}@`)).catch(
        (error: unknown) => error,
      );
      expect(refused).toMatchObject({ code: 'event-store.access-denied' });
      expect(deepText(refused)).toMatch(/user name and password/);
      expect(deepText(refused)).not.toMatch(secrets);
    }));

  it('is not sent over a connection without TLS', async () => {
    const server = await KurrentDbStandIn.start({ user: { name: 'admin', password } });
    const url = server.url.replace('://', `://admin:${encodeURIComponent(password)}@`);
    const refused = await KurrentDbEventStore.open(url).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'event-store.access-denied' });
    await server.kill();
  });
});

/** Everything that a logger might print of an error. */
function deepText(error: unknown): string {
  return inspect(error, { depth: 20, showHidden: true, maxStringLength: null });
}

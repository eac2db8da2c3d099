import { describe, expect, it } from '@jest/globals';
import { openEventStore } from '@streamvault/event-store';
import {
  canBeTakenAway,
  kurrentDbUnderTest,
  startKurrentDb,
  type KurrentDbServer,
} from '@streamvault/event-store/kurrentdb-testing';
import { Home, type Outcome } from '../../cli-process.testing.js';

const withKurrentDb = (body: (home: Home, server: KurrentDbServer) => Promise<void>) => () =>
  Home.with(async (home) => {
    const server = await startKurrentDb();
    try {
      await body(home, server);
    } finally {
      await server.kill();
    }
  });

/** Settles when this many events were copied. */
async function copied({ url }: KurrentDbServer, count: number): Promise<void> {
  const store = await openEventStore(url);
  const enough = new AbortController();
  let seen = 0;
  for await (const { kind } of store.subscribe({ from: 'start', signal: enough.signal }))
    if (kind === 'event' && (seen += 1) === count) enough.abort();
  await store.close();
}

describe(`log copy between sqlite: and kurrentdb:// (${kurrentDbUnderTest})`, () => {
  const events = 3_000;
  const copy = (home: Home, ...options: string[]) => home.run(['log', 'copy', ...options, '--json']);
  const headOf = async (home: Home, file: string): Promise<string> =>
    (await home.run(['log', 'head'], { EVENT_STORE_URL: `sqlite:${file}` })).stdout;

  /** Interrupts a copy, continues it, and copies everything back into a file. */
  async function resumes(
    home: Home,
    { url }: KurrentDbServer,
    interrupted: () => Promise<Outcome>,
    expected: object,
  ): Promise<void> {
    await home.makeLog(events);
    const broken = await interrupted();
    expect(broken).toMatchObject({ code: 1, stderr: '' });
    expect(broken.json()).toMatchObject({ ok: false, error: expected });
    const rest = (await copy(home, '--to', url)).json();
    expect(rest).toMatchObject({ ok: true, events, hash: expect.stringMatching(/^[\da-f]{64}$/) });
    expect(rest['appended']).toBeGreaterThan(0);
    expect(rest['appended']).toBeLessThan(events);
    expect((await copy(home, '--to', url)).json()).toMatchObject({ ok: true, appended: 0 });

    expect((await copy(home, '--from', url, '--to', 'sqlite:back.db')).json()).toEqual({ ...rest, appended: events });
    expect((await copy(home, '--from', url, '--to', 'sqlite:back.db')).json()).toMatchObject({ appended: 0 });
    expect(await headOf(home, 'back.db')).toBe(await headOf(home, home.log));
  }

  it(
    'that was interrupted continues where it was, and comes back with the very same head',
    withKurrentDb((home, server) =>
      resumes(
        home,
        server,
        async () => {
          const interrupt = new AbortController();
          const copying = home.run(['log', 'copy', '--to', server.url, '--json'], {}, interrupt.signal);
          await copied(server, 100);
          interrupt.abort();
          return copying;
        },
        { code: 'interrupted', message: 'Interrupted.' },
      ),
    ),
  );

  (canBeTakenAway ? it : it.skip)(
    'that lost its server says so in one line, and goes on when it is back',
    withKurrentDb((home, server) =>
      resumes(
        home,
        server,
        async () => {
          const copying = copy(home, '--to', server.url);
          await copied(server, 100);
          await server.kill();
          const outcome = await copying;
          await server.start();
          return outcome;
        },
        { code: 'event-store.unavailable', message: expect.stringMatching(/^KurrentDB at [^\n]* does not answer/) },
      ),
    ),
  );

  it(
    'refuses a server that holds another log, and writes nothing to it',
    withKurrentDb(async (home, server) => {
      await home.makeLog(10);
      expect((await copy(home, '--to', server.url)).code).toBe(0);
      const other = await openEventStore(`sqlite:${home.path('other.db')}`);
      await other.close();
      const more = await home.run(['log', 'copy', '--from', 'sqlite:other.db', '--to', server.url]);
      expect(more).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(/contains more than.*Nothing was written/),
      });
      expect((await home.run(['log', 'stats', '--json'], { EVENT_STORE_URL: server.url })).json()).toMatchObject({
        events: 10,
        streams: 5,
      });
    }),
  );

  it(
    'has limits on KurrentDB: the commands of the embedded log say that they are for that one',
    withKurrentDb(async (home, server) => {
      for (const args of [
        ['log', 'verify'],
        ['log', 'head'],
        ['backup', 'b.db'],
        ['restore', 'b.db'],
      ]) {
        const { code, stderr } = await home.run(args, { EVENT_STORE_URL: server.url });
        expect([args, code, stderr]).toEqual([
          args,
          1,
          expect.stringMatching(/^This works with the embedded log [^\n]+\n$/),
        ]);
      }
    }),
  );
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EntityManager } from '@mikro-orm/sql';
import { type EventStore, openEventStore } from '@streamvault/event-store';
import {
  canBeTakenAway,
  kurrentDbUnderTest,
  startKurrentDb,
  type KurrentDbServer,
} from '@streamvault/event-store/kurrentdb-testing';
import type { ReadEvent } from '../event-registry.js';
import { command, registry, type TillEvent } from '../scenario.testing.js';
import type { Projection } from './projection.js';
import { ProjectionRunner } from './projection-runner.js';
import { SqliteDatabase, TillBalance } from './read-database.testing.js';
import { rowById } from './row-by-id.js';

/** Counts every payment, so it shows at once if an event counts twice or not at all. */
const balances: Projection<TillEvent> = {
  name: 'balances',
  version: 1,
  filter: { categories: ['till'] },
  entities: [TillBalance],
  async handle(event: ReadEvent<TillEvent>, em: EntityManager) {
    const till = await rowById(em, TillBalance, event.stream);
    const lastRevision = String(event.revision);
    if (till) Object.assign(till, { balance: till.balance + 1, payments: till.payments + 1, lastRevision });
    else em.create(TillBalance, { till: event.stream, balance: 1, payments: 1, lastRevision });
  },
};

describe(`ProjectionRunner on KurrentDB (${kurrentDbUnderTest})`, () => {
  let server: KurrentDbServer;
  let store: EventStore;
  let database: SqliteDatabase;
  const runners: ProjectionRunner[] = [];

  beforeEach(async () => {
    server = await startKurrentDb();
    store = await openEventStore(server.url);
    database = await SqliteDatabase.create();
  });
  afterEach(async () => {
    await Promise.all(runners.splice(0).map((runner) => runner.stop()));
    await store.close();
    await database.dispose();
    await server.kill();
  });

  const started = (): ProjectionRunner => {
    const logger = { info: () => {}, warn: () => {}, error: () => {} };
    const backoff = { firstMs: 1, maxMs: 5 };
    const runner = new ProjectionRunner({
      store,
      registry,
      em: () => database.em,
      projections: [balances],
      logger,
      backoff,
      batchSize: 10,
    });
    runners.push(runner);
    runner.start();
    return runner;
  };
  const pay = async (payment: number, on = 'till'): Promise<void> => {
    const paid = registry.toNewEvent({ type: 'PaidIn', data: { amount: 1 } }, command());
    await store.append(`${on}-${payment % 3}`, [paid], 'any');
  };
  const balanceOf = (payments: number) =>
    Array.from({ length: 3 }, (_, till) => {
      const own = Math.floor(payments / 3) + (till < payments % 3 ? 1 : 0);
      return { till: `till-${till}`, balance: own, payments: own, last_revision: String(own - 1) };
    });

  it('catches up, follows, and goes on after a restart from its checkpoint', async () => {
    for (let payment = 0; payment < 60; payment += 1) await pay(payment);
    const first = started();
    expect(await first.waitForNonStale(20_000)).toBe(true);
    await pay(60);
    // Includes progress over events that it does not handle.
    await pay(0, 'other');
    expect(await first.waitForNonStale(20_000)).toBe(true);
    expect(await database.balances()).toEqual(balanceOf(61));
    await first.stop();
    for (let payment = 61; payment < 75; payment += 1) await pay(payment);
    const second = started();
    expect(await second.waitForNonStale(20_000)).toBe(true);
    expect(await database.balances()).toEqual(balanceOf(75));
    while (second.status()[0]?.state !== 'live') await new Promise((resolve) => setImmediate(resolve));
    expect(second.status()).toMatchObject([{ name: 'balances', lagSeconds: 0 }]);
  });

  (canBeTakenAway ? it : it.skip)('counts each event once, however often the server goes away', async () => {
    const runner = started();
    expect(await runner.waitForNonStale(20_000)).toBe(true);
    for (let payment = 0; payment < 120; payment += 1) {
      await pay(payment);
      if (payment % 40 !== 20) continue;
      await server.kill();
      await server.start();
    }
    expect(await runner.waitForNonStale(30_000)).toBe(true);
    expect(await database.balances()).toEqual(balanceOf(120));
  });
});

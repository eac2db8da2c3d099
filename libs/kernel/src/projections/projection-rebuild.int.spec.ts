import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryEventStore, parsePosition } from '@streamvault/event-store';
import type { EntityClass, EntityManager } from '@mikro-orm/sql';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { ReadEvent } from '../event-registry.js';
import { command, registry, type TillEvent } from '../scenario.testing.js';
import { type BuildsAhead, buildUpToHead } from './build-ahead.js';
import type { Projection, ProjectionStatus } from './projection.js';
import { ProjectionNotFound, ProjectionRunner, type ProjectionRunnerOptions } from './projection-runner.js';
import { rowById } from './row-by-id.js';
import { ProjectionCheckpoint } from './projection-checkpoint.entity.js';
import {
  type ReadDatabase,
  ReshapedTill,
  SeenAmount,
  SqliteDatabase,
  testEngines,
  TillBalance,
} from './read-database.testing.js';

class Balances implements Projection<TillEvent> {
  name = 'balances';
  version = 1;
  filter = { categories: ['till'] };
  entities: EntityClass<object>[] = [TillBalance];
  met = 0;
  meet: (event: ReadEvent<TillEvent>) => Promise<void> | void = () => {};

  async handle(event: ReadEvent<TillEvent>, em: EntityManager): Promise<void> {
    this.met += 1;
    await this.meet(event);
    const till = await rowById(em, TillBalance, event.stream);
    const lastRevision = String(event.revision);
    if (till) {
      till.balance += event.data.amount;
      till.payments += 1;
      till.lastRevision = lastRevision;
    } else em.create(TillBalance, { till: event.stream, balance: event.data.amount, payments: 1, lastRevision });
  }
}

class Amounts implements Projection<TillEvent> {
  name = 'amounts';
  version = 1;
  filter = { categories: ['till'] };
  entities = [SeenAmount];

  handle(event: ReadEvent<TillEvent>, em: EntityManager): void {
    em.create(SeenAmount, { id: event.id, amount: Number(event.position) });
  }
}

/** The same projection in a later release that forgot to raise the version: it has other columns. */
class ReshapedBalances extends Balances {
  override entities: EntityClass<object>[] = [ReshapedTill];

  override async handle(event: ReadEvent<TillEvent>, em: EntityManager): Promise<void> {
    await this.meet(event);
    const till = await rowById(em, ReshapedTill, event.stream);
    const { amount } = event.data;
    if (till) Object.assign(till, { balance: till.balance + amount, notes: [...till.notes, 'again'] });
    else
      em.create(ReshapedTill, {
        till: event.stream,
        balance: amount,
        notes: ['first'],
        isOpen: true,
        remark: null,
        owner: 'me',
      });
  }
}

describe.each(testEngines())('rebuilding beside the live rows on $name', (engine) => {
  beforeAll(() => engine.start());
  afterAll(() => engine.stop());

  let store: MemoryEventStore;
  let database: ReadDatabase;
  let balances: Balances;
  let runners: ProjectionRunner[];

  const pay = async (count: number): Promise<void> => {
    for (let payment = 0; payment < count; payment++) {
      const paid = registry.toNewEvent({ type: 'PaidIn', data: { amount: 1 } }, command());
      await store.append(`till-${payment % 3}`, [paid], 'any');
    }
  };
  const started = (options: Partial<ProjectionRunnerOptions> = {}): ProjectionRunner => {
    const silent = () => {};
    const runner = new ProjectionRunner({
      store,
      registry,
      em: () => database.em,
      projections: [balances],
      logger: { info: silent, warn: silent, error: silent },
      backoff: { firstMs: 1, maxMs: 5 },
      places: database.places(),
      rebuildBatchSize: 20,
      ...options,
    });
    runners.push(runner);
    runner.start();
    return runner;
  };
  const until = async (what: string, holds: () => boolean): Promise<void> => {
    const deadline = Date.now() + 15_000;
    while (!holds()) {
      if (Date.now() > deadline) throw new Error(`In vain: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  const status = (runner: ProjectionRunner): ProjectionStatus => runner.status()[0]!;
  const rebuilt = (runner: ProjectionRunner) =>
    until('nothing is rebuilt any more', () => runner.status().every(({ rebuild }) => rebuild === undefined));
  const payments = async (): Promise<number> => {
    const rows = (await database.balances()) as { payments: number }[];
    return rows.reduce((sum, row) => sum + row.payments, 0);
  };
  const nothingIsLeft = async () => expect(await database.places().leftOver([balances, new Amounts()])).toEqual([]);

  beforeEach(async () => {
    store = new MemoryEventStore();
    database = await engine.create();
    balances = new Balances();
    runners = [];
  });
  afterEach(async () => {
    await Promise.all(runners.map((runner) => runner.stop()));
    await database.dispose();
  });

  it('never shows a half-built model, and lets the live one go on until the new one takes its place', async () => {
    await pay(300);
    const runner = started();
    await runner.waitForNonStale(10_000);
    await database.em.fork().execute('update till_balances set balance = 0');
    // Held halfway, while more events arrive.
    const gate = Promise.withResolvers<void>();
    balances.met = 0;
    balances.meet = ({ position }) => (position === parsePosition('150') ? gate.promise : undefined);
    const seen: number[] = [];
    runner.rebuild('balances');
    await until('it is half built', () => (status(runner).rebuild?.progress ?? 0) > 0.2);
    expect(status(runner)).toMatchObject({ state: 'live', rebuild: { state: 'building' } });
    for (let round = 0; round < 10; round++) {
      await pay(3);
      expect(await runner.waitForNonStale(10_000)).toBe(true);
      seen.push(await payments());
    }
    expect(seen).toEqual(Array.from({ length: 10 }, (_, round) => 303 + 3 * round));
    gate.resolve();
    const watching = (async () => {
      while (status(runner).rebuild) {
        seen.push(await payments());
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await rebuilt(runner);
    await watching;
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    await pay(3);
    expect(await runner.waitForNonStale(10_000)).toBe(true);
    expect(await database.balances()).toMatchObject([{ balance: 111 }, { balance: 111 }, { balance: 111 }]);
    await nothingIsLeft();
  });

  it('takes its place while events keep coming, without losing or doubling one', async () => {
    await pay(100);
    const runner = started({ batchSize: 3 });
    const paying = new AbortController();
    const customer = (async () => {
      let paid = 0;
      for (; !paying.signal.aborted; paid += 3) {
        await pay(3);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return paid;
    })();
    for (let round = 0; round < 3; round++) {
      runner.rebuild('balances');
      await rebuilt(runner);
    }
    paying.abort();
    const total = 100 + (await customer);
    expect(await runner.waitForNonStale(15_000)).toBe(true);
    expect(await payments()).toBe(total);
  });

  it('reports how far it is and how long it takes', async () => {
    await pay(400);
    const runner = started();
    await runner.waitForNonStale(10_000);
    const gate = Promise.withResolvers<void>();
    balances.meet = ({ position }) => (position === parsePosition('200') ? gate.promise : undefined);
    runner.rebuild('balances');
    await until('the time is estimated', () => typeof status(runner).rebuild?.remainingSeconds === 'number');
    await until('it stands at the gate', () => (status(runner).rebuild?.progress ?? 0) >= 0.45);
    expect(status(runner).rebuild).toMatchObject({ state: 'building', startedAt: expect.stringMatching(/Z$/) });
    expect(status(runner).rebuild?.progress).toBeLessThan(0.5);
    expect(status(runner).rebuild?.remainingSeconds).toBeGreaterThan(0);
    gate.resolve();
    await rebuilt(runner);
    expect(status(runner)).not.toHaveProperty('rebuild');
  });

  it('is continued by the next process', async () => {
    await pay(200);
    const first = started();
    await first.waitForNonStale(10_000);
    balances.meet = ({ position }) => {
      if (position === parsePosition('130')) throw Object.assign(new Error('killed'), { code: '08006' });
    };
    first.rebuild('balances');
    await until('most of it is built', () => (status(first).rebuild?.position ?? 0n) >= 120n);
    await first.stop();
    expect(await payments()).toBe(200);
    balances.meet = () => {};
    balances.met = 0;
    const second = started();
    await until('it was taken up', () => balances.met > 0);
    await rebuilt(second);
    expect(balances.met).toBeLessThanOrEqual(80);
    expect(await payments()).toBe(200);
    await nothingIsLeft();
  });

  it('does not touch the live rows if an event cannot be applied, and can be retried', async () => {
    await pay(60);
    const runner = started();
    await runner.waitForNonStale(10_000);
    balances.meet = ({ position }) => {
      if (position === parsePosition('41')) throw new TypeError('no such colour');
    };
    runner.rebuild('balances');
    await until('it failed', () => status(runner).rebuild?.state === 'failed');
    expect(status(runner)).toMatchObject({
      state: 'live',
      rebuild: { error: 'no such colour', poisonedEvent: { position: parsePosition('41') } },
    });
    expect(await payments()).toBe(60);
    await nothingIsLeft();
    balances.meet = () => {};
    runner.rebuild('balances');
    await rebuilt(runner);
    expect(await payments()).toBe(60);
  });

  it('restores a projection that an event had stopped', async () => {
    await pay(30);
    balances.meet = ({ position }) => {
      if (position === parsePosition('20')) throw new TypeError('a defect');
    };
    const runner = started();
    expect(await runner.waitForNonStale(10_000)).toBe(false);
    expect(await payments()).toBe(19);
    balances.meet = () => {};
    runner.rebuild('balances');
    await rebuilt(runner);
    expect(await runner.waitForNonStale(10_000)).toBe(true);
    await pay(3);
    expect(await runner.waitForNonStale(10_000)).toBe(true);
    expect(await payments()).toBe(33);
  });

  it("serves another version's rows unchanged until its own are built", async () => {
    await pay(60);
    const before = started();
    await before.waitForNonStale(10_000);
    await before.stop();
    balances.version = 2;
    const gate = Promise.withResolvers<void>();
    balances.meet = ({ position }) => (position === parsePosition('50') ? gate.promise : undefined);
    const after = started();
    await until('it is being built', () => status(after).rebuild?.state === 'building');
    expect(status(after)).toMatchObject({ version: 2, state: 'outdated' });
    expect(await after.waitForNonStale(10_000)).toBe(false);
    expect(await payments()).toBe(60);
    gate.resolve();
    await rebuilt(after);
    expect(await after.waitForNonStale(10_000)).toBe(true);
    expect(await database.checkpoints()).toMatchObject([{ version: 2, position: '60' }]);
    expect(await payments()).toBe(60);
  });

  it('rebuilds several, one after the other, and each only once', async () => {
    await pay(50);
    const runner = started({ projections: [balances, new Amounts()] });
    await runner.waitForNonStale(10_000);
    balances.met = 0;
    for (const name of ['balances', 'amounts', 'balances', 'amounts']) runner.rebuild(name);
    expect(runner.status().map(({ rebuild }) => rebuild?.state)).toEqual(['waiting', 'waiting']);
    await rebuilt(runner);
    expect(balances.met).toBe(50);
    expect(await database.em.fork().count(SeenAmount)).toBe(50);
    await nothingIsLeft();
  });

  describe('with most of it built elsewhere', () => {
    /** As a thread does it: over its own connection. */
    const elsewhere: BuildsAhead = {
      build: async (projection, progress) => {
        const place = await database.places().open(projection);
        await buildUpToHead(projection, { store, registry, em: place.em, batchSize: 20, ...progress });
        await place.close();
      },
    };

    it('continues from there, and reports how far it is meanwhile', async () => {
      await pay(200);
      const gate = Promise.withResolvers<void>();
      const runner = started({
        ahead: {
          build: async (projection, progress) => {
            await elsewhere.build(projection, progress);
            await gate.promise;
          },
        },
      });
      await runner.waitForNonStale(10_000);
      runner.rebuild('balances');
      await until('it is built elsewhere', () => status(runner).rebuild?.position === parsePosition('200'));
      expect(status(runner)).toMatchObject({ state: 'live', rebuild: { state: 'building', progress: 1 } });
      await pay(3);
      balances.met = 0;
      await runner.waitForNonStale(10_000);
      gate.resolve();
      await rebuilt(runner);
      // Three for the live rows, three for those that were built.
      expect(balances.met).toBe(6);
      expect(await payments()).toBe(203);
      await nothingIsLeft();
    });

    it('does all of it here if that failed', async () => {
      await pay(50);
      const runner = started({ ahead: { build: () => Promise.reject(new Error('out of memory')) } });
      runner.rebuild('balances');
      await rebuilt(runner);
      expect(await runner.waitForNonStale(10_000)).toBe(true);
      expect(await payments()).toBe(50);
    });

    it('names the event at which it failed, wherever that was met', async () => {
      await pay(60);
      const runner = started({ ahead: elsewhere });
      await runner.waitForNonStale(10_000);
      balances.meet = ({ position }) => {
        if (position === parsePosition('41')) throw new TypeError('no such colour');
      };
      runner.rebuild('balances');
      await until('it failed', () => status(runner).rebuild?.state === 'failed');
      expect(status(runner).rebuild).toMatchObject({
        error: 'no such colour',
        poisonedEvent: { position: parsePosition('41') },
      });
      await nothingIsLeft();
    });

    it('stops elsewhere when it is stopped here, and is continued', async () => {
      await pay(200);
      const first = started({ ahead: elsewhere });
      await first.waitForNonStale(10_000);
      const gate = Promise.withResolvers<void>();
      balances.meet = ({ position }) => (position === parsePosition('130') ? gate.promise : undefined);
      first.rebuild('balances');
      await until('most of it is built', () => (status(first).rebuild?.position ?? 0n) >= 120n);
      const stopped = first.stop();
      gate.resolve();
      await stopped;
      expect(await payments()).toBe(200);
      balances.met = 0;
      const second = started({ ahead: elsewhere });
      await until('it was taken up', () => balances.met > 0);
      await rebuilt(second);
      expect(balances.met).toBeLessThanOrEqual(80);
      expect(await payments()).toBe(200);
    });
  });

  it('builds tables of another shape beside the old ones, whose rows stay readable until then', async () => {
    await pay(30);
    const former = started();
    await former.waitForNonStale(10_000);
    await former.stop();
    await database.openWith([ProjectionCheckpoint, ReshapedTill, SeenAmount]);
    const gate = Promise.withResolvers<void>();
    balances = new ReshapedBalances();
    balances.meet = () => gate.promise;
    const runner = started();
    await until('it is found to be outdated', () => status(runner).state === 'outdated');
    const tills = () => database.em.fork().find(ReshapedTill, {}, { orderBy: { till: 'asc' } });
    expect(await tills()).toMatchObject([
      { till: 'till-0', balance: 10, notes: [], isOpen: false, remark: null, owner: '' },
      { balance: 10 },
      { balance: 10 },
    ]);
    gate.resolve();
    await rebuilt(runner);
    await pay(1);
    await runner.waitForNonStale(10_000);
    expect(await tills()).toMatchObject([
      { balance: 11, isOpen: true, owner: 'me', notes: expect.arrayContaining(['first', 'again']) },
      { balance: 10 },
      { balance: 10 },
    ]);
    // Nothing of the old shape remains.
    const different = await database.orm.schema.getUpdateSchemaSQL({ wrap: false });
    expect(different.replace("set names 'utf8';", '').trim()).toBe('');
    await nothingIsLeft();
  });

  it('creates a table again that was dropped', async () => {
    await pay(3);
    await (async () => {
      const former = started();
      await former.waitForNonStale(10_000);
      await former.stop();
    })();
    await database.em.fork().execute('drop table till_balances');
    await database.openWith(database.entities);
    const runner = started();
    await until('it is built', () => status(runner).state === 'live');
    await rebuilt(runner);
    expect(await payments()).toBe(3);
  });

  it('rebuilds over an empty log, and knows its projections', async () => {
    const runner = started();
    runner.rebuild('balances');
    await rebuilt(runner);
    expect(status(runner).state).toBe('live');
    expect(() => runner.rebuild('nobody')).toThrow(ProjectionNotFound);
  });

  if (engine.name === 'SQLite')
    it('starts over if the leftovers are of no use', async () => {
      await pay(20);
      const path = `${(database as SqliteDatabase).path}.rebuild-balances`;
      await writeFile(path, 'half of a database, torn off in the middle of a page'.repeat(100));
      const runner = started();
      await until('it was taken up', () => !existsSync(path));
      await rebuilt(runner);
      expect(await payments()).toBe(20);
    });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreUnavailable, type EventStore, MemoryEventStore, parsePosition } from '@streamvault/event-store';
import type { EntityClass, EntityManager } from '@mikro-orm/sql';
import { randomUUID } from 'node:crypto';
import type { ReadEvent } from '../event-registry.js';
import { command, DamagedStore, registry, type TillEvent } from '../scenario.testing.js';
import type { Projection, ProjectionFailure } from './projection.js';
import { ProjectionRunner, type ProjectionRunnerOptions } from './projection-runner.js';
import { rowById } from './row-by-id.js';
import {
  type PostgresDatabase,
  type ReadDatabase,
  SeenAmount,
  testEngines,
  TillBalance,
} from './read-database.testing.js';

/** Counts every payment, so it shows at once if an event counts twice or not at all. */
class Balances implements Projection<TillEvent> {
  name = 'balances';
  version = 1;
  filter = { categories: ['till'] };
  /** Called before an event is applied; throws to simulate a failure. */
  meet: (event: ReadEvent<TillEvent>) => void = () => {};
  /** Called with the row if it is available at once. */
  look: (row: unknown) => void = () => {};
  rowOf?: NonNullable<Projection<TillEvent>['rowOf']>;

  async handle(event: ReadEvent<TillEvent>, em: EntityManager): Promise<void> {
    this.meet(event);
    const row = rowById(em, TillBalance, event.stream);
    this.look(row);
    const till = await row;
    const amount = event.type === 'PaidIn' ? event.data.amount : -event.data.amount;
    const lastRevision = String(event.revision);
    if (till) {
      till.balance += amount;
      till.payments += 1;
      till.lastRevision = lastRevision;
    } else {
      em.create(TillBalance, { till: event.stream, balance: amount, payments: 1, lastRevision });
    }
  }

  entities: EntityClass<object>[] = [TillBalance];
}

/** Fails when the database says so, at the end of a batch. */
class Amounts implements Projection<TillEvent> {
  name = 'amounts';
  version = 1;
  filter = { categories: ['till'] };

  handle(event: ReadEvent<TillEvent>, em: EntityManager): void {
    em.create(SeenAmount, { id: event.id, amount: event.data.amount });
  }

  entities = [SeenAmount];
}

describe.each(testEngines())('ProjectionRunner on $name', (engine) => {
  beforeAll(() => engine.start());
  afterAll(() => engine.stop());

  let store: MemoryEventStore;
  let database: ReadDatabase;
  let balances: Balances;
  let runners: ProjectionRunner[];
  let failures: ProjectionFailure[];
  let logged: string[];

  const pay = async (count: number, { tills = 3, on = 'till', amount = (): number => 1 } = {}): Promise<void> => {
    for (let payment = 0; payment < count; payment++) {
      const paid = registry.toNewEvent({ type: 'PaidIn', data: { amount: amount() } }, command());
      await store.append(`${on}-${payment % tills}`, [paid], 'any');
    }
  };
  const runner = (options: Partial<ProjectionRunnerOptions> = {}): ProjectionRunner => {
    const log = (message: string) => void logged.push(message);
    const created = new ProjectionRunner({
      store,
      registry,
      em: () => database.em,
      projections: [balances],
      logger: { info: log, warn: log, error: log },
      onError: (failure) => failures.push(failure),
      backoff: { firstMs: 1, maxMs: 5 },
      batchSize: 10,
      ...options,
    });
    runners.push(created);
    return created;
  };
  const started = (options: Partial<ProjectionRunnerOptions> = {}): ProjectionRunner => {
    const created = runner(options);
    created.start();
    return created;
  };
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setImmediate(resolve));
  };
  const balanceOf = (payments: number, tills = 3) =>
    Array.from({ length: tills }, (_, till) => {
      const own = Math.floor(payments / tills) + (till < payments % tills ? 1 : 0);
      return { till: `till-${till}`, balance: own, payments: own, last_revision: String(own - 1) };
    });

  beforeEach(async () => {
    store = new MemoryEventStore();
    database = await engine.create();
    balances = new Balances();
    runners = [];
    failures = [];
    logged = [];
  });

  afterEach(async () => {
    await Promise.all(runners.map((runner) => runner.stop()));
    await database.dispose();
  });

  it('waits for rows that another process maintains', async () => {
    const [keeper, reader] = [started(), runner()];
    await pay(30);
    const head = (await store.headPosition())!;
    expect(await reader.waitFor(head, { timeoutMs: 10_000, projections: ['balances'] })).toBe(true);
    await keeper.stop();
    await pay(1);
    expect(await reader.waitForNonStale(60)).toBe(false);
    expect(reader.status()).toMatchObject([{ state: 'stopped' }]);
  });

  it('catches up in batches, goes live, and reports it', async () => {
    await pay(95);
    const running = started();
    const advances: unknown[] = [];
    const forget = running.onAdvance((advance) => advances.push(advance));
    expect(await running.waitForNonStale(10_000)).toBe(true);
    expect(await database.balances()).toEqual(balanceOf(95));
    expect(advances.length).toBeGreaterThanOrEqual(10);
    await pay(7, { tills: 1 });
    expect(await running.waitForNonStale(10_000)).toBe(true);
    forget();
    expect(running.status()).toEqual([
      { name: 'balances', version: 1, state: 'live', position: await store.headPosition(), lagSeconds: 0 },
    ]);
    const head = (await store.headPosition())!;
    expect(await database.checkpoints()).toEqual([
      {
        name: 'balances',
        version: 1,
        position: String(head),
        fingerprint: await store.fingerprint(head),
        shape: expect.any(String),
      },
    ]);
    await running.stop();
    expect(running.status()).toMatchObject([{ state: 'stopped' }]);
  });

  it('has nothing to wait for in an empty log', async () => {
    expect(await started().waitForNonStale(10_000)).toBe(true);
  });

  it('has the rows of a batch at hand if the projection names them', async () => {
    const before = started();
    await pay(3);
    await before.waitForNonStale(10_000);
    await before.stop();
    await pay(6);
    const atHand: boolean[] = [];
    balances.rowOf = ({ stream }) => ({ entity: TillBalance, id: stream });
    balances.look = (row) => atHand.push(!(row instanceof Promise));
    expect(await started().waitForNonStale(10_000)).toBe(true);
    expect(atHand).toEqual(Array.from({ length: 6 }, () => true));
    expect(await database.balances()).toEqual(balanceOf(9));
  });

  it('counts every event once, wherever in a batch the process died', async () => {
    await pay(60);
    for (const dieAt of [1, 5, 10, 11, 25, 38, 59]) {
      let met = 0;
      const running = runner({ backoff: { firstMs: 60_000, maxMs: 60_000 } });
      const died = Promise.withResolvers<void>();
      balances.meet = () => {
        met += 1;
        if (met < dieAt) return;
        died.resolve();
        throw Object.assign(new Error('killed'), { code: 'SQLITE_IOERR' });
      };
      running.start();
      await Promise.race([died.promise, running.waitForNonStale(10_000)]);
      await running.stop();
      await database.orm.close(true);
      await database.open();
    }
    balances.meet = () => {};
    expect(await started().waitForNonStale(10_000)).toBe(true);
    expect(await database.balances()).toEqual(balanceOf(60));
  });

  it('counts every event once if two processes run the same projection', async () => {
    const [one, other] = [started({ batchSize: 3 }), started({ batchSize: 7 })];
    await pay(200);
    expect(await Promise.all([one.waitForNonStale(20_000), other.waitForNonStale(20_000)])).toEqual([true, true]);
    expect(await database.balances()).toEqual(balanceOf(200));
  });

  it('builds the same rows again after the database was deleted', async () => {
    await pay(120);
    const before = started();
    await before.waitForNonStale(10_000);
    await before.stop();
    const rows = await database.balances();
    await database.deleteAndOpen();
    expect(await database.balances()).toEqual([]);
    await started().waitForNonStale(10_000);
    expect(await database.balances()).toEqual(rows);
  });

  it('rebuilds what another version of the projection wrote', async () => {
    await pay(30);
    const before = started();
    await before.waitForNonStale(10_000);
    await before.stop();
    await database.em.fork().execute('update till_balances set balance = 1000');
    await database.em.fork().execute("insert into till_balances values ('x', 1, 1, '')");
    balances.version = 2;
    const after = started();
    await after.waitForNonStale(10_000);
    expect(await database.balances()).toEqual(balanceOf(30));
    expect(await database.checkpoints()).toMatchObject([{ version: 2 }]);
  });

  it('rebuilds rows of unknown progress', async () => {
    await pay(30);
    const before = started();
    await before.waitForNonStale(10_000);
    await before.stop();
    await database.em.fork().execute("update projection_checkpoints set position = 'nonsense'");
    const after = started();
    await after.waitForNonStale(10_000);
    expect(await database.balances()).toEqual(balanceOf(30));
  });

  it('rebuilds rows of another log, and reports it', async () => {
    await pay(30);
    const before = started();
    await before.waitForNonStale(10_000);
    await before.stop();
    // The log was lost and replaced by a shorter one with a different continuation.
    store = new MemoryEventStore();
    await pay(12);
    const after = started();
    await after.waitForNonStale(10_000);
    expect(await database.balances()).toEqual(balanceOf(12));
    expect(logged).toContainEqual(expect.stringMatching(/went back or was replaced/));
    await after.stop();
    const { id } = (await store.eventAt((await store.headPosition())!))!;
    expect(await database.checkpoints()).toMatchObject([{ position: '12', fingerprint: id }]);
  });

  describe('an event that cannot be applied', () => {
    const poison = (event: ReadEvent<TillEvent>) => {
      if (event.position === parsePosition('17')) throw new TypeError('no such colour');
    };

    it('stops its projection right there, with an error, and no other', async () => {
      await pay(40);
      balances.meet = poison;
      const healthy = new Balances();
      healthy.name = 'healthy';
      healthy.handle = () => Promise.resolve();
      healthy.entities = [];
      const running = started({ projections: [balances, healthy] });
      expect(await running.waitForNonStale(10_000)).toBe(false);
      expect(await database.balances()).toEqual(balanceOf(16));
      const position = parsePosition('17');
      expect(running.status()).toMatchObject([
        {
          name: 'balances',
          state: 'poisoned',
          position: parsePosition('16'),
          error: 'no such colour',
          poisonedEvent: { type: 'PaidIn', stream: 'till-1', revision: 5n, position },
        },
        { name: 'healthy', state: expect.stringMatching(/^live|catching-up$/), position: await store.headPosition() },
      ]);
      expect(failures).toMatchObject([{ projection: 'balances', poisonedEvent: { position } }]);
      expect(logged).toContain('A projection stopped at an event that it cannot apply');
    });

    it('also stops its projection if the log cannot read it, and is named', async () => {
      store = new DamagedStore(17n);
      await pay(40);
      const running = started();
      expect(await running.waitForNonStale(10_000)).toBe(false);
      expect(await database.balances()).toEqual(balanceOf(16));
      expect(running.status()).toMatchObject([
        {
          state: 'poisoned',
          position: parsePosition('16'),
          error: expect.stringMatching(/position 17 \(PaidIn in till-1\) is damaged/),
          poisonedEvent: { type: 'PaidIn', stream: 'till-1', revision: 5n, position: parsePosition('17') },
        },
      ]);
    });

    it('is retried by the next start, which continues from there', async () => {
      await pay(40);
      balances.meet = poison;
      const running = started();
      expect(await running.waitForNonStale(10_000)).toBe(false);
      await until(() => running.status()[0]?.state === 'poisoned');
      balances.meet = () => {};
      running.start();
      expect(await running.waitForNonStale(10_000)).toBe(true);
      expect(await database.balances()).toEqual(balanceOf(40));
      expect(running.status()[0]).not.toHaveProperty('error');
    });

    it('is found if the fault shows only at the end of the batch', async () => {
      let amount = 0;
      await pay(35, { amount: () => ++amount });
      await pay(1, { amount: () => 23 });
      await pay(20, { amount: () => ++amount });
      const running = started({ projections: [new Amounts()] });
      expect(await running.waitForNonStale(10_000)).toBe(false);
      expect(running.status()).toMatchObject([{ state: 'poisoned', position: parsePosition('35') }]);
      expect(await database.em.fork().count(SeenAmount)).toBe(35);
    });

    it('may be one that this program is too old for', async () => {
      await pay(4);
      const paid = registry.toNewEvent({ type: 'PaidIn', data: { amount: 1 } }, command());
      await store.append('till-1', [{ ...paid, version: 2 }], 'any');
      const running = started();
      expect(await running.waitForNonStale(10_000)).toBe(false);
      expect(running.status()).toMatchObject([{ state: 'poisoned', error: expect.stringContaining('newer version') }]);
      expect(await database.balances()).toEqual(balanceOf(4));
    });
  });

  describe('transient failures', () => {
    it('are waited out: a log whose subscriptions break', async () => {
      const flaky = new FlakyLog();
      store = flaky;
      await pay(50);
      flaky.breakAfter = [0, 7, 23, 1];
      const running = started();
      expect(await running.waitForNonStale(10_000)).toBe(true);
      expect(failures).toHaveLength(4);
      expect(await database.balances()).toEqual(balanceOf(50));
      expect(running.status()[0]).not.toHaveProperty('error');
    });
  });

  if (engine.name === 'SQLite')
    describe('transient failures that only SQLite has', () => {
      it('are waited out: a database that another process has locked', async () => {
        await pay(20);
        const other = await database.connect();
        const writing = other.em.fork();
        await writing.execute('begin immediate');
        const running = started();
        await until(() => failures.length > 3);
        expect(running.status()).toMatchObject([{ state: 'catching-up', error: expect.stringContaining('locked') }]);
        await writing.execute('rollback');
        await other.close();
        expect(await running.waitForNonStale(10_000)).toBe(true);
        expect(await database.balances()).toEqual(balanceOf(20));
        expect(failures.some(({ poisonedEvent }) => poisonedEvent)).toBe(false);
      });

      it('are waited out: a full disk', async () => {
        const running = started();
        await running.waitForNonStale(10_000);
        const [size] = await database.em.fork().execute<{ page_count: number }[]>('pragma page_count');
        await database.em.fork().execute(`pragma max_page_count = ${size?.page_count}`);
        await pay(2000, { tills: 2000 });
        await until(() => failures.length > 3);
        expect(running.status()).toMatchObject([{ error: expect.stringContaining('full') }]);
        await database.em.fork().execute('pragma max_page_count = 100000');
        expect(await running.waitForNonStale(20_000)).toBe(true);
        expect(await database.balances()).toHaveLength(2000);
        expect(failures.some(({ poisonedEvent }) => poisonedEvent)).toBe(false);
      });
    });

  if (engine.name === 'PostgreSQL')
    describe('transient failures that only PostgreSQL has', () => {
      it('are waited out: a server that stops in the middle of the work, and comes back', async () => {
        const { server } = database as PostgresDatabase;
        await pay(30);
        const running = started();
        expect(await running.waitForNonStale(10_000)).toBe(true);
        await server.stop();
        await pay(60);
        await until(() => failures.length > 3);
        expect(running.status()).toMatchObject([
          { state: 'catching-up', error: expect.stringMatching(/ECONN|terminat/) },
        ]);
        await server.start();
        expect(await running.waitForNonStale(10_000)).toBe(true);
        expect(await database.balances()).toEqual(balanceOf(90));
        expect(failures.some(({ poisonedEvent }) => poisonedEvent)).toBe(false);
      });

      it('are waited out: connections that are cut off repeatedly, more of them than the pool holds', async () => {
        const { server } = database as PostgresDatabase;
        let met = 0;
        balances.meet = () => void (met += 1);
        const cutting = (async () => {
          for (let cut = 0; cut < 8; cut++) {
            const before = met;
            await pay(42);
            await until(() => met > before);
            await server.cutConnections();
          }
        })();
        const running = started({ batchSize: 5 });
        await cutting;
        expect(await running.waitForNonStale(20_000)).toBe(true);
        expect(await database.balances()).toEqual(balanceOf(336));
        expect(failures.some(({ poisonedEvent }) => poisonedEvent)).toBe(false);
      });

      it('does not keep waiting callers once the database has been away for a while', async () => {
        const { server } = database as PostgresDatabase;
        const running = started();
        await pay(3);
        await running.waitForNonStale(10_000);
        await server.stop();
        await pay(3);
        const asked = performance.now();
        expect(await running.waitForNonStale(30_000)).toBe(false);
        expect(performance.now() - asked).toBeLessThan(10_000);
        await server.start();
      });
    });

  describe('waiting', () => {
    it('ends in time if the rows do not get there', async () => {
      await pay(3);
      const running = started();
      await running.waitForNonStale(10_000);
      expect(await running.waitFor(parsePosition('1000')!, { timeoutMs: 5 })).toBe(false);
      await running.stop();
      expect(await running.waitFor(parsePosition('1000')!, { timeoutMs: 60_000 })).toBe(false);
    });

    it('can be for some projections only', async () => {
      await pay(3);
      const stuck = new Balances();
      stuck.name = 'stuck';
      stuck.meet = () => {
        throw new Error('never');
      };
      const running = started({ projections: [stuck, balances] });
      const head = (await store.headPosition())!;
      expect(await running.waitFor(head, { timeoutMs: 10_000, projections: ['balances'] })).toBe(true);
      expect(await running.waitFor(head, { timeoutMs: 10_000 })).toBe(false);
    });
  });

  it('moves on over events that it does not handle without writing for each', async () => {
    await pay(5);
    const running = started();
    await running.waitForNonStale(10_000);
    await pay(500, { on: 'drawer' });
    expect(await running.waitForNonStale(10_000)).toBe(true);
    expect(await database.checkpoints()).toMatchObject([{ position: '5' }]);
    await running.stop();
    expect(await database.checkpoints()).toMatchObject([{ position: '505' }]);
    let met = 0;
    balances.meet = () => (met += 1);
    await pay(1);
    const again = started();
    await again.waitForNonStale(10_000);
    expect(met).toBe(1);
  });

  it('knows the age of what it has not applied', async () => {
    let now = Date.now() - 3_600_000;
    store = new MemoryEventStore({ now: () => now });
    await pay(3);
    now = Date.now();
    balances.meet = () => {
      throw new Error('never');
    };
    const running = started();
    await running.waitForNonStale(10_000);
    const [status] = running.status();
    expect(status?.lagSeconds).toBeGreaterThan(3595);
    expect(status?.lagSeconds).toBeLessThan(3700);
  });

  it('refuses two projections with the same name', () => {
    expect(() => runner({ projections: [balances, new Balances()] })).toThrow('same name');
  });
});

class FlakyLog extends MemoryEventStore {
  breakAfter: number[] = [];

  override async *subscribe(options: Parameters<EventStore['subscribe']>[0]) {
    let left = this.breakAfter.shift() ?? Infinity;
    for await (const message of super.subscribe(options)) {
      if (left-- === 0) throw new EventStoreUnavailable(`the connection broke ${randomUUID()}`);
      yield message;
    }
  }
}

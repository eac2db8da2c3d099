import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { isTransient } from '../log/transient-error.js';
import { inTransaction } from './in-transaction.js';
import { type PostgresDatabase, type ReadDatabase, testEngines, TillBalance } from './read-database.testing.js';

describe.each(testEngines())('inTransaction on $name', (engine) => {
  let database: ReadDatabase;
  beforeAll(() => engine.start());
  afterAll(() => engine.stop());

  beforeEach(async () => {
    database = await engine.create();
  });
  afterEach(() => database.dispose());

  it('writes nothing if the work fails, and says why', async () => {
    const work = inTransaction(database.em, async (em) => {
      em.create(TillBalance, { till: 'a', balance: 1, payments: 1, lastRevision: '0' });
      await em.flush();
      throw new RangeError('half way');
    });
    await expect(work).rejects.toThrow(RangeError);
    expect(await database.balances()).toEqual([]);
  });

  if (engine.name === 'SQLite')
    it('returns the connection if SQLite had already rolled back', async () => {
      const [size] = await database.em.fork().execute<{ page_count: number }[]>('pragma page_count');
      await database.em.fork().execute(`pragma max_page_count = ${size?.page_count}`);
      const work = inTransaction(database.em, async (em) => {
        const lastRevision = '0'.repeat(100_000);
        await em.insert(TillBalance, { till: 'a', balance: 1, payments: 1, lastRevision });
      });
      await expect(work).rejects.toMatchObject({ code: 'SQLITE_FULL' });
      expect(await database.balances()).toEqual([]);
    });

  if (engine.name === 'PostgreSQL')
    it('returns the connection if it was cut off, however often', async () => {
      const { server } = database as PostgresDatabase;
      for (let time = 0; time < 10; time++) {
        const work = inTransaction(database.em, async (em) => {
          await em.insert(TillBalance, { till: 'a', balance: 1, payments: 1, lastRevision: '0' });
          await server.cutConnections();
          await em.insert(TillBalance, { till: 'b', balance: 1, payments: 1, lastRevision: '0' });
        });
        const error: unknown = await work.then(
          () => undefined,
          (failure: unknown) => failure,
        );
        expect(isTransient(error)).toBe(true);
      }
      expect(await database.balances()).toEqual([]);
    });
});

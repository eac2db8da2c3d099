import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inTransaction } from './in-transaction.js';
import { type ReadDatabase, testEngines, TillBalance } from './read-database.testing.js';
import { rowById } from './row-by-id.js';

describe.each(testEngines())('rowById on $name', (engine) => {
  beforeAll(() => engine.start());
  afterAll(() => engine.stop());

  let database: ReadDatabase;

  beforeEach(async () => {
    database = await engine.create();
    await database.em.fork().insert(TillBalance, { till: 'a', balance: 1, payments: 1, lastRevision: '0' });
  });
  afterEach(() => database.dispose());

  it('loads a row once and has it at hand from then on', async () => {
    await inTransaction(database.em, async (em) => {
      const first = rowById(em, TillBalance, 'a');
      expect(first).toBeInstanceOf(Promise);
      const row = await first;
      expect(rowById(em, TillBalance, 'a')).toBe(row);
    });
  });

  it('finds a row that was created and not written yet', async () => {
    await inTransaction(database.em, async (em) => {
      em.create(TillBalance, { till: 'b', balance: 2, payments: 1, lastRevision: '0' });
      expect(await rowById(em, TillBalance, 'b')).toMatchObject({ balance: 2 });
    });
  });

  it('neither finds a removed row nor takes a reference for a row', async () => {
    await inTransaction(database.em, async (em) => {
      em.getReference(TillBalance, 'a');
      const row = await rowById(em, TillBalance, 'a');
      expect(row).toMatchObject({ balance: 1 });
      if (row) em.remove(row);
      expect(await rowById(em, TillBalance, 'a')).toBeNull();
      expect(await rowById(em, TillBalance, 'nobody')).toBeNull();
    });
  });
});

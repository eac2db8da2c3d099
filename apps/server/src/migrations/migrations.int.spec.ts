import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MikroORM } from '@mikro-orm/sqlite';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openReadDatabase, readDatabaseOptions } from '../runtime/read-database.js';

describe('the migrations of the read models', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sv-migrations-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('give exactly the tables that the entities describe', async () => {
    const url = `sqlite:${join(folder, 'read.db')}`;
    await (await openReadDatabase(url)).close();
    const orm = await MikroORM.init(readDatabaseOptions(url));
    const missing = await orm.schema.getUpdateSchemaSQL({ wrap: false });
    await orm.close();
    expect(missing.trim()).toBe('');
  });

  it('are applied once: opening again changes nothing', async () => {
    const url = `sqlite:${join(folder, 'read.db')}`;
    await (await openReadDatabase(url)).close();
    const again = await openReadDatabase(url);
    expect(await again.migrator.getPending()).toEqual([]);
    await again.close();
  });

  it('refuse a file that is no database with one line that says what to do', async () => {
    const file = join(folder, 'read.db');
    const { writeFile } = await import('node:fs/promises');
    await writeFile(file, 'this is not a database, and long enough to be looked at as one'.repeat(40));
    await expect(openReadDatabase(`sqlite:${file}`)).rejects.toThrow(/delete the file that DATABASE_URL names/);
  });
});

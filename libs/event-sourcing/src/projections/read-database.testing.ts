import { type EntityManager, MikroORM, defineEntity, p } from '@mikro-orm/sqlite';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProjectionCheckpoint } from './projection-checkpoint.entity.js';

const TillBalanceSchema = defineEntity({
  name: 'TillBalance',
  tableName: 'till_balances',
  properties: { till: p.string().primary(), balance: p.integer(), payments: p.integer(), lastRevision: p.string() },
});
export class TillBalance extends TillBalanceSchema.class {}
TillBalanceSchema.setClass(TillBalance);

/** Refuses a second payment of the same amount, but only when the batch is flushed. */
const SeenAmountSchema = defineEntity({
  name: 'SeenAmount',
  tableName: 'seen_amounts',
  properties: { id: p.string().primary(), amount: p.integer().unique() },
});
export class SeenAmount extends SeenAmountSchema.class {}
SeenAmountSchema.setClass(SeenAmount);

/** A read database in a real file, which can be closed, opened again and thrown away. */
export class ReadDatabase {
  readonly folder: string;
  orm!: MikroORM;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<ReadDatabase> {
    const database = new ReadDatabase(await mkdtemp(join(tmpdir(), 'read-models-')));
    await database.open();
    return database;
  }

  get path(): string {
    return join(this.folder, 'read-models.db');
  }

  get em(): EntityManager {
    return this.orm.em;
  }

  async open(): Promise<void> {
    this.orm = await this.connect();
    await this.orm.schema.update();
    await this.orm.em.fork().execute('pragma journal_mode = wal');
  }

  /** Another connection to the same file. Of the same library: two copies of SQLite in one process do not see each other's locks. */
  connect(): Promise<MikroORM> {
    return MikroORM.init({
      dbName: this.path,
      entities: [ProjectionCheckpoint, TillBalance, SeenAmount],
      // A locked database is reported at once instead of after seconds.
      driverOptions: { timeout: 1 },
    });
  }

  async deleteAndOpen(): Promise<void> {
    await this.orm.close(true);
    for (const suffix of ['', '-wal', '-shm']) await rm(this.path + suffix, { force: true });
    await this.open();
  }

  async balances(): Promise<unknown[]> {
    return this.em.fork().execute('select * from till_balances order by till');
  }

  async checkpoints(): Promise<Record<string, unknown>[]> {
    return this.em.fork().execute('select * from projection_checkpoints order by name');
  }

  async dispose(): Promise<void> {
    await this.orm.close(true);
    await rm(this.folder, { recursive: true });
  }
}

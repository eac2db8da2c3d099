import { MikroORM as PostgresOrm } from '@mikro-orm/postgresql';
import { defineEntity, type EntityClass, type EntityManager, type MikroORM, p } from '@mikro-orm/sql';
import { MikroORM as SqliteOrm } from '@mikro-orm/sqlite';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { column } from './columns.js';
import { PostgresServer } from '../postgres-server.testing.js';
import { PostgresRebuildPlaces } from './postgres-rebuild-places.js';
import { ProjectionCheckpoint } from './projection-checkpoint.entity.js';
import { prepareTables } from './read-model-tables.js';
import type { RebuildPlaces } from './rebuild-places.js';
import { SqliteRebuildPlaces } from './sqlite-rebuild-places.js';

const TillBalanceSchema = defineEntity({
  name: 'TillBalance',
  tableName: 'till_balances',
  properties: {
    till: column.text().primary(),
    balance: column.wholeNumber(),
    payments: column.wholeNumber(),
    lastRevision: column.text(),
  },
});
export class TillBalance extends TillBalanceSchema.class {}
TillBalanceSchema.setClass(TillBalance);

/** The same table, as a later release may want it. */
const ReshapedTillSchema = defineEntity({
  name: 'ReshapedTill',
  tableName: 'till_balances',
  properties: {
    till: column.sortableText().primary(),
    balance: column.number(),
    notes: column.json<string[]>(),
    isOpen: column.boolean(),
    remark: column.text().nullable(),
    owner: column.text().index(),
  },
});
export class ReshapedTill extends ReshapedTillSchema.class {}
ReshapedTillSchema.setClass(ReshapedTill);

/** Refuses a second payment of the same amount, but only when the batch is flushed. */
const SeenAmountSchema = defineEntity({
  name: 'SeenAmount',
  tableName: 'seen_amounts',
  properties: { id: p.string().primary(), amount: p.integer().unique() },
});
export class SeenAmount extends SeenAmountSchema.class {}
SeenAmountSchema.setClass(SeenAmount);

export const testEntities = [ProjectionCheckpoint, TillBalance, SeenAmount];

/** A real database for one test alone. */
export abstract class ReadDatabase {
  orm!: MikroORM;
  entities: readonly EntityClass<object>[] = testEntities;

  get em(): EntityManager {
    return this.orm.em;
  }

  async open(): Promise<void> {
    this.orm = await this.connect();
    const entities = this.entities.filter((each) => each !== ProjectionCheckpoint);
    await prepareTables([{ name: 'balances', entities }], this.em);
  }

  /** Another connection to the same database. */
  abstract connect(): Promise<MikroORM>;

  abstract places(): RebuildPlaces;

  /** After this nothing is in it, not even a table. */
  protected abstract delete(): Promise<void>;

  async deleteAndOpen(): Promise<void> {
    await this.orm.close(true);
    await this.delete();
    await this.open();
  }

  /** Opens it like a program that describes its tables differently. */
  async openWith(entities: readonly EntityClass<object>[]): Promise<void> {
    await this.orm.close(true);
    this.entities = entities;
    await this.open();
  }

  async balances(): Promise<unknown[]> {
    const rows = await this.em.fork().execute<Record<string, unknown>[]>('select * from till_balances order by till');
    return rows.map((row) => ({ ...row, balance: Number(row['balance']), payments: Number(row['payments']) }));
  }

  async checkpoints(): Promise<Record<string, unknown>[]> {
    const rows = await this.em
      .fork()
      .execute<Record<string, unknown>[]>('select * from projection_checkpoints order by name');
    return rows.map((row) => ({ ...row, version: Number(row['version']) }));
  }

  async dispose(): Promise<void> {
    await this.orm.close(true);
    await this.delete();
  }
}

/** A file, opened with the ORM's own copy of SQLite: two copies in one process do not see each other's locks. */
export class SqliteDatabase extends ReadDatabase {
  readonly folder: string;

  private constructor(folder: string) {
    super();
    this.folder = folder;
  }

  static async create(): Promise<SqliteDatabase> {
    const database = new SqliteDatabase(await mkdtemp(join(tmpdir(), 'read-models-')));
    await database.open();
    return database;
  }

  get path(): string {
    return join(this.folder, 'read-models.db');
  }

  override async open(): Promise<void> {
    await super.open();
    await this.orm.em.fork().execute('pragma journal_mode = wal');
  }

  // A locked database is reported at once instead of after seconds.
  connect = (file = this.path): Promise<MikroORM> =>
    SqliteOrm.init({ dbName: file, entities: [...this.entities], driverOptions: { timeout: 1 } });

  places(): RebuildPlaces {
    return new SqliteRebuildPlaces({ em: () => this.em, file: this.path, connect: this.connect });
  }

  protected async delete(): Promise<void> {
    for (const suffix of ['', '-wal', '-shm']) await rm(this.path + suffix, { force: true });
  }

  override async dispose(): Promise<void> {
    await super.dispose();
    await rm(this.folder, { recursive: true });
  }
}

export class PostgresDatabase extends ReadDatabase {
  readonly server: PostgresServer;
  readonly url: string;

  private constructor(server: PostgresServer, url: string) {
    super();
    this.server = server;
    this.url = url;
  }

  static async create(server: PostgresServer): Promise<PostgresDatabase> {
    const database = new PostgresDatabase(server, await server.createDatabase());
    await database.open();
    return database;
  }

  connect = (options?: string): Promise<MikroORM> =>
    PostgresOrm.init({
      clientUrl: this.url,
      entities: [...this.entities],
      pool: { min: 0, max: 4 },
      driverOptions: options === undefined ? {} : { options },
      logger: () => {},
    });

  places(): RebuildPlaces {
    return new PostgresRebuildPlaces({ em: () => this.em, connect: this.connect });
  }

  protected async delete(): Promise<void> {
    const name = new URL(this.url).pathname.slice(1);
    await this.server.administer(`drop database ${name} with (force)`);
    await this.server.administer(`create database ${name}`);
  }
}

export interface TestEngine {
  readonly name: string;
  start(): Promise<void>;
  create(): Promise<ReadDatabase>;
  stop(): Promise<void>;
}

/** Both engines, for `describe.each`. PostgreSQL is a server of the test's own, which runs from `start` to `stop`. */
export function testEngines(): readonly TestEngine[] {
  let server: PostgresServer | undefined;
  return [
    { name: 'SQLite', start: async () => {}, create: () => SqliteDatabase.create(), stop: async () => {} },
    {
      name: 'PostgreSQL',
      start: async () => void (server = await PostgresServer.start()),
      create: () => {
        if (!server) throw new Error('Start the engine first.');
        return PostgresDatabase.create(server);
      },
      stop: async () => server?.dispose(),
    },
  ];
}

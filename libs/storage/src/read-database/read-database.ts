import { errorCode, messageOf } from '@streamvault/failures';
import { MikroORM as PostgresOrm } from '@mikro-orm/postgresql';
import type { MikroORM } from '@mikro-orm/sql';
import { MikroORM as SqliteOrm } from '@mikro-orm/sqlite';
import {
  type Contexts,
  PostgresRebuildPlaces,
  prepareTables,
  type RebuildPlaces,
  SqliteRebuildPlaces,
} from '@streamvault/kernel';
import { chmodSync, closeSync, openSync } from 'node:fs';
import { parseDatabaseUrl, type PostgresAddress } from './database-url.js';
import { StartRefused } from '../start-refused.js';

export type ReadOrm = MikroORM;

/** In milliseconds. The client gives up a little later than the server would, also if the server hangs. */
interface Patience {
  readonly statementMs: number;
  readonly lockMs: number;
}
/** A person waits for a page. */
const PROMPT: Patience = { statementMs: 4_000, lockMs: 2_000 };
/** Copying a million rows takes less. */
const PATIENT: Patience = { statementMs: 300_000, lockMs: 30_000 };
const CLIENT_GIVES_UP_AFTER_MS = 1_000;

/** What the database is for: its tables, on every engine, and the projections that fill them. */
export type ReadModels = Pick<Contexts, 'entities' | 'projections'>;

/**
 * Opens the read models and updates their tables. They contain nothing that the log does not: a database that cannot be
 * used may simply be emptied.
 * @throws StartRefused with one line that does not contain the URL
 */
export async function openReadDatabase(databaseUrl: string, models: ReadModels): Promise<ReadOrm> {
  const address = parseDatabaseUrl(databaseUrl);
  return address.engine === 'sqlite' ? openSqlite(address.file, models) : openPostgres(address, models);
}

/**
 * The same database for requests, which give up in seconds if it does not answer. The connection of {@link
 * openReadDatabase} may take its time: some statements of projections and rebuilds move all rows.
 */
export async function forRequests(databaseUrl: string, opened: ReadOrm, models: ReadModels): Promise<ReadOrm> {
  const address = parseDatabaseUrl(databaseUrl);
  return address.engine === 'sqlite' ? opened : connectPostgres(address, models, { patience: PROMPT });
}

/** Where the read models of an opened database are rebuilt beside the live ones. */
export function rebuildPlaces(databaseUrl: string, orm: ReadOrm, models: ReadModels): RebuildPlaces {
  const address = parseDatabaseUrl(databaseUrl);
  const em = () => orm.em;
  return address.engine === 'sqlite'
    ? new SqliteRebuildPlaces({ em, file: address.file, connect: (file) => connectSqlite(file, models) })
    : new PostgresRebuildPlaces({ em, connect: (options) => connectPostgres(address, models, { options }) });
}

/** Without updating its tables: for another thread of a server that has done so. */
export function connectReadDatabase(databaseUrl: string, models: ReadModels): Promise<ReadOrm> {
  const address = parseDatabaseUrl(databaseUrl);
  return address.engine === 'sqlite' ? connectSqlite(address.file, models) : connectPostgres(address, models);
}

/** Without updating its tables. */
function connectSqlite(file: string, { entities }: ReadModels): Promise<ReadOrm> {
  return SqliteOrm.init({
    entities: [...entities],
    dbName: file,
    forceUtcTimezone: true,
  });
}

/** Without updating its tables, and without connecting yet. */
function connectPostgres(
  { url, user, database }: PostgresAddress,
  { entities }: ReadModels,
  { options, patience = PATIENT }: { readonly options?: string; readonly patience?: Patience } = {},
): Promise<ReadOrm> {
  return PostgresOrm.init({
    entities: [...entities],
    dbName: database,
    // The driver reads the whole URL, including `sslmode`; MikroORM would read half of it.
    driverOptions: {
      connectionString: url,
      ...(user !== undefined && { user }),
      ...(options !== undefined && { options }),
      application_name: 'streamvault',
      keepAlive: true,
      connectionTimeoutMillis: 4000,
      statement_timeout: patience.statementMs,
      lock_timeout: patience.lockMs,
      query_timeout: patience.statementMs + CLIENT_GIVES_UP_AFTER_MS,
      idle_in_transaction_session_timeout: 60_000,
    },
    pool: { min: 0, max: 8, idleTimeoutMillis: 30_000 },
    forceUtcTimezone: true,
    ensureDatabase: false,
    // Callers get every failure; the driver's own message would have no level and no format.
    logger: () => {},
  });
}

async function openSqlite(file: string, models: ReadModels): Promise<ReadOrm> {
  let orm: ReadOrm | undefined;
  try {
    makePrivate(file);
    orm = await connectSqlite(file, models);
    const connection = orm.em.getConnection();
    await connection.execute('pragma journal_mode = wal');
    // What a power cut loses here is rebuilt from the log.
    await connection.execute('pragma synchronous = normal');
    // Only checkpoints wait for the disk, and block all: fewer and larger ones are better.
    await connection.execute('pragma wal_autocheckpoint = 4000');
    await prepareTables(models.projections, orm.em);
    return orm;
  } catch (error) {
    await orm?.close(true);
    throw new StartRefused(
      `The read-model database cannot be used (${words(error)}). It contains nothing that the log does not: delete the file that DATABASE_URL names, and start again.`,
      { cause: error },
    );
  }
}

/**
 * It contains who watches what, like the log. SQLite gives the files that it creates beside it the same permissions.
 */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600));
    chmodSync(file, 0o600);
  } catch {
    // A file system without permissions, or one that cannot be written to, which opening it reports better.
  }
}

async function openPostgres(address: PostgresAddress, models: ReadModels): Promise<ReadOrm> {
  const orm = await connectPostgres(address, models);
  try {
    const connection = orm.em.getConnection();
    const [row] = await connection.execute<{ encoding: string }[]>(
      "select current_setting('server_encoding') as encoding",
    );
    if (row?.encoding !== 'UTF8')
      throw new StartRefused(
        `The database that DATABASE_URL names stores text as ${row?.encoding}, which cannot represent every title. Create one with encoding UTF8.`,
      );
    await prepareInTurn(orm, models);
    return orm;
  } catch (error) {
    await orm.close(true);
    if (error instanceof StartRefused) throw error;
    const reason = `PostgreSQL at ${address.place} cannot be used (${words(error)})`;
    throw new StartRefused(`${reason}. ${advice(error)}`, { cause: error });
  }
}

/** Any number that no other program uses for a lock. */
const tablesLock = 0x73_74_72_76_6c_74;

/** Two servers that start at once would both create the tables. The lock ends with its connection at the latest. */
async function prepareInTurn(orm: ReadOrm, { projections }: ReadModels): Promise<void> {
  const connection = orm.em.getConnection();
  await connection
    .getClient()
    .connection()
    .execute(async (held) => {
      const run = (statement: string) => connection.execute(statement, [], 'run', held as never);
      await run(`select pg_advisory_lock(${tablesLock})`);
      try {
        await prepareTables(projections, orm.em);
      } finally {
        await run(`select pg_advisory_unlock(${tablesLock})`);
      }
    });
}

function words(error: unknown): string {
  const message = messageOf(error);
  return message.split('\n', 1)[0] ?? '';
}

/** By SQLSTATE (PostgreSQL manual, appendix A) or errno. */
function advice(error: unknown): string {
  const code = errorCode(error) ?? '';
  if (code.startsWith('28')) return 'Correct user and password in DATABASE_URL.';
  if (code === '3D000') return 'Create the database, or name another one in DATABASE_URL.';
  if (code === '42501') return "Make the user of DATABASE_URL the database's owner.";
  return 'Check that it runs and that DATABASE_URL is right, then start again.';
}

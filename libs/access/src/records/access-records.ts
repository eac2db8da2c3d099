import SqliteDatabase from 'better-sqlite3';
import { Kysely, PostgresDialect, SqliteDialect } from 'kysely';
import { chmodSync, closeSync, openSync } from 'node:fs';
import { Pool } from 'pg';
import { createTables } from './access-tables.js';
import type { AccessTables } from './access-tables.js';

export type AccessDatabase = Kysely<AccessTables>;

/**
 * Data that must be erasable or short-lived, and is therefore not in the log: hashes of passwords and tokens, sessions,
 * addresses, tries. It cannot be rebuilt from the log: if it is lost, every user needs a new password.
 */
export class AccessRecords {
  private constructor(readonly database: AccessDatabase) {}

  /** `sqlite:<path>`, or `postgresql://…` if several processes share it. */
  static async open(url: string): Promise<AccessRecords> {
    const database = new Kysely<AccessTables>({ dialect: dialectOf(url) });
    try {
      await createTables(database);
    } catch (error) {
      await database.destroy();
      throw error;
    }
    return new AccessRecords(database);
  }

  /** Called by Nest when the server stops. */
  async onApplicationShutdown(): Promise<void> {
    await this.database.destroy();
  }
}

function dialectOf(url: string): SqliteDialect | PostgresDialect {
  if (!url.startsWith('sqlite:')) {
    const pool = new Pool({
      connectionString: url,
      max: 4,
      application_name: 'streamvault',
      connectionTimeoutMillis: 5000,
      statement_timeout: 4000,
      query_timeout: 5000,
    });
    // An idle connection breaks when its server goes away. The pool opens another one; without a listener, the event
    // would end the process.
    pool.on('error', () => undefined);
    return new PostgresDialect({ pool });
  }
  const file = url.slice('sqlite:'.length);
  makePrivate(file);
  const database = new SqliteDatabase(file);
  database.pragma('journal_mode = wal');
  database.pragma('busy_timeout = 5000');
  // Erased data is overwritten.
  database.pragma('secure_delete = on');
  return new SqliteDialect({ database });
}

/** Before SQLite creates it: its other files get the same permissions. */
function makePrivate(file: string): void {
  if (file === ':memory:') return;
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
}

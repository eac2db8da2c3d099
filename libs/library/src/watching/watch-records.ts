import SqliteDatabase from 'better-sqlite3';
import { Kysely, PostgresDialect, SqliteDialect } from 'kysely';
import { Pool } from 'pg';

interface WatchTables {
  /** How far somebody has come. Instants are ISO 8601 UTC. */
  readonly watch_positions: {
    readonly viewer: string;
    readonly video_id: number;
    readonly seconds: number;
    readonly at: string;
  };
}

export interface WatchPosition {
  readonly videoId: number;
  readonly seconds: number;
  readonly at: string;
}

/** Of each viewer; the oldest go first. */
const mostRemembered = 2000;

/**
 * How far each viewer has come in which video. Kept beside the log and beside the read models: it changes every few seconds, is nobody else's
 * business, and goes when it is erased. Lost, everybody begins at the beginning, and that is all.
 */
export class WatchRecords {
  private constructor(private readonly database: Kysely<WatchTables>) {}

  /** `sqlite:<path>`, or `postgresql://…`, where several processes share it. */
  static async open(url: string): Promise<WatchRecords> {
    const database = new Kysely<WatchTables>({ dialect: dialectOf(url) });
    try {
      await database.schema
        .createTable('watch_positions')
        .ifNotExists()
        .addColumn('viewer', 'text', (column) => column.notNull())
        .addColumn('video_id', 'bigint', (column) => column.notNull())
        .addColumn('seconds', 'double precision', (column) => column.notNull())
        .addColumn('at', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('watch_positions_key', ['viewer', 'video_id'])
        .execute();
    } catch (error) {
      await database.destroy();
      throw error;
    }
    return new WatchRecords(database);
  }

  /** Called by Nest when the server stops. */
  async onApplicationShutdown(): Promise<void> {
    await this.database.destroy();
  }

  async save(viewer: string, { videoId, seconds, at }: WatchPosition): Promise<void> {
    await this.database
      .insertInto('watch_positions')
      .values({ viewer, video_id: videoId, seconds, at })
      .onConflict((conflict) => conflict.columns(['viewer', 'video_id']).doUpdateSet({ seconds, at }))
      .execute();
  }

  async forget(viewer: string, videoId: number): Promise<void> {
    await this.database
      .deleteFrom('watch_positions')
      .where('viewer', '=', viewer)
      .where('video_id', '=', videoId)
      .execute();
  }

  async find(viewer: string, videoId: number): Promise<WatchPosition | undefined> {
    const row = await this.#of(viewer).where('video_id', '=', videoId).executeTakeFirst();
    return row && toPosition(row);
  }

  /** What was watched last first. */
  async latest(viewer: string, limit: number): Promise<WatchPosition[]> {
    const rows = await this.#of(viewer).orderBy('at', 'desc').orderBy('video_id', 'desc').limit(limit).execute();
    return rows.map((row) => toPosition(row));
  }

  /** Leaves each viewer the newest of them. */
  async tidy(viewer: string): Promise<void> {
    const [oldest] = await this.#of(viewer).orderBy('at', 'desc').offset(mostRemembered).limit(1).execute();
    if (oldest)
      await this.database
        .deleteFrom('watch_positions')
        .where('viewer', '=', viewer)
        .where('at', '<=', oldest.at)
        .execute();
  }

  #of(viewer: string) {
    return this.database.selectFrom('watch_positions').selectAll().where('viewer', '=', viewer);
  }
}

/** PostgreSQL gives whole numbers beyond 2^31 as text. */
const toPosition = (row: { video_id: number | string; seconds: number; at: string }): WatchPosition => ({
  videoId: Number(row.video_id),
  seconds: row.seconds,
  at: row.at,
});

function dialectOf(url: string): SqliteDialect | PostgresDialect {
  if (url.startsWith('sqlite:')) {
    const database = new SqliteDatabase(url.slice('sqlite:'.length));
    database.pragma('journal_mode = wal');
    database.pragma('busy_timeout = 5000');
    // A position that a power cut takes is no loss.
    database.pragma('synchronous = normal');
    return new SqliteDialect({ database });
  }
  const pool = new Pool({
    connectionString: url,
    max: 2,
    application_name: 'streamvault',
    connectionTimeoutMillis: 5000,
    statement_timeout: 4000,
    query_timeout: 5000,
  });
  // An idle connection breaks when its server goes away. The pool opens another one; unheard, the event would end the process.
  pool.on('error', () => undefined);
  return new PostgresDialect({ pool });
}

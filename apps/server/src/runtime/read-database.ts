import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/sqlite';
import { ProjectionCheckpoint } from '@streamvault/event-sourcing';
import { VideoRow } from '@streamvault/library';
import { RecordingRow } from '@streamvault/recording';
import { StreamerRow } from '@streamvault/streamers';
import { StartRefused } from './start-refused.js';
import { migrations } from '../migrations/index.js';

const prefix = 'sqlite:';

export const readDatabaseOptions = (databaseUrl: string) => ({
  entities: [ProjectionCheckpoint, StreamerRow, RecordingRow, VideoRow],
  dbName: databaseUrl.slice(prefix.length),
  extensions: [Migrator],
  migrations: { migrationsList: migrations, snapshot: false, silent: true },
  forceUtcTimezone: true,
});

/**
 * Opens the read models and brings their tables up to date. They hold nothing that the log does not: a database that
 * cannot be used may simply be deleted.
 *
 * @throws StartRefused
 */
export async function openReadDatabase(databaseUrl: string): Promise<MikroORM> {
  if (!databaseUrl.startsWith(prefix))
    throw new StartRefused('DATABASE_URL must be sqlite:<path>. PostgreSQL is not supported yet.');
  try {
    const orm = await MikroORM.init(readDatabaseOptions(databaseUrl));
    const connection = orm.em.getConnection();
    await connection.execute('pragma journal_mode = wal');
    // What a power cut takes from here is built again from the log.
    await connection.execute('pragma synchronous = normal');
    await orm.migrator.up();
    return orm;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartRefused(
      `The read-model database cannot be used (${reason}). It holds nothing that the log does not: delete the file that DATABASE_URL names, and start again.`,
      { cause: error },
    );
  }
}

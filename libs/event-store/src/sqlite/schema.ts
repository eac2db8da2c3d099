import SqliteDatabase, { type Database } from 'better-sqlite3';
import { EventLogDamaged, EventLogTooNew } from '../errors.js';
import { RetentionSeal } from './retention-seal.js';

/** "SVEL": distinguishes an event log from any other SQLite file. */
const APPLICATION_ID = 0x5356454c;

/** The correlation id of an event; NULL if its metadata is damaged, so that indexing it cannot fail. */
export const CORRELATION = `CASE WHEN json_valid(metadata) THEN json_extract(metadata, '$."$correlationId"') END`;
/** The indexed part. A query must use exactly the same expression. */
export const CORRELATION_PREFIX = `substr(${CORRELATION}, 1, 8)`;

/**
 * One entry per schema version, in order; a new version is added, and none is ever changed.
 *
 * Names are interned: an id of a few bytes in every row and index instead of a stream name three times. A log with one
 * writer does not need foreign keys on `event`, whose check would cost every insert a look-up. AUTOINCREMENT: a
 * position is never given twice, whatever is deleted.
 */
const VERSIONS: readonly string[] = [
  `
  CREATE TABLE category (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE event_type (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE stream (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    category_id INTEGER NOT NULL,
    max_age_seconds INTEGER,
    max_count INTEGER,
    truncate_before INTEGER
  ) STRICT;
  CREATE TABLE event (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    stream_id INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    category_id INTEGER NOT NULL,
    type_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL, -- milliseconds since 1970
    id TEXT NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX event_by_revision ON event (stream_id, revision);
  CREATE UNIQUE INDEX event_by_id ON event (stream_id, id);
  CREATE INDEX event_by_category ON event (category_id); -- and position, which every index ends with
  CREATE INDEX event_by_type ON event (type_id);
  `,
  // Each event's link of the hash chain. It is last in its row, so that reading the other columns costs nothing more.
  // An older log gets its links after `hashed_to` step by step (chain-old-events.ts); the row is removed as soon as all
  // have one.
  `
  ALTER TABLE event ADD COLUMN hash BLOB;
  CREATE TABLE chaining (hashed_to INTEGER NOT NULL) STRICT;
  INSERT INTO chaining VALUES (0);
  `,
  // To find events by what began them, by type within a category, and by when they were recorded: about 2 s for a
  // million existing events. The first characters of a correlation id distinguish nearly all of them, at a third of the
  // index's size; the rest is compared in the row. Positions follow the clock except at the places in `clock_setback`,
  // where an event was recorded earlier than the one before it: between two of them an instant is found by bisection.
  `
  CREATE INDEX event_by_correlation ON event (${CORRELATION_PREFIX});
  DROP INDEX event_by_type;
  CREATE INDEX event_by_kind ON event (type_id, category_id);
  CREATE TABLE clock_setback (
    position INTEGER PRIMARY KEY,
    recorded_at INTEGER NOT NULL,
    recorded_before INTEGER NOT NULL -- the instant of the event before it
  ) STRICT;
  INSERT INTO clock_setback
    SELECT position, recorded_at, recorded_before
      FROM (SELECT position, recorded_at, lag(recorded_at) OVER (ORDER BY position) AS recorded_before FROM event)
      WHERE recorded_at < recorded_before;
  `,
  // What is hidden from readers of a stream is not an event, and in no hash: this is the digest of all of it
  // (retention-seal.ts).
  `
  CREATE TABLE retention_seal (digest BLOB NOT NULL) STRICT;
  `,
];

/** From this version on, events carry hashes. */
const CHAINED_SINCE = 2;
/** From this version on, there are the indexes that make `find` fast. */
const SEARCHABLE_SINCE = 3;
/** From this version on, there is a digest of what streams hide. */
const SEALED_SINCE = 4;

/**
 * Brings the log to this program's schema version.
 *
 * @throws EventLogTooNew, EventLogDamaged
 */
export function prepareSchema(db: Database, path: string): void {
  const version = requireKnownSchema(db, path, { mayBeNew: true });
  if (version === VERSIONS.length) return;
  db.transaction(() => {
    for (const statements of VERSIONS.slice(version)) db.exec(statements);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${VERSIONS.length}`);
    if (version < SEALED_SINCE) new RetentionSeal(db).begin();
  }).immediate();
}

/**
 * What the file has besides what this program created, or lacks of it: a trigger, a view, another table or index. Each
 * of them can change what is read or written without touching an event.
 */
export function foreignParts(db: Database): string[] {
  const version = Number(db.pragma('user_version', { simple: true }));
  const expected = new Map<string, string>();
  const own = new SqliteDatabase(':memory:');
  try {
    for (const statements of VERSIONS.slice(0, version)) own.exec(statements);
    for (const [key, sql] of partsOf(own)) expected.set(key, sql);
  } finally {
    own.close();
  }
  const found = new Map(partsOf(db));
  const added = [...found].filter(([key]) => !expected.has(key)).map(([key]) => `${key} does not belong there`);
  const gone = [...expected].filter(([key]) => !found.has(key)).map(([key]) => `${key} is gone`);
  const changed = [...expected]
    .filter(([key, sql]) => found.has(key) && found.get(key) !== sql)
    .map(([key]) => `${key} is not as it was created`);
  return [...added, ...gone, ...changed];
}

function partsOf(db: Database): [key: string, sql: string][] {
  // SQLite's own objects (sqlite_sequence, sqlite_stat1 of an ANALYZE, the indexes of constraints) change nothing.
  const rows = db
    .prepare<[], { type: string; name: string; sql: string | null }>(
      `SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
    )
    .all();
  return rows.map(({ type, name, sql }) => [`${type} ${name}`, sql ?? '']);
}

/** Whether there are indexes and the table for searching. A log that only older versions have written has none. */
export function isSearchable(db: Database): boolean {
  return Number(db.pragma('user_version', { simple: true })) >= SEARCHABLE_SINCE;
}

/** Whether every event has its hash. Not so in a log that this version has not yet opened for writing long enough. */
export function isChained(db: Database): boolean {
  const version = Number(db.pragma('user_version', { simple: true }));
  return version >= CHAINED_SINCE && db.prepare('SELECT 1 FROM chaining').get() === undefined;
}

/** Whether there is a digest of what streams hide. A log that only older versions have written has none. */
export function isSealed(db: Database): boolean {
  return Number(db.pragma('user_version', { simple: true })) >= SEALED_SINCE;
}

/**
 * The schema version of an event log that this program can read: 0 for an empty file, if that is allowed.
 * @throws EventLogTooNew, EventLogDamaged
 */
export function requireKnownSchema(db: Database, path: string, { mayBeNew }: { mayBeNew: boolean }): number {
  const version = Number(db.pragma('user_version', { simple: true }));
  const applicationId = Number(db.pragma('application_id', { simple: true }));
  const isNew = version === 0 && applicationId === 0 && hasNoTables(db);
  if (!(isNew && mayBeNew) && applicationId !== APPLICATION_ID) {
    throw new EventLogDamaged(`${path} is an SQLite database, but not a StreamVault event log. Name another file.`);
  }
  if (version > VERSIONS.length) {
    throw new EventLogTooNew(
      `The event log ${path} was written by a newer StreamVault (schema ${version}; this one knows ${VERSIONS.length}). ` +
        'Upgrade StreamVault, or restore the backup from before the upgrade.',
    );
  }
  return version;
}

function hasNoTables(db: Database): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
}

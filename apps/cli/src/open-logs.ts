import {
  type EventStore,
  openEventStore,
  SqliteEventStore,
  type SqliteLogReader,
  sqlitePath,
} from '@streamvault/event-store';
import { CliFailure } from './cli-failure.js';

/** A log to read, beside the running server if it is a file. */
export async function withSource<T>(url: string, body: (log: SqliteLogReader | EventStore) => Promise<T>): Promise<T> {
  return withOpen(isFile(url) ? await SqliteEventStore.openReadOnly(sqlitePath(url)) : await openEventStore(url), body);
}

/** A log to write: refused while a server has the file open. */
export async function withTarget<T>(url: string, body: (log: EventStore) => Promise<T>): Promise<T> {
  if (isFile(url)) return withOpen(await SqliteEventStore.open(sqlitePath(url), { lockPatienceMs: 0 }), body);
  return withOpen(await openEventStore(url), body);
}

/** @throws CliFailure if the log is not an embedded one */
export async function withEmbedded<T>(url: string, body: (log: SqliteLogReader) => Promise<T>): Promise<T> {
  return withOpen(await SqliteEventStore.openReadOnly(embeddedPath(url)), body);
}

/** @throws CliFailure if the log is not an embedded one */
export function embeddedPath(url: string): string {
  if (isFile(url)) return sqlitePath(url);
  throw new CliFailure(
    'This works with the embedded log (sqlite:<path>) only. A KurrentDB server has its own tools: see docs/deploy/kurrentdb.md.',
    'not-embedded',
  );
}

function isFile(url: string): boolean {
  return url.startsWith('sqlite:');
}

async function withOpen<L extends { close(): Promise<void> }, T>(log: L, body: (log: L) => Promise<T>): Promise<T> {
  try {
    return await body(log);
  } finally {
    await log.close();
  }
}

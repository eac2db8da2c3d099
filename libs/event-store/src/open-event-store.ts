import { UnsupportedEventStoreUrl } from './errors.js';
import { MemoryEventStore } from './memory/memory-event-store.js';
import type { EventStore } from './port.js';
import { SqliteEventStore } from './sqlite/sqlite-event-store.js';

const SERVER_SCHEME = /^(kurrentdb|kurrent|kdb|esdb)(\+discover)?:/i;

/**
 * Opens the log that a setting names: `sqlite:<path>` or `memory:`.
 *
 * @throws UnsupportedEventStoreUrl, whose message never repeats what it was given: a URL may hold a password
 * @throws what {@link SqliteEventStore.open} throws
 */
export async function openEventStore(url: string): Promise<EventStore> {
  if (url === 'memory:') return new MemoryEventStore();
  if (url.startsWith('sqlite:')) return SqliteEventStore.open(sqlitePath(url));
  const server = SERVER_SCHEME.exec(url);
  if (server !== null) {
    throw new UnsupportedEventStoreUrl(
      `This StreamVault cannot use KurrentDB (${server[0].toLowerCase()}//…) yet. Use sqlite:<path>, e.g. sqlite:./data/events.db.`,
    );
  }
  throw new UnsupportedEventStoreUrl(
    'The event store URL must be sqlite:<path>, e.g. sqlite:./data/events.db, or memory:.',
  );
}

function sqlitePath(url: string): string {
  const path = url.slice('sqlite:'.length);
  if (path === '' || path.startsWith(':')) {
    throw new UnsupportedEventStoreUrl(
      'The event store URL names no file: use sqlite:<path>, or memory: for a log that is not kept.',
    );
  }
  if (/^\/\/[^/]/.test(path)) {
    throw new UnsupportedEventStoreUrl(
      'The event store URL names a host. Use sqlite:relative/path or sqlite:/absolute/path.',
    );
  }
  return path;
}

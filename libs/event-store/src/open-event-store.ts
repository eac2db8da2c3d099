import { UnsupportedEventStoreUrl } from './errors.js';
import { MemoryEventStore } from './memory/memory-event-store.js';
import type { EventStore } from './port.js';
import { SqliteEventStore } from './sqlite/sqlite-event-store.js';

const SERVER_SCHEME = /^(?:kurrentdb|kurrent|kdb|esdb)(?:\+discover)?:\/\//i;

/** Enough for some hundred commits: to stop running recordings, and to report why. */
const RESERVE_BYTES = 8 * 1024 * 1024;

/**
 * Opens the log that a setting names: `sqlite:<path>`, `memory:`, or a KurrentDB server or cluster as `kurrentdb://…`,
 * `kurrentdb+discover://…`, `esdb://…`, `esdb+discover://…` (docs/deploy/kurrentdb.md).
 * @throws UnsupportedEventStoreUrl, whose message never repeats the URL, because it may contain a password
 * @throws what {@link SqliteEventStore.open} and `KurrentDbEventStore.open` throw
 */
export async function openEventStore(url: string): Promise<EventStore> {
  if (url === 'memory:') return new MemoryEventStore();
  if (url.startsWith('sqlite:')) return SqliteEventStore.open(sqlitePath(url), { reserveBytes: RESERVE_BYTES });
  if (SERVER_SCHEME.test(url)) {
    // Loaded only if needed: half of the server's client is native, and does not exist for every platform.
    const { KurrentDbEventStore } = await import('./kurrentdb/kurrentdb-event-store.js');
    return KurrentDbEventStore.open(url);
  }
  throw new UnsupportedEventStoreUrl(
    'The event store URL must be sqlite:<path>, e.g. sqlite:./data/events.db, kurrentdb://user:password@host:2113, or memory:.',
  );
}

/**
 * The file that a URL `sqlite:<path>` names.
 *
 * @throws UnsupportedEventStoreUrl
 */
export function sqlitePath(url: string): string {
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

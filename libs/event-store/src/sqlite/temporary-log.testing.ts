import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStoreContext } from '../event-store.contract.testing.js';
import { SqliteEventStore } from './sqlite-event-store.js';

/** Runs a body in a folder of its own. */
export async function inFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'streamvault-event-store-'));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function makeSqliteContext(): Promise<EventStoreContext> {
  const folder = await mkdtemp(join(tmpdir(), 'streamvault-event-store-'));
  let ahead = 0;
  const store = await SqliteEventStore.open(join(folder, 'events.db'), { now: () => Date.now() + ahead });
  return {
    store,
    advanceClock: (seconds) => {
      ahead += seconds * 1000;
    },
    dispose: async () => {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

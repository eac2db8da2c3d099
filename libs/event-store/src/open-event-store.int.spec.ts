import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { UnsupportedEventStoreUrl } from './errors.js';
import { MemoryEventStore } from './memory/memory-event-store.js';
import { openEventStore } from './open-event-store.js';
import { SqliteEventStore } from './sqlite/sqlite-event-store.js';
import { inFolder } from './sqlite/temporary-log.testing.js';

describe('openEventStore', () => {
  it('opens a file and memory', () =>
    inFolder(async (folder) => {
      for (const url of [`sqlite:${join(folder, 'a', 'events.db')}`, `sqlite://${join(folder, 'b.db')}`]) {
        const store = await openEventStore(url);
        expect(store).toBeInstanceOf(SqliteEventStore);
        await store.close();
      }
      expect(await openEventStore('memory:')).toBeInstanceOf(MemoryEventStore);
    }));

  it.each([
    'kurrentdb://admin:s3cret@host:2113?tls=true',
    'kurrentdb+discover://admin:s3cret@host',
    'ESDB://admin:s3cret@host',
    'esdb+discover://admin:s3cret@host',
  ])('refuses %s as not supported yet', async (url) => {
    const error: unknown = await openEventStore(url).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UnsupportedEventStoreUrl);
    expect(String(error)).toMatch(/KurrentDB.*Use sqlite:/);
    expect(String(error)).not.toMatch(/s3cret|admin|host/);
  });

  it.each([
    '',
    'postgresql://admin:s3cret@host/db',
    'admin:s3cret',
    './s3cret.db',
    'memory:x',
    'sqlite://host/x.db',
    'sqlite:',
    'sqlite::memory:',
  ])('refuses %p without repeating it', async (url) => {
    const error: unknown = await openEventStore(url).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UnsupportedEventStoreUrl);
    expect(String(error)).toMatch(/sqlite:/);
    expect(String(error)).not.toMatch(/s3cret|admin|host\//);
  });
});

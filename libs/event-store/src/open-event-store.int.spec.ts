import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { UnsupportedEventStoreUrl } from './errors.js';
import { KurrentDbStandIn } from './kurrentdb/stand-in/kurrentdb-stand-in.testing.js';
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

  it.each(['kurrentdb', 'kurrentdb+discover', 'ESDB', 'esdb+discover'])('opens a server by %s://', async (scheme) => {
    const server = await KurrentDbStandIn.start();
    const store = await openEventStore(server.url.replace('kurrentdb', scheme));
    expect(await store.health()).toEqual({ status: 'ok', detail: `KurrentDB at localhost:${server.port}` });
    await store.close();
    await server.kill();
  });

  it('refuses a server with what is wrong with its URL, without repeating it', async () => {
    const error: unknown = await openEventStore('kurrentdb://admin:s3cret@host?tsl=s3cret').catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(UnsupportedEventStoreUrl);
    expect(String(error)).toMatch(/unknown key "tsl"/);
    expect(String(error)).not.toMatch(/s3cret|admin/);
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
    expect(String(error)).not.toMatch(/s3cret|admin:|host\//);
  });
});

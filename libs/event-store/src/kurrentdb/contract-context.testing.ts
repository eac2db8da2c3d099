import { randomUUID } from 'node:crypto';
import type { EventStoreContext } from '../event-store.contract.testing.js';
import { KurrentDbEventStore } from './kurrentdb-event-store.js';
import { KurrentDbStandIn } from './stand-in/kurrentdb-stand-in.testing.js';

const realServer = process.env['KURRENTDB_URL'];

/** An empty log: on a stand-in of its own, or in a name space of its own on the server that `KURRENTDB_URL` names. */
export async function makeKurrentDbContext(): Promise<EventStoreContext> {
  if (realServer !== undefined) {
    const store = await KurrentDbEventStore.open(realServer, { namespace: `streamvault.${randomUUID().slice(0, 8)}.` });
    return { store, dispose: () => store.close() };
  }
  const server = await KurrentDbStandIn.start();
  const store = await KurrentDbEventStore.open(server.url);
  return {
    store,
    advanceClock: (seconds) => {
      server.log.ahead += seconds * 1000;
    },
    dispose: async () => {
      await store.close();
      await server.kill();
    },
  };
}

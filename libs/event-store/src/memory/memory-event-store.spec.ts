import { describeAgainstModel } from '../contract/model.testing.js';
import { describeEventStoreContract, type EventStoreContext } from '../event-store.contract.testing.js';
import { MemoryEventStore } from './memory-event-store.js';

async function makeContext(): Promise<EventStoreContext> {
  let ahead = 0;
  const store = new MemoryEventStore({ now: () => Date.now() + ahead });
  return {
    store,
    advanceClock: (seconds) => {
      ahead += seconds * 1000;
    },
    dispose: () => store.close(),
  };
}

describeEventStoreContract('MemoryEventStore', makeContext);
describeAgainstModel(makeContext);

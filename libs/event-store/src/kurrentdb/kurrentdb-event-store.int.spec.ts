import { describeEventStoreContract } from '../event-store.contract.testing.js';
import { kurrentDbUnderTest } from '../kurrentdb-server.testing.js';
import { makeKurrentDbContext } from './contract-context.testing.js';

describeEventStoreContract(`KurrentDbEventStore (${kurrentDbUnderTest})`, makeKurrentDbContext);

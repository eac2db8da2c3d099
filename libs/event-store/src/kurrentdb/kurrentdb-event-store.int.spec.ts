import { describeEventStoreContract } from '../event-store.contract.testing.js';
import { makeKurrentDbContext, serverUnderTest } from './contract-context.testing.js';

describeEventStoreContract(`KurrentDbEventStore (${serverUnderTest})`, makeKurrentDbContext);

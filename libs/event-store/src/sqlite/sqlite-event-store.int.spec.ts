import { describeAgainstModel } from '../contract/model.testing.js';
import { describeEventStoreContract } from '../event-store.contract.testing.js';
import { makeSqliteContext } from './temporary-log.testing.js';

describeEventStoreContract('SqliteEventStore', makeSqliteContext);
describeAgainstModel(makeSqliteContext);

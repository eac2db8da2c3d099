import { describe } from '@jest/globals';
import { describeAppending } from './contract/appending.testing.js';
import type { MakeContext } from './contract/context.testing.js';
import { describeFinding } from './contract/finding.testing.js';
import { describeIdempotency } from './contract/idempotency.testing.js';
import { describeReading } from './contract/reading.testing.js';
import { describeRetention } from './contract/retention.testing.js';
import { describeSubscribing } from './contract/subscribing.testing.js';

export type { EventStoreContext } from './contract/context.testing.js';

/** What every adapter of the port must do. */
export function describeEventStoreContract(name: string, makeContext: MakeContext): void {
  describe(`${name}: the contract of the event store`, () => {
    describeAppending(makeContext);
    describeIdempotency(makeContext);
    describeReading(makeContext);
    describeFinding(makeContext);
    describeSubscribing(makeContext);
    describeRetention(makeContext);
  });
}

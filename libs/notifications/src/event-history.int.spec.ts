import { expect, it } from '@jest/globals';
import { join } from 'node:path';
import { eventHistoryProblems } from '../../kernel/src/event-history.testing.js';
import { deliveryEvents } from './domain/delivery-events.js';
import { targetEvents } from './domain/target-events.js';

it('every version of the events that was ever written can be read, and none has changed its shape', () => {
  const folder = join(import.meta.dirname, '../fixtures/events');
  expect(eventHistoryProblems([...targetEvents, ...deliveryEvents], folder)).toEqual([]);
});

import { expect, it } from '@jest/globals';
import { join } from 'node:path';
import { eventHistoryProblems } from '../../kernel/src/event-history.testing.js';
import { recordingContext } from './index.js';

it('every version of the events that was ever written can be read, and none has changed its shape', () => {
  expect(eventHistoryProblems(recordingContext.events ?? [], join(import.meta.dirname, '../fixtures/events'))).toEqual(
    [],
  );
});

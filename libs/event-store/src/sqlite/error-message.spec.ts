import { describe, expect, it } from '@jest/globals';
import {
  EventIdConflict,
  EventLogDamaged,
  EventLogNotWritable,
  EventStoreUnavailable,
  WrongExpectedRevision,
} from '../errors.js';
import { fromErrorMessage, toErrorMessage } from './error-message.js';
import { asEventStoreError } from './sqlite-failure.js';

const sent = (error: unknown): Error => fromErrorMessage(structuredClone(toErrorMessage(error)));

describe('an error that went from thread to thread', () => {
  it.each([
    new WrongExpectedRevision('one-1', 4n, 7n),
    new WrongExpectedRevision('one-1', 'stream_exists', 'no_stream'),
    new EventIdConflict('one-1', '6f7c1a52-54a6-4a6a-9a3f-2f4f3f0f5f51'),
    new EventLogDamaged('Stream one-1 has lost its event 3.'),
    new EventLogNotWritable('The event log cannot be opened for writing.'),
    new EventStoreUnavailable('The disk is full.'),
  ])('has its class, code, message and fields: $name', (error) => {
    const arrived = sent(error);
    expect(arrived).toBeInstanceOf(error.constructor);
    expect(arrived.message).toBe(error.message);
    expect(Object.entries(arrived)).toEqual(Object.entries(error));
  });

  it('keeps its cause', () => {
    const failure = Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_FSYNC' });
    const arrived = sent(asEventStoreError(failure, 'events.db'));
    expect(arrived).toBeInstanceOf(EventStoreUnavailable);
    expect(arrived.cause).toMatchObject({ message: 'disk I/O error', code: 'SQLITE_IOERR_FSYNC' });
  });

  it('of an unknown class keeps its message, and its stack in the other thread', () => {
    const defect = new TypeError('undefined is not iterable');
    expect(sent(defect)).toMatchObject({ message: defect.message, stack: defect.stack });
    expect(sent('only words')).toMatchObject({ message: 'only words' });
  });
});

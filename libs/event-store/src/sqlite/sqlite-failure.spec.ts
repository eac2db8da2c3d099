import { describe, expect, it } from '@jest/globals';
import { InvalidEvent } from '../errors.js';
import { asEventStoreError } from './sqlite-failure.js';

describe('asEventStoreError', () => {
  it.each([
    ['SQLITE_NOTADB', 'event-store.damaged'],
    ['SQLITE_CORRUPT', 'event-store.damaged'],
    ['SQLITE_CORRUPT_VTAB', 'event-store.damaged'],
    ['SQLITE_CANTOPEN', 'event-store.not-writable'],
    ['SQLITE_READONLY_DIRECTORY', 'event-store.not-writable'],
    ['SQLITE_FULL', 'event-store.unavailable'],
    ['SQLITE_BUSY_SNAPSHOT', 'event-store.unavailable'],
    ['SQLITE_IOERR_FSYNC', 'event-store.unavailable'],
  ])('%s is %s, names the file and keeps its cause', (code, expected) => {
    const cause = Object.assign(new Error('as SQLite said'), { code });
    const error = asEventStoreError(cause, '/data/events.db');
    expect(error).toMatchObject({ code: expected, cause, message: expect.stringContaining('/data/events.db') });
  });

  it('does not change our own errors, and those that are not from SQLite', () => {
    for (const error of [new InvalidEvent('x'), new TypeError('x'), 'x', null, { code: 42 }]) {
      expect(asEventStoreError(error, '/data/events.db')).toBe(error);
    }
  });
});

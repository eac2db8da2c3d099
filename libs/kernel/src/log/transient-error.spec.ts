import { describe, expect, it } from '@jest/globals';
import { EventStoreUnavailable } from '@streamvault/event-store';
import { isTransient } from './transient-error.js';

const coded = (code: string, message = 'failed') => Object.assign(new Error(message), { code });

describe('isTransient', () => {
  it.each(['SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT', 'SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_CANTOPEN'])(
    'takes %s of SQLite as transient',
    (code) => expect(isTransient(coded(code))).toBe(true),
  );
  it.each(['08006', '28P01', '3D000', '53100', '57P01', '40001', '40P01', '55P03', '25006', 'XX000'])(
    'takes %s of PostgreSQL as transient',
    (code) => expect(isTransient(coded(code))).toBe(true),
  );
  it.each(['ECONNREFUSED', 'ECONNRESET', 'ENOSPC', 'ETIMEDOUT', 'EAI_AGAIN'])('takes %s as transient', (code) =>
    expect(isTransient(coded(code))).toBe(true),
  );
  it.each(['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_ERROR', '23505', '42P01', '28', 'XX', 'ERR_INVALID_ARG_TYPE'])(
    'takes %s as an error of the work',
    (code) => expect(isTransient(coded(code))).toBe(false),
  );

  it('looks at the cause of an error', () => {
    const wrapped = new Error('flush failed', { cause: new Error('query failed', { cause: coded('SQLITE_FULL') }) });
    expect(isTransient(wrapped)).toBe(true);
  });

  it('looks at every address that was tried', () => {
    expect(isTransient(new AggregateError([new Error('no'), coded('ECONNREFUSED')]))).toBe(true);
    expect(isTransient(new AggregateError([new Error('no')]))).toBe(false);
  });

  it('recognizes an unavailable store and a lost connection', () => {
    expect(isTransient(new EventStoreUnavailable('away'))).toBe(true);
    expect(isTransient(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isTransient(new TypeError('The database connection is not open'))).toBe(true);
  });

  it('takes everything else as an error of the work', () => {
    for (const error of [new TypeError('x is undefined'), 'text', undefined, null, {}]) {
      expect(isTransient(error)).toBe(false);
    }
  });
});

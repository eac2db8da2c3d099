import { describe, expect, it } from '@jest/globals';
import { EventStoreUnavailable } from '../errors.js';
import { asStoreError, EventStoreAccessDenied, EventStoreFailed, isUnavailable } from './failures.js';

const error = (message: string, fields: object = {}) => Object.assign(new Error(message), fields);

describe('telling an outage from a refusal', () => {
  it.each([
    ['a plain error with the code of UNAVAILABLE', error('14 UNAVAILABLE: No connection established', { code: 14 })],
    ['a discovery that found nobody', error('Failed to discover after 10 attempts.')],
    ['a cancelled call', error('1 CANCELLED', { type: 'cancelled', code: 1 })],
    ['a deadline', error('Deadline exceeded', { type: 'deadline-exceeded', code: 4 })],
    ['a commit timeout', error('', { type: 'timeout' })],
    ['another leader', error('Leader info available', { type: 'not-leader' })],
    ['the native half, not connected', error('UnavailableError', { type: 'unavailable' })],
    ['the native half, given up', error('Connection is closed', { type: 'unknown' })],
    ['a refused socket', error('connect ECONNREFUSED 127.0.0.1:2113', { code: 'ECONNREFUSED' })],
    ['a server that starts', error('Could not recognize Server Is Not Ready', { type: 'unknown' })],
  ])('%s is an outage', (_, thrown) => {
    expect(isUnavailable(thrown)).toBe(true);
    expect(asStoreError(thrown, 'db:2113')).toBeInstanceOf(EventStoreUnavailable);
    expect(asStoreError(thrown, 'db:2113').message).toMatch(/^KurrentDB at db:2113 does not answer \(.+\)\. Check/);
  });

  it('a refused user is told what to check', () => {
    const refused = asStoreError(error('Access Denied', { type: 'access-denied', code: 16 }), 'db:2113');
    expect(refused).toBeInstanceOf(EventStoreAccessDenied);
    expect(refused.message).toMatch(/user name and password/);
  });

  it('anything else keeps its first line', () => {
    const failed = asStoreError(
      error('The position is invalid.\n  at Somewhere', { type: 'unknown', code: 3 }),
      'db:2113',
    );
    expect(failed).toBeInstanceOf(EventStoreFailed);
    expect(failed.message).toBe('KurrentDB at db:2113 failed: The position is invalid.');
    expect(asStoreError(undefined, 'db').message).toMatch(/undefined/);
  });

  it('an error of the store is returned unchanged', () => {
    const known = new EventStoreFailed('x');
    expect(asStoreError(known, 'db')).toBe(known);
  });
});

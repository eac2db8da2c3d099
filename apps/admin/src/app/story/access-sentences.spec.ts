import { describe, expect, it } from '@jest/globals';
import { tell } from './sentences';

describe('what the audit says about access', () => {
  it.each<[string, Record<string, string | number | string[]>, string]>([
    [
      'SignedIn',
      { userId: 2, method: 'passkey', agent: 'Firefox on Linux' },
      'User 2 signed in with a passkey, Firefox on Linux.',
    ],
    ['SignInsFailed', { count: 14, networks: 1 }, '14 sign-ins failed, from 1 network.'],
    [
      'SessionsRevoked',
      { userId: 2, sessionIds: ['a'], reason: 'password' },
      '1 session of user 2 ended because the password changed.',
    ],
    ['AddressesErased', { userId: 2, count: 3 }, '3 addresses from which user 2 signed in: erased.'],
    ['UserRoleChanged', { userId: 3, role: 'operator' }, 'User 3 became operator.'],
    ['ShareCreated', { kind: 'video', itemId: 7, name: 'for Ann' }, 'A link to video 7 was created, “for Ann”.'],
    ['SignedIn', {}, 'User unknown signed in.'],
  ])('%s is a sentence', (type, data, text) => expect(tell({ type, data }).text).toBe(text));
});

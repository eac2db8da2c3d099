import { describe, expect, it } from '@jest/globals';
import { given } from '@streamvault/kernel/testing';
import { accountDecider, findByName, foldAccounts } from './account-decider.js';
import type { AccountEvent } from './account-events.js';

const at = '2026-11-30T16:00:00.000Z';
const first: AccountEvent = {
  type: 'UserCreated',
  data: { userId: 1, name: 'Ann', role: 'administrator', credential: 'a', origin: 'set-up', at },
};
const viewer: AccountEvent = {
  type: 'UserCreated',
  data: { userId: 2, name: 'bob', role: 'viewer', credential: 'b', origin: 'user', at },
};
const second: AccountEvent = {
  type: 'UserCreated',
  data: { userId: 3, name: 'cleo', role: 'administrator', credential: 'c', origin: 'user', at },
};
const byProvider: AccountEvent = {
  type: 'UserCreated',
  data: { userId: 3, name: 'cleo', role: 'administrator', credential: null, origin: 'identity-provider', at },
};
const disabled: AccountEvent = { type: 'UserDisabled', data: { userId: 3, at } };
const when = (past: readonly AccountEvent[]) => given(past, accountDecider);
const change = (userId: number, changes: object) =>
  ({ type: 'ChangeUser', userId, changes, origin: 'user', at }) as const;

describe('the first administrator', () => {
  const account = { name: 'Ann', credential: 'a', origin: 'set-up' } as const;
  it('is created if there is no account', () => {
    when([]).when({ type: 'CreateFirstAdministrator', account, at }).then([first]);
  });
  it('is created once, even if all accounts were removed since', () => {
    when([first]).when({ type: 'CreateFirstAdministrator', account, at }).thenRefused('setup.done');
    const removed: AccountEvent = { type: 'UserRemoved', data: { userId: 1, at } };
    when([first, removed]).when({ type: 'CreateFirstAdministrator', account, at }).thenRefused('setup.done');
  });
});

describe('the last administrator who can sign in', () => {
  it.each([
    ['demoted', change(1, { role: 'operator' })],
    ['disabled', change(1, { disabled: true })],
    ['removed', { type: 'RemoveUser', userId: 1, at }],
  ] as const)('cannot be %s', (_, command) => {
    when([first, viewer]).when(command).thenRefused('user.last-administrator');
    when([first, second, disabled]).when(command).thenRefused('user.last-administrator');
    // The provider may be unavailable, and then no one could sign in.
    when([first, byProvider]).when(command).thenRefused('user.last-administrator');
  });

  it('is no longer one of two', () => {
    when([first, second])
      .when({ type: 'RemoveUser', userId: 1, at })
      .then([{ type: 'UserRemoved', data: { userId: 1, at } }]);
    when([first, second])
      .when(change(1, { role: 'viewer' }))
      .then([{ type: 'UserRoleChanged', data: { userId: 1, role: 'viewer', origin: 'user', at } }]);
  });
});

describe('an account', () => {
  const account = { name: 'bob', role: 'viewer', credential: 'b', origin: 'user' } as const;
  it('gets the next number, and never a used one', () => {
    when([first]).when({ type: 'CreateUser', account, at }).then([viewer]);
    const removed: AccountEvent = { type: 'UserRemoved', data: { userId: 2, at } };
    when([first, viewer, removed])
      .when({ type: 'CreateUser', account, at })
      .then([{ ...viewer, data: { ...viewer.data, userId: 3 } } as AccountEvent]);
  });

  it.each(['BOB', ' bob', 'ｂｏｂ'])('cannot be called %s beside bob', (name) => {
    when([first, viewer])
      .when({ type: 'CreateUser', account: { ...account, name }, at })
      .thenRefused('user.name-taken');
    when([first, viewer]).when(change(1, { name })).thenRefused('user.name-taken');
  });

  it('can change the capitals of its own name', () => {
    when([first])
      .when(change(1, { name: 'ANN' }))
      .then([{ type: 'UserRenamed', data: { userId: 1, name: 'ANN', at } }]);
  });

  it('that does not exist cannot be changed', () => {
    when([first])
      .when(change(7, { name: 'x' }))
      .thenRefused('user.not-found');
    when([first]).when({ type: 'RemoveUser', userId: 7, at }).thenRefused('user.not-found');
  });

  it('does not change if nothing is changed', () => {
    when([first, viewer])
      .when(change(2, { name: 'bob', role: 'viewer', disabled: false }))
      .thenNothing();
  });

  it('takes several changes at once', () => {
    when([first, viewer])
      .when(change(2, { role: 'operator', disabled: true, credential: 'new' }))
      .then([
        { type: 'UserRoleChanged', data: { userId: 2, role: 'operator', origin: 'user', at } },
        { type: 'UserDisabled', data: { userId: 2, at } },
        { type: 'UserPasswordChanged', data: { userId: 2, credential: 'new', origin: 'user', at } },
      ]);
  });

  it('has an identity that no other account has', () => {
    const linked: AccountEvent = { type: 'UserIdentityLinked', data: { userId: 2, identity: 'x', at } };
    const link = (userId: number) => ({ type: 'LinkIdentity', userId, identity: 'x', at }) as const;
    when([first, viewer]).when(link(2)).then([linked]);
    when([first, viewer, linked]).when(link(2)).thenNothing();
    when([first, viewer, linked]).when(link(1)).thenRefused('user.identity-taken');
    when([first, viewer, linked])
      .when({ type: 'CreateUser', account: { ...account, name: 'dora', identity: 'x' }, at })
      .thenRefused('user.identity-taken');
  });
});

it('folds to its visible fields', () => {
  const state = foldAccounts([first, viewer, disabled]);
  expect(findByName(state, ' aNN ')).toMatchObject({ id: 1, role: 'administrator' });
  expect(state.lastId).toBe(2);
});

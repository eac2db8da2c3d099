import { describe, expect, it } from '@jest/globals';
import { given } from '@streamvault/kernel/testing';
import { foldKeys, keyDecider } from './key-decider.js';
import type { KeyEvent } from './key-events.js';

const at = '2026-11-30T16:00:00.000Z';
const later = '2026-11-30T17:00:00.000Z';
const key = { id: 'k1', userId: 2, name: 'Script', scopes: ['videos.change'], expiresAt: null };
const created: KeyEvent = {
  type: 'ApiKeyCreated',
  data: { keyId: 'k1', userId: 2, name: 'Script', scopes: ['videos.change'], expiresAt: null, at },
};
const revoked: KeyEvent = { type: 'ApiKeyRevoked', data: { keyId: 'k1', at: later } };
const allowed = ['videos.change', 'recordings.control'];
const when = (past: readonly KeyEvent[]) => given(past, keyDecider);

describe('an API key', () => {
  it('is created with permissions that its owner has, each once', () => {
    when([]).when({ type: 'CreateApiKey', key, allowed, at }).then([created]);
    const twice = { ...key, scopes: ['videos.change', 'videos.change'] };
    when([]).when({ type: 'CreateApiKey', key: twice, allowed, at }).then([created]);
  });

  it.each([
    [['users.change'], ['users.change']],
    [
      ['videos.change', 'users.change', 'settings.change'],
      ['users.change', 'settings.change'],
    ],
  ])('with the permissions %j is refused, and the refusal names %j', (scopes, foreign) => {
    when([])
      .when({ type: 'CreateApiKey', key: { ...key, scopes }, allowed, at })
      .thenRefused('key.scope-not-yours', { scopes: foreign });
  });

  it.each([at, '2026-11-30T15:59:59.999Z'])('that would expire at %s, not in the future, is refused', (expiresAt) => {
    when([])
      .when({ type: 'CreateApiKey', key: { ...key, expiresAt }, allowed, at })
      .thenRefused('key.expiry-past');
  });

  it('is revoked once', () => {
    when([created]).when({ type: 'RevokeApiKey', keyId: 'k1', at: later }).then([revoked]);
    when([created, revoked]).when({ type: 'RevokeApiKey', keyId: 'k1', at: later }).thenRefused('key.not-found');
    when([]).when({ type: 'RevokeApiKey', keyId: 'k1', at: later }).thenRefused('key.not-found');
  });

  it('is in the state until it is revoked', () => {
    expect(foldKeys([created])).toEqual({ byId: { k1: { ...key, createdAt: at } } });
    expect(foldKeys([created, revoked])).toEqual({ byId: {} });
  });
});

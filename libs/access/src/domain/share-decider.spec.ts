import { describe, expect, it } from '@jest/globals';
import { given } from '@streamvault/kernel/testing';
import { foldShares, shareDecider } from './share-decider.js';
import type { ShareEvent } from './share-events.js';

const at = '2026-11-30T16:00:00.000Z';
const later = '2026-11-30T17:00:00.000Z';
const facts = { name: 'For Ann', userId: 2, hasPassword: true, download: false, expiresAt: later };
const share = { id: 's1', item: { kind: 'video', id: 7 }, ...facts } as const;
const created: ShareEvent = { type: 'ShareCreated', data: { shareId: 's1', kind: 'video', itemId: 7, ...facts, at } };
const revoked: ShareEvent = { type: 'ShareRevoked', data: { shareId: 's1', at: later } };
const opened: ShareEvent = { type: 'ShareOpened', data: { shareId: 's1', at: later } };
const when = (past: readonly ShareEvent[]) => given(past, shareDecider);

describe('a share link', () => {
  it('is created', () => {
    when([]).when({ type: 'CreateShare', share, at }).then([created]);
  });

  it.each([at, '2026-11-30T15:59:59.999Z'])('that would expire at %s, not in the future, is refused', (expiresAt) => {
    when([])
      .when({ type: 'CreateShare', share: { ...share, expiresAt }, at })
      .thenRefused('key.expiry-past');
  });

  it('is revoked once', () => {
    when([created]).when({ type: 'RevokeShare', shareId: 's1', at: later }).then([revoked]);
    when([created, revoked]).when({ type: 'RevokeShare', shareId: 's1', at: later }).thenRefused('share.not-found');
    when([]).when({ type: 'RevokeShare', shareId: 's1', at: later }).thenRefused('share.not-found');
  });

  it('is noted when it is opened, unless it was revoked meanwhile', () => {
    when([created]).when({ type: 'NoteOpening', shareId: 's1', at: later }).then([opened]);
    when([created, revoked]).when({ type: 'NoteOpening', shareId: 's1', at: later }).thenNothing();
  });

  it('is in the state until it is revoked, however often it is opened', () => {
    expect(foldShares([created, opened])).toEqual({ byId: { s1: { ...share, createdAt: at } } });
    expect(foldShares([created, revoked])).toEqual({ byId: {} });
  });
});

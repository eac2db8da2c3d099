import { expect, it } from '@jest/globals';
import type { CleanupPolicy } from '@streamvault/api-contract';
import { given } from '@streamvault/kernel/testing';
import { cleanupDecider, noCleanup } from './cleanup-decider.js';
import type { CleanupEvent } from './cleanup-events.js';
import { cleanupOf } from './streamer-cleanup.js';

const policy = (scope: CleanupPolicy['scope'], enabled = true): CleanupPolicy => ({
  name: 'A policy',
  enabled,
  scope,
  combine: 'any',
  remove: { beyondNewest: 9, olderThanDays: null, aboveBytes: null, belowFreeBytes: null, watchedDaysAgo: null },
  keep: { newest: null, youngerThanDays: null },
  order: 'oldest',
});
const forAll = policy({ kind: 'all' });
const own = policy({ kind: 'streamer', streamerId: 3 });
const chess = policy({ kind: 'category', category: 'Chess' });
const settings = (...policies: CleanupPolicy[]) => ({ ...noCleanup, policies });
const at = '2026-11-30T23:00:00.000Z';
const changed = (...policies: CleanupPolicy[]): CleanupEvent => ({
  type: 'CleanupSettingsChanged',
  data: { by: 'ada', at, settings: settings(...policies) },
});

it('is the policy of the streamer, else that for all, as far as they are switched on', () => {
  expect(cleanupOf(3, settings(forAll, own, chess))).toMatchObject({ origin: 'streamer', categories: ['Chess'] });
  expect(cleanupOf(4, settings(forAll, own))).toMatchObject({ origin: 'all', policy: forAll, own: null });
  const off = policy({ kind: 'streamer', streamerId: 3 }, false);
  expect(cleanupOf(3, settings(forAll, off))).toMatchObject({ origin: 'all', own: off });
  expect(cleanupOf(3, settings(policy({ kind: 'all' }, false)))).toMatchObject({ origin: 'none', policy: null });
});

it('changes the policy of one streamer and leaves the others alone', () => {
  const change = (next: CleanupPolicy | null) =>
    ({ type: 'ChangeStreamerPolicy', by: 'ada', at, streamerId: 3, policy: next }) as const;
  given([changed(forAll)], cleanupDecider)
    .when(change(own))
    .then([changed(forAll, own)]);
  const other = { ...own, order: 'largest' as const };
  given([changed(own, forAll)], cleanupDecider)
    .when(change(other))
    .then([changed(other, forAll)]);
  given([changed(forAll, own)], cleanupDecider)
    .when(change(null))
    .then([changed(forAll)]);
  given([changed(forAll)], cleanupDecider)
    .when(change(null))
    .thenNothing();
});

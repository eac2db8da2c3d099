import { describe, expect, it } from '@jest/globals';
import type { CleanupPolicy } from '@streamvault/api-contract';
import { policyInWords } from './cleanup-words';

const nothing: CleanupPolicy = {
  name: 'All',
  enabled: true,
  scope: { kind: 'all' },
  combine: 'any',
  remove: { beyondNewest: null, olderThanDays: null, aboveBytes: null, belowFreeBytes: null, watchedDaysAgo: null },
  keep: { newest: null, youngerThanDays: null },
  order: 'oldest',
};

describe('a policy in words', () => {
  it('says so where it does nothing', () => expect(policyInWords(nothing)).toBe('Removes nothing yet.'));

  it('names each rule, and what is always kept', () => {
    const remove = { ...nothing.remove, beyondNewest: 10, olderThanDays: 1 };
    expect(policyInWords({ ...nothing, remove, keep: { newest: 3, youngerThanDays: 7 } })).toBe(
      'Removes all but the newest 10, or what is older than 1 day, oldest first. Always keeps the newest 3 and what is younger than 7 days.',
    );
    expect(policyInWords({ ...nothing, remove, combine: 'all', order: 'largest' })).toContain(
      'all but the newest 10, where also what is older than 1 day, largest first',
    );
  });
});

import type { CleanupPolicy, CleanupPreview } from '@streamvault/api-contract';
import { formatBytes } from '../ui/formats';

const days = (count: number): string => (count === 1 ? '1 day' : `${count} days`);

/** What a policy does, as a sentence. */
export function policyInWords({ remove, keep, combine, order }: CleanupPolicy): string {
  const removes = [
    remove.beyondNewest === null ? [] : [`all but the newest ${remove.beyondNewest}`],
    remove.olderThanDays === null ? [] : [`what is older than ${days(remove.olderThanDays)}`],
    remove.watchedDaysAgo === null ? [] : [`what was watched more than ${days(remove.watchedDaysAgo)} ago`],
    remove.aboveBytes === null ? [] : [`what goes beyond ${formatBytes(remove.aboveBytes)}`],
    remove.belowFreeBytes === null ? [] : [`as much as it takes to have ${formatBytes(remove.belowFreeBytes)} free`],
  ].flat();
  if (removes.length === 0) return 'Removes nothing yet.';
  const keeps = [
    keep.newest === null ? [] : [`the newest ${keep.newest}`],
    keep.youngerThanDays === null ? [] : [`what is younger than ${days(keep.youngerThanDays)}`],
  ].flat();
  const kept = keeps.length === 0 ? '' : ` Always keeps ${keeps.join(' and ')}.`;
  return `Removes ${removes.join(combine === 'any' ? ', or ' : ', where also ')}, ${order} first.${kept}`;
}

export const spareWords: Readonly<Record<CleanupPreview['spared'][number]['spared'], string>> = {
  protected: 'kept by a person',
  'too-young': 'too young',
  'in-process': 'still being worked on',
  'watched-now': 'being watched',
  shared: 'shared',
  'keep-newest': 'among the newest',
  'keep-younger': 'younger than the rule keeps',
};

/** Before anything is chosen. */
export const emptyPolicy: CleanupPolicy = {
  name: 'All streamers',
  enabled: false,
  scope: { kind: 'all' },
  combine: 'any',
  remove: { beyondNewest: null, olderThanDays: null, aboveBytes: null, belowFreeBytes: null, watchedDaysAgo: null },
  keep: { newest: null, youngerThanDays: null },
  order: 'oldest',
};

import type { CleanupSettings } from '@streamvault/api-contract';
import { newestFirst } from './newest-first.js';
import type { Now, PlannedRemoval, PlannedVideo, SpareReason } from './plan-types.js';
import { keptBecause, sparedBecause } from './spare.js';

export interface EmergencyPlan {
  readonly binToEmpty: readonly number[];
  readonly removals: readonly PlannedRemoval[];
  readonly ids: ReadonlySet<number>;
  readonly bytesMissing: number;
}

const none: EmergencyPlan = { binToEmpty: [], removals: [], ids: new Set(), bytesMissing: 0 };

/**
 * Makes room for the hours to come at the present write rate: first the bin, then what rules chose anyway, then the
 * oldest. It removes exactly as much as is missing, even against rules that keep, which it names; but never what
 * nothing may remove.
 */
export function emergencyPlan(
  { emergency, floorHours, policies }: CleanupSettings,
  videos: readonly PlannedVideo[],
  chosen: readonly PlannedRemoval[],
  now: Now,
): EmergencyPlan {
  let missing = emergency.enabled ? now.bytesPerSecond * emergency.hours * 3600 - now.freeBytes : 0;
  if (missing <= 0) return none;
  const binToEmpty: number[] = [];
  for (const { id, bytes } of now.bin.toSorted((one, other) => (one.binnedAt < other.binnedAt ? -1 : 1))) {
    if (missing <= 0) break;
    if (bytes === 0) continue;
    binToEmpty.push(id);
    missing -= bytes;
  }
  const kept = new Map<number, SpareReason>(
    policies
      .filter(({ enabled }) => enabled)
      .flatMap((policy) => [...keptBecause(policy, inScope(policy, videos), now)]),
  );
  const before = new Set(chosen.map(({ video }) => video.id));
  const rest = newestFirst(videos).toReversed();
  const removals: PlannedRemoval[] = [];
  for (const video of [...chosen.map((each) => each.video), ...rest.filter(({ id }) => !before.has(id))]) {
    if (missing <= 0) break;
    if (video.bytes === 0 || sparedBecause(video, floorHours, now)) continue;
    removals.push({
      video,
      policy: 'Disk emergency',
      reason: 'disk-emergency',
      rule: `Disk emergency: full in less than ${emergency.hours} hours`,
      action: 'purge',
      overrides: before.has(video.id) ? null : (kept.get(video.id) ?? null),
    });
    missing -= video.bytes;
  }
  return {
    binToEmpty,
    removals,
    ids: new Set(removals.map(({ video }) => video.id)),
    bytesMissing: Math.max(0, Math.ceil(missing)),
  };
}

function inScope({ scope }: CleanupSettings['policies'][number], videos: readonly PlannedVideo[]): PlannedVideo[] {
  if (scope.kind === 'all') return [...videos];
  return scope.kind === 'streamer'
    ? videos.filter(({ streamerId }) => streamerId === scope.streamerId)
    : videos.filter(({ category }) => category?.toLowerCase() === scope.category.toLowerCase());
}

import type { CleanupPolicy, CleanupSettings } from '@streamvault/api-contract';
import { emergencyPlan } from './emergency.js';
import { daysBetween } from './days.js';
import { newestFirst, sum } from './newest-first.js';
import type { CleanupPlan, Now, PlannedRemoval, PlannedVideo, Reason, Spared } from './plan-types.js';
import { keptBecause, sparedBecause } from './spare.js';

/** A run that would remove a larger share of the library waits for a confirmation. */
const mostUnconfirmed = 0.25;

/**
 * What would be removed, in order, and what stays although a rule chose it. Pure, and the same for preview and run.
 *
 * Each video has one policy: that of its streamer, else that of its category, else that for all. A policy that is
 * switched off is skipped.
 */
export function plan(settings: CleanupSettings, videos: readonly PlannedVideo[], now: Now): CleanupPlan {
  const removals: PlannedRemoval[] = [];
  const spared: Spared[] = [];
  for (const [policy, governed] of governedBy(settings.policies, videos)) {
    const planned = planOfPolicy(policy, governed, settings.floorHours, now);
    removals.push(...planned.removals);
    spared.push(...planned.spared);
  }
  const emergency = emergencyPlan(settings, videos, removals, now);
  const all = [...emergency.removals, ...removals.filter(({ video }) => !emergency.ids.has(video.id))];
  const bytes = sum(all.map(({ video }) => video.bytes));
  const share = videos.length === 0 ? 0 : all.length / videos.length;
  const total = sum(videos.map((video) => video.bytes));
  // The emergency was switched on for times without supervision; it removes no more than what is missing.
  const ordinary = all.filter(({ action }) => action === 'bin');
  const ordinaryBytes = sum(ordinary.map(({ video }) => video.bytes));
  return {
    removals: all,
    spared: spared.filter(({ video }) => !emergency.ids.has(video.id)),
    binToEmpty: emergency.binToEmpty,
    bytes,
    share,
    needsConfirmation: ordinary.length > videos.length * mostUnconfirmed || ordinaryBytes > total * mostUnconfirmed,
    bytesMissing: emergency.bytesMissing,
  };
}

function governedBy(
  policies: readonly CleanupPolicy[],
  videos: readonly PlannedVideo[],
): Map<CleanupPolicy, PlannedVideo[]> {
  const enabled = policies.filter((policy) => policy.enabled);
  const governed = new Map<CleanupPolicy, PlannedVideo[]>(enabled.map((policy) => [policy, []]));
  const byStreamer = new Map<number, CleanupPolicy>();
  const byCategory = new Map<string, CleanupPolicy>();
  let forAll: CleanupPolicy | undefined;
  for (const policy of enabled) {
    if (policy.scope.kind === 'streamer') byStreamer.set(policy.scope.streamerId, policy);
    else if (policy.scope.kind === 'category') byCategory.set(policy.scope.category.toLowerCase(), policy);
    else forAll = policy;
  }
  for (const video of videos) {
    const policy =
      byStreamer.get(video.streamerId) ??
      (video.category === null ? undefined : byCategory.get(video.category.toLowerCase())) ??
      forAll;
    if (policy) governed.get(policy)?.push(video);
  }
  return governed;
}

function planOfPolicy(policy: CleanupPolicy, videos: readonly PlannedVideo[], floorHours: number, now: Now) {
  const removals: PlannedRemoval[] = [];
  const spared: Spared[] = [];
  const kept = keptBecause(policy, videos, now);
  const why = (video: PlannedVideo) => sparedBecause(video, floorHours, now) ?? kept.get(video.id);
  const { aboveBytes, belowFreeBytes } = policy.remove;
  let above = aboveBytes === null ? 0 : sum(videos.map(({ bytes }) => bytes)) - aboveBytes;
  // The bin counts as freed; otherwise each run until its grace period is over would remove as much again.
  let below = belowFreeBytes === null ? 0 : belowFreeBytes - now.freeBytes - now.binBytes;
  const go = (video: PlannedVideo, reason: Reason) => {
    const spare = why(video);
    if (spare) {
      spared.push({ video, policy: policy.name, reason, spared: spare });
      return;
    }
    removals.push({
      video,
      policy: policy.name,
      reason,
      action: 'bin',
      rule: inWords(policy, reason),
      overrides: null,
    });
    above -= video.bytes;
    below -= video.bytes;
  };

  const judged = judgeEach(policy, videos, now);
  const ordered = inOrderOfGoing(policy, videos);
  if (policy.combine === 'any') {
    for (const video of ordered) {
      const [reason] = judged.get(video.id) ?? [];
      if (reason) go(video, reason);
    }
    for (const video of ordered) {
      if (judged.get(video.id)?.length) continue;
      // Removing it would free nothing.
      if (video.bytes === 0) continue;
      if (above > 0) go(video, 'above-bytes');
      else if (below > 0) go(video, 'below-free');
    }
    return { removals, spared };
  }
  const wanted = [policy.remove.beyondNewest, policy.remove.olderThanDays, policy.remove.watchedDaysAgo].filter(
    (rule) => rule !== null,
  ).length;
  const hasAmount = aboveBytes !== null || belowFreeBytes !== null;
  if (wanted === 0 && !hasAmount) return { removals, spared };
  for (const video of ordered) {
    if ((judged.get(video.id)?.length ?? 0) < wanted) continue;
    if ((aboveBytes !== null && above <= 0) || (belowFreeBytes !== null && below <= 0)) break;
    if (hasAmount && video.bytes === 0) continue;
    go(video, 'all-rules');
  }
  return { removals, spared };
}

/** Rules that choose a video by itself, independent of others. */
function judgeEach(policy: CleanupPolicy, videos: readonly PlannedVideo[], now: Now): Map<number, Reason[]> {
  const { beyondNewest, olderThanDays, watchedDaysAgo } = policy.remove;
  const reasons = new Map<number, Reason[]>(videos.map(({ id }) => [id, []]));
  if (beyondNewest !== null) {
    const counted = newestFirst(videos.filter(({ isProtected }) => !isProtected));
    for (const { id } of counted.slice(beyondNewest)) reasons.get(id)?.push('beyond-newest');
  }
  for (const { id, endedAt, watchedAt } of videos) {
    if (olderThanDays !== null && daysBetween(endedAt, now.at, now.zone) > olderThanDays)
      reasons.get(id)?.push('older-than');
    if (watchedDaysAgo !== null && watchedAt !== null && daysBetween(watchedAt, now.at, now.zone) >= watchedDaysAgo)
      reasons.get(id)?.push('watched');
  }
  return reasons;
}

function inOrderOfGoing({ order }: CleanupPolicy, videos: readonly PlannedVideo[]): PlannedVideo[] {
  const oldest = newestFirst(videos).toReversed();
  return order === 'oldest' ? oldest : oldest.toSorted((one, other) => other.bytes - one.bytes);
}

function inWords({ name, remove }: CleanupPolicy, reason: Reason): string {
  switch (reason) {
    case 'beyond-newest':
      return `${name}: not among the newest ${remove.beyondNewest}`;
    case 'older-than':
      return `${name}: older than ${remove.olderThanDays} days`;
    case 'watched':
      return `${name}: watched ${remove.watchedDaysAgo} days ago`;
    case 'above-bytes':
      return `${name}: more than ${remove.aboveBytes} bytes`;
    case 'below-free':
      return `${name}: less than ${remove.belowFreeBytes} bytes free`;
    case 'all-rules':
      return `${name}: all its rules`;
    case 'disk-emergency':
      return `${name}: the disk is about to be full`;
    default:
      return reason satisfies never;
  }
}

import type { CleanupPolicy } from '@streamvault/api-contract';
import { daysBetween } from './days.js';
import { newestFirst } from './newest-first.js';
import type { Now, PlannedVideo, SpareReason } from './plan-types.js';

const hourMilliseconds = 3600 * 1000;

/** Why nothing may remove it, neither a rule nor an emergency. */
export function sparedBecause(video: PlannedVideo, floorHours: number, now: Now): SpareReason | undefined {
  if (video.isProtected) return 'protected';
  if (video.hold) return video.hold;
  return Date.parse(now.at) - Date.parse(video.endedAt) < floorHours * hourMilliseconds ? 'too-young' : undefined;
}

/** Which videos the rules of their policy keep, by id. */
export function keptBecause(
  { keep }: CleanupPolicy,
  videos: readonly PlannedVideo[],
  now: Now,
): ReadonlyMap<number, SpareReason> {
  const kept = new Map<number, SpareReason>();
  if (keep.newest !== null) for (const { id } of newestFirst(videos).slice(0, keep.newest)) kept.set(id, 'keep-newest');
  if (keep.youngerThanDays !== null)
    for (const { id, endedAt } of videos)
      if (daysBetween(endedAt, now.at, now.zone) <= keep.youngerThanDays) kept.set(id, 'keep-younger');
  return kept;
}

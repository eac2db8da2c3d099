import { z } from 'zod';
import { bytes, instant, publicId } from './primitives.js';

/** Unlimited is null; 0 would mean "all of it" to one and "no limit" to another, and is refused. */
const limit = z.int('must be a whole number; null for no limit').min(1, 'must be at least 1; null for no limit');

export const cleanupPolicy = z
  .object({
    name: z.string().trim().min(1).max(100),
    enabled: z.boolean(),
    /** Of several that fit a video, that of its streamer counts, else that of its category, else that for all. */
    scope: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('all') }),
      z.object({ kind: z.literal('streamer'), streamerId: publicId }),
      z.object({ kind: z.literal('category'), category: z.string().trim().min(1).max(200) }),
    ]),
    /** Whether one rule is enough for a video to go, or all that are set have to agree. */
    combine: z.enum(['any', 'all']),
    remove: z.object({
      /** All but the newest so many go. Protected ones do not count. */
      beyondNewest: limit.nullable(),
      /** Whole days since the broadcast ended, in the zone of the installation. */
      olderThanDays: limit.nullable(),
      /** Until the videos of this policy take no more. */
      aboveBytes: limit.nullable(),
      /** Until so much is free on the disk, with what is in the bin. */
      belowFreeBytes: limit.nullable(),
      /** So many whole days after it was watched. */
      watchedDaysAgo: limit.nullable(),
    }),
    /** Beats each rule that removes. */
    keep: z.object({ newest: limit.nullable(), youngerThanDays: limit.nullable() }),
    order: z.enum(['oldest', 'largest']),
  })
  .meta({ id: 'CleanupPolicy' });
export type CleanupPolicy = z.infer<typeof cleanupPolicy>;

export const diskEmergency = z
  .object({
    enabled: z.boolean(),
    /** Acts when the disk is full in fewer hours, at the rate at which recordings write now, and makes room for so many. */
    hours: z.int().min(1).max(72),
  })
  .meta({
    id: 'DiskEmergency',
    description:
      'Empties the bin before its grace is over, then removes the oldest videos, also against rules that keep.',
  });
export type DiskEmergency = z.infer<typeof diskEmergency>;

const hasOnePerScope = (policies: readonly CleanupPolicy[]): boolean =>
  new Set(policies.map(({ scope }) => JSON.stringify(scope))).size === policies.length;

export const cleanupSettings = z
  .object({
    policies: z.array(cleanupPolicy).max(500).refine(hasOnePerScope, 'must have one policy per scope'),
    emergency: diskEmergency,
    /** Nothing younger is ever removed, by no rule and no emergency. */
    floorHours: z
      .int()
      .min(1)
      .max(24 * 365),
  })
  .meta({ id: 'CleanupSettings' });
export type CleanupSettings = z.infer<typeof cleanupSettings>;

export const cleanupReason = z.enum([
  'beyond-newest',
  'older-than',
  'above-bytes',
  'below-free',
  'watched',
  'all-rules',
  'disk-emergency',
]);
export const spareReason = z.enum([
  'protected',
  'too-young',
  'in-process',
  'watched-now',
  'shared',
  'keep-newest',
  'keep-younger',
]);

export const plannedRemoval = z
  .object({
    videoId: publicId,
    title: z.string(),
    streamerName: z.string(),
    endedAt: instant,
    /** Allocated on the disk, and freed when its files are removed. */
    bytes,
    /** `purge`: at once, without the grace of the bin. */
    action: z.enum(['bin', 'purge']),
    policy: z.string(),
    reason: cleanupReason,
    /** In words. */
    rule: z.string(),
    /** The rule that kept it, and that the emergency overrides. */
    overrides: spareReason.nullable(),
  })
  .meta({ id: 'PlannedRemoval' });
export type PlannedRemovalAnswer = z.infer<typeof plannedRemoval>;

export const cleanupPreview = z
  .object({
    removals: z.array(plannedRemoval),
    /** What a rule chose and something else keeps. */
    spared: z.array(
      z.object({ videoId: publicId, title: z.string(), bytes, reason: cleanupReason, spared: spareReason }),
    ),
    bytes,
    /** Of those in the library. */
    share: z.number().min(0).max(1),
    /** More than a quarter of the library: a run has to be confirmed with the number of removals. */
    needsConfirmation: z.boolean(),
    /** The emergency finds too little to remove: new recordings will be refused. */
    bytesMissing: bytes,
  })
  .meta({ id: 'CleanupPreview' });
export type CleanupPreview = z.infer<typeof cleanupPreview>;

export const previewBody = z.object({ settings: cleanupSettings.optional() }).default({});
export type PreviewBody = z.infer<typeof previewBody>;
export const cleanupRunBody = z
  .object({
    /** The number of removals that the preview told, where a run has to be confirmed. */
    confirm: z.int().min(0).optional(),
  })
  .default({});
export type CleanupRunBody = z.infer<typeof cleanupRunBody>;

export const cleanupRun = z
  .object({
    runId: z.string(),
    by: z.string(),
    at: instant,
    /** `held`: it waits for a confirmation, nothing was removed. */
    outcome: z.enum(['done', 'held']),
    chosen: z.int(),
    binned: z.int(),
    purged: z.int(),
    /** Of what was removed at once, and of what the bin frees later. */
    bytesFreed: bytes,
    bytesInBin: bytes,
    skipped: z.array(z.object({ videoId: publicId, code: z.string(), message: z.string() })),
  })
  .meta({ id: 'CleanupRun' });
export type CleanupRunAnswer = z.infer<typeof cleanupRun>;
export const cleanupRuns = z.object({ items: z.array(cleanupRun) });

import { z } from 'zod';
import { bytes, instant, publicId, wholeList } from './primitives.js';

/** Unlimited is null. 0 could mean "all" or "no limit", and is refused. */
const limit = z.int('must be a whole number; null for no limit').min(1, 'must be at least 1; null for no limit');

export const cleanupPolicy = z
  .object({
    name: z.string().trim().min(1).max(100),
    enabled: z.boolean(),
    /** If several fit a video, the one for its streamer counts, else the one for its category, else the one for all. */
    scope: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('all') }),
      z.object({ kind: z.literal('streamer'), streamerId: publicId }),
      z.object({ kind: z.literal('category'), category: z.string().trim().min(1).max(200) }),
    ]),
    /** Whether one rule is enough to remove a video, or all that are set have to agree. */
    combine: z.enum(['any', 'all']),
    remove: z.object({
      /** All but this many newest videos are removed. Protected ones do not count. */
      beyondNewest: limit.nullable(),
      /** Whole days since the broadcast ended, in the time zone of the installation. */
      olderThanDays: limit.nullable(),
      /** Until the videos of this policy take no more than this. */
      aboveBytes: limit.nullable(),
      /** Until this much is free on the disk, counting what is in the bin. */
      belowFreeBytes: limit.nullable(),
      /** Whole days after it was watched. */
      watchedDaysAgo: limit.nullable(),
    }),
    /** Takes precedence over every rule that removes. */
    keep: z.object({ newest: limit.nullable(), youngerThanDays: limit.nullable() }),
    order: z.enum(['oldest', 'largest']),
  })
  .meta({ id: 'CleanupPolicy' });
export type CleanupPolicy = z.infer<typeof cleanupPolicy>;

export const diskEmergency = z
  .object({
    enabled: z.boolean(),
    /** Acts if the disk would be full within this many hours at the present write rate, and makes room for as many. */
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
    /** Nothing younger is ever removed, by any rule or emergency. */
    floorHours: z
      .int()
      .min(1)
      .max(24 * 365),
  })
  .meta({ id: 'CleanupSettings' });
export type CleanupSettings = z.infer<typeof cleanupSettings>;

/** How long the videos of one streamer stay, and where that comes from. */
export const streamerCleanup = z
  .object({
    /** `none`: no policy that is switched on applies to it. Videos of a category with a policy of its own follow that, unless the streamer has its own. */
    origin: z.enum(['streamer', 'all', 'none']),
    /** What applies; null for `none`. */
    policy: cleanupPolicy.nullable(),
    /** The streamer's own, also while it is switched off. */
    own: cleanupPolicy.nullable(),
    forAll: cleanupPolicy.nullable(),
    /** Categories with a policy that is switched on. */
    categories: z.array(z.string()),
  })
  .meta({ id: 'StreamerCleanup' });
export type StreamerCleanup = z.infer<typeof streamerCleanup>;

export const putStreamerCleanupBody = z
  .object({
    /** null: those for its categories, and for all, apply again. */
    policy: cleanupPolicy.omit({ name: true, scope: true }).nullable(),
  })
  .meta({ id: 'PutStreamerCleanup' });
export type PutStreamerCleanupBody = z.infer<typeof putStreamerCleanupBody>;

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
    /** `purge`: at once, without the bin. */
    action: z.enum(['bin', 'purge']),
    policy: z.string(),
    reason: cleanupReason,
    /** A sentence. */
    rule: z.string(),
    /** The rule that kept it, which the emergency overrides. */
    overrides: spareReason.nullable(),
  })
  .meta({ id: 'PlannedRemoval' });

export const cleanupPreview = z
  .object({
    removals: z.array(plannedRemoval),
    /** What a rule chose but another one keeps. */
    spared: z.array(
      z.object({ videoId: publicId, title: z.string(), bytes, reason: cleanupReason, spared: spareReason }),
    ),
    bytes,
    /** Share of the library. */
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
    /** The number of removals from the preview, if a run has to be confirmed. */
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
    /** Freed by what was removed at once, plus what the bin will free later. */
    bytesFreed: bytes,
    bytesInBin: bytes,
    skipped: z.array(z.object({ videoId: publicId, code: z.string(), message: z.string() })),
  })
  .meta({ id: 'CleanupRun' });
export type CleanupRunAnswer = z.infer<typeof cleanupRun>;
export const cleanupRuns = wholeList(cleanupRun);

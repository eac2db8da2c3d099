import { cleanupSettings } from '@streamvault/api-contract';
import { defineEvent, type EventOf } from '@streamvault/kernel';
import { z } from 'zod';

/* Cleanup settings and results. What happened to a video is in its own stream. */

/** On `cleanup-settings`: these are all rules from now on. */
export const cleanupSettingsChanged = defineEvent({
  type: 'CleanupSettingsChanged',
  version: 1,
  schema: z.object({ by: z.string(), at: z.string(), settings: cleanupSettings }),
});

/** On `cleanuprun-<id>`: a run that removed something, or that waits for a confirmation. */
export const cleanupRan = defineEvent({
  type: 'CleanupRan',
  version: 1,
  schema: z.object({
    runId: z.string(),
    by: z.string(),
    at: z.string(),
    outcome: z.enum(['done', 'held']),
    chosen: z.number(),
    binned: z.number(),
    purged: z.number(),
    bytesFreed: z.number(),
    bytesInBin: z.number(),
    skipped: z.array(z.object({ videoId: z.number(), code: z.string(), message: z.string() })),
  }),
});

export const cleanupEvents = [cleanupSettingsChanged, cleanupRan] as const;
export type CleanupEvent = EventOf<(typeof cleanupEvents)[number]>;

export const cleanupCategory = 'cleanup';
export const cleanupStream = 'cleanup-settings';
export const cleanupRunCategory = 'cleanuprun';
export const cleanupRunStream = (runId: string): `cleanuprun-${string}` => `cleanuprun-${runId}`;

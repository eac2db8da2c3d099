import { z } from 'zod';
import { cause, instant, listQuery, page, publicId } from './primitives.js';

export const broadcastDecision = z.enum(['record', 'provisional', 'skip', 'stop', 'discard']).meta({
  id: 'BroadcastDecision',
  description:
    'provisional: recorded until the rules can decide; skip: not recorded; stop: its recording was ended and stays; discard: its recording was ended and goes to the bin.',
});
export const decidingRule = z
  .object({ number: z.int().min(1), name: z.string() })
  .nullable()
  .meta({ id: 'DecidingRule', description: 'The rule that decided; null if a setting or a person did.' });

export const broadcast = z
  .object({
    id: publicId,
    streamerId: publicId,
    state: z.enum(['live', 'away', 'ended']).meta({ description: 'away: gone, and waited for until `deadline`.' }),
    startedAt: instant,
    endedAt: instant.nullable(),
    noticedAt: instant,
    noticedBy: z.enum(['eventsub', 'helix', 'playlist', 'user']),
    kind: z.string(),
    platformIds: z
      .array(z.string())
      .meta({ description: 'A broadcast that was interrupted and continued has several.' }),
    title: z.string().nullable(),
    category: z.string().nullable(),
    tags: z.array(z.string()),
    titles: z.array(z.object({ at: instant, title: z.string().nullable(), category: z.string().nullable() })),
    awaySince: instant.nullable(),
    deadline: instant.nullable(),
    raid: z.object({ at: instant, to: z.string(), viewers: z.int().min(0) }).nullable(),
    endReason: cause.nullable(),
    recordingId: publicId.nullable(),
    laterRecordingIds: z
      .array(publicId)
      .meta({ description: 'Recordings that people started after that one had been stopped.' }),
    decision: z.object({ decision: broadcastDecision, at: instant, rule: decidingRule, reason: cause }).nullable(),
    refusal: cause.nullable().meta({ description: 'Why it could not be recorded although it should have been.' }),
  })
  .meta({ id: 'Broadcast' });
export type Broadcast = z.infer<typeof broadcast>;
export const broadcastPage = page(broadcast);

/** What happened to a broadcast that was noticed, and why. Kept for ever. */
export const detection = z
  .object({
    broadcastId: publicId,
    streamerId: publicId,
    streamerName: z.string().nullable().meta({ description: 'null: the streamer was removed from the list.' }),
    startedAt: instant,
    endedAt: instant.nullable(),
    noticedBy: broadcast.shape.noticedBy,
    title: z.string().nullable(),
    category: z.string().nullable(),
    isRecorded: z.boolean(),
    recordingId: publicId.nullable(),
    decision: broadcastDecision.nullable(),
    rule: decidingRule,
    why: cause.meta({ description: 'What decided it: a rule, a setting, a person, or an obstacle.' }),
  })
  .meta({ id: 'Detection' });
export type Detection = z.infer<typeof detection>;
export const detectionPage = page(detection);

export const listBroadcastsQuery = listQuery;

/** Of all streamers, the latest notice first. */
export const listDetectionsQuery = listQuery.extend({
  streamerId: z.coerce.number().pipe(publicId).optional(),
  decision: broadcastDecision.optional(),
  recorded: z.enum(['true', 'false']).optional(),
  /** When it began: not before `from`, and before `to`. */
  from: instant.optional(),
  to: instant.optional(),
});

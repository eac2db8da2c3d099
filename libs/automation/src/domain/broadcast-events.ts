import { defineEvent, type EventOf } from '@streamvault/kernel';
import { z } from 'zod';
import { witnesses } from './sighting.js';

/*
 * What can happen to a broadcast: one live session of a streamer. Stream: `broadcast-<id>`. Instants are ISO 8601 UTC
 * and come in with the command; `at` is when it was true, as far as known.
 */

const at = z.string();
const witness = z.enum(witnesses);
const details = {
  title: z.string().nullable(),
  category: z.string().nullable(),
  tags: z.array(z.string()).nullable(),
};
const reason = z.object({ code: z.string(), message: z.string() });
const rule = z.object({ number: z.number(), name: z.string() }).nullable();

export const broadcastStarted = defineEvent({
  type: 'BroadcastStarted',
  version: 1,
  schema: z.object({
    broadcastId: z.number(),
    streamerId: z.number(),
    at,
    /** When it began according to the platform; else when it was noticed. */
    startedAt: z.string(),
    noticedAt: z.string(),
    witness,
    platformId: z.string().nullable(),
    kind: z.string(),
    ...details,
    /** The platform's ids of the streamer's earlier broadcasts, because a platform sometimes returns to one of them. */
    formerIds: z.array(z.string()),
  }),
});

/** Another witness sees it too. */
export const broadcastSeen = defineEvent({ type: 'BroadcastSeen', version: 1, schema: z.object({ at, witness }) });

/** The streamer is away; the broadcast is over at the deadline, unless it continues before. */
export const broadcastAway = defineEvent({
  type: 'BroadcastAway',
  version: 1,
  schema: z.object({ at, witness, deadline: z.string() }),
});

/** Another check of a streamer who is away: still away, or the check was not possible. */
export const broadcastAbsenceSeen = defineEvent({
  type: 'BroadcastAbsenceSeen',
  version: 1,
  schema: z.object({ at, witness, word: z.enum(['offline', 'unknown']) }),
});

/** It is live again, or continues under another id of the platform. */
export const broadcastContinued = defineEvent({
  type: 'BroadcastContinued',
  version: 1,
  schema: z.object({ at, witness, platformId: z.string().nullable(), awaySeconds: z.number() }),
});

export const broadcastDeadlineMoved = defineEvent({
  type: 'BroadcastDeadlineMoved',
  version: 1,
  schema: z.object({ at, deadline: z.string(), reason }),
});

export const broadcastTitleChanged = defineEvent({
  type: 'BroadcastTitleChanged',
  version: 1,
  schema: z.object({ at, witness, ...details }),
});

/** The streamer sent the viewers to another one, which mostly explains an end. */
export const broadcastRaided = defineEvent({
  type: 'BroadcastRaided',
  version: 1,
  schema: z.object({ at, to: z.string(), viewers: z.number() }),
});

export const broadcastEnded = defineEvent({
  type: 'BroadcastEnded',
  version: 1,
  schema: z.object({ at, endedAt: z.string(), reason }),
});

/**
 * What happens with it. `provisional`: recorded, and discarded if the rules then say no; `stop`: the recording ends,
 * and stays; `discard`: the recording ends and goes to the bin.
 */
export const recordingDecided = defineEvent({
  type: 'RecordingDecided',
  version: 1,
  schema: z.object({
    at,
    decision: z.enum(['record', 'provisional', 'skip', 'stop', 'discard']),
    rule,
    reason,
    judgeAgainAt: z.string().nullable(),
  }),
});

/** The rules would not record what it has become; its recording stops then, unless they change their mind. */
export const recordingStopPlanned = defineEvent({
  type: 'RecordingStopPlanned',
  version: 1,
  schema: z.object({ at, stopAt: z.string(), rule, reason }),
});

export const recordingStopCalledOff = defineEvent({
  type: 'RecordingStopCalledOff',
  version: 1,
  schema: z.object({ at }),
});

/** A person started or stopped the recording; that holds until the broadcast ends. */
export const recordingOverridden = defineEvent({
  type: 'RecordingOverridden',
  version: 1,
  schema: z.object({ at, by: z.string(), wish: z.enum(['record', 'stop']) }),
});

/** Its recording. One that a person starts after that was stopped is recorded in the same way. */
export const broadcastRecorded = defineEvent({
  type: 'BroadcastRecorded',
  version: 1,
  schema: z.object({ at, recordingId: z.number() }),
});

/** It should be recorded, but that was refused or failed. */
export const broadcastNotRecorded = defineEvent({
  type: 'BroadcastNotRecorded',
  version: 1,
  schema: z.object({ at, reason }),
});

export const broadcastEvents = [
  broadcastStarted,
  broadcastSeen,
  broadcastAway,
  broadcastAbsenceSeen,
  broadcastContinued,
  broadcastDeadlineMoved,
  broadcastTitleChanged,
  broadcastRaided,
  broadcastEnded,
  recordingDecided,
  recordingStopPlanned,
  recordingStopCalledOff,
  recordingOverridden,
  broadcastRecorded,
  broadcastNotRecorded,
] as const;
export type BroadcastEvent = EventOf<(typeof broadcastEvents)[number]>;
export type BroadcastEventData<Type extends BroadcastEvent['type']> = Extract<BroadcastEvent, { type: Type }>['data'];

export const broadcastCategory = 'broadcast';
export const broadcastStream = (broadcastId: number): `broadcast-${number}` => `broadcast-${broadcastId}`;

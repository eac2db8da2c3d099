import { container } from '@streamvault/api-contract';
import { cause } from '@streamvault/kernel';
import { z } from 'zod';

/*
 * What can happen to a recording. Instants are ISO 8601 UTC and come in with the command, never from a clock in here.
 * Durations are in seconds, sizes in bytes. Stream: `recording-<id>`.
 */

const at = z.string();
export type { Cause } from '@streamvault/failures';

/** Who or what asked for a recording. */
const trigger = z.object({
  kind: z.enum(['user', 'broadcast', 'schedule']),
  /** The actor: `api`, `automation`, a user, … */
  by: z.string(),
  /** The reason, for people; null if the request itself is reason enough. */
  reason: z.string().nullable(),
});
export type Trigger = z.infer<typeof trigger>;

export type { Container } from '@streamvault/media';

const output = z.object({
  /** Path below the library's root. */
  file: z.string(),
  bytes: z.number(),
  durationSeconds: z.number(),
  width: z.number().nullable(),
  height: z.number().nullable(),
  codecs: z.string().nullable(),
  /** Start of its first segment on the wall clock. */
  startedAt: z.string().nullable(),
  /** Where the wall clock lies in the file, stretch by stretch. What lies between two stretches was not captured. */
  timeline: z.array(z.object({ startsAt: z.string(), mediaSeconds: z.number(), durationSeconds: z.number() })),
});
/** One finished file. A recording whose codec or size changed may have several. */
export type Output = z.infer<typeof output>;

/** A video of the broadcast that its platform keeps. */
const fillSource = z.object({
  id: z.string(),
  /** For people: where the missing span can be watched there. */
  url: z.string(),
  /** When its first picture was broadcast. */
  startsAt: z.string(),
});
export type FillSource = z.infer<typeof fillSource>;

/** A step of the plan that ends finalizing. It runs when everything it depends on is done. */
const plannedStep = z.object({ name: z.string(), dependsOn: z.array(z.string()) });
export type PlannedStep = z.infer<typeof plannedStep>;

export const recordingEventSchemas = {
  RecordingRequested: z.object({
    recordingId: z.number(),
    streamerId: z.number(),
    streamerName: z.string(),
    source: z.object({ url: z.string(), platform: z.string() }),
    quality: z.string(),
    /** What happens to advertising that the source marks. */
    ads: z.enum(['skip', 'keep']),
    /** Names of proxies and `direct`, in order of preference; null: as the settings say. */
    proxies: z.array(z.string()).nullable(),
    title: z.string().nullable(),
    category: z.string().nullable(),
    trigger,
    /** The broadcast that it records, if the platform announced one. */
    broadcastId: z.number().nullable(),
    at,
    deadline: z.string(),
  }),
  /** `at`: since when the broadcast has this title. */
  RecordingDetailsChanged: z.object({ at, title: z.string().nullable(), category: z.string().nullable() }),
  /** `epoch` grows with each assignment: who reports under an older one has lost the recording. */
  RecorderAssigned: z.object({ at, recorderId: z.string(), epoch: z.int().min(1) }),
  CaptureStarting: z.object({ at, deadline: z.string() }),
  DeadlineMoved: z.object({ at, deadline: z.string(), cause }),
  SourceOpened: z.object({
    at,
    variant: z.object({
      name: z.string().nullable(),
      width: z.number().nullable(),
      height: z.number().nullable(),
      codecs: z.string().nullable(),
      bandwidth: z.number().nullable(),
    }),
    targetDurationSeconds: z.number(),
    /** Why its address was found again during the capture: the old one was refused, or about to be. */
    again: z.enum(['refused', 'expiring']).nullable(),
  }),
  CaptureStarted: z.object({ at }),
  PartOpened: z.object({ at, number: z.number(), container, reason: z.string() }),
  PartClosed: z.object({
    at,
    number: z.number(),
    bytes: z.number(),
    segments: z.number(),
    durationSeconds: z.number(),
  }),
  GapRecorded: z.object({ from: z.string(), to: z.string(), seconds: z.number(), cause, at }),
  AdRecorded: z.object({ from: z.string(), to: z.string(), seconds: z.number(), kept: z.boolean(), at }),
  CaptureInterrupted: z.object({ at, cause, deadline: z.string() }),
  CaptureResumed: z.object({ at }),
  /** With a cause if it was not a person's wish. */
  StopRequested: z.object({ at, by: z.string(), cause: cause.nullable(), deadline: z.string() }),
  SourceEnded: z.object({ at, reason: z.enum(['endlist', 'gave-up']), deadline: z.string() }),
  CaptureEnded: z.object({
    at,
    bytes: z.number(),
    segments: z.number(),
    durationSeconds: z.number(),
    capturedRatio: z.number(),
    adSeconds: z.number(),
    /** Requests that had to be repeated; null if they were not counted. */
    retries: z.number().nullable(),
  }),
  FinalizeFailed: z.object({ at, attempt: z.number(), cause, retryAt: z.string().nullable() }),
  RecordingFinalized: z.object({
    at,
    outputs: z.array(output),
    /** In the order in which steps begin that are ready at the same time. */
    steps: z.array(plannedStep),
    deadline: z.string(),
  }),
  StepStarted: z.object({ at, name: z.string(), attempt: z.number() }),
  StepSucceeded: z.object({ at, name: z.string(), attempt: z.number(), videoId: z.number().nullable() }),
  StepFailed: z.object({
    at,
    name: z.string(),
    attempt: z.number(),
    cause,
    /** null: given up until somebody retries it. */
    retryAt: z.string().nullable(),
  }),
  StepRetryRequested: z.object({ at, name: z.string(), by: z.string(), deadline: z.string() }),
  StepSkipped: z.object({ at, name: z.string(), by: z.string(), deadline: z.string() }),
  RecordingCompleted: z.object({ at }),
  RecordingFailed: z.object({ at, cause }),
  RecordingCancelled: z.object({ at, by: z.string(), cause }),
  RecordingRetried: z.object({ at, by: z.string(), from: z.enum(['capture', 'finalize']), deadline: z.string() }),
  PartsDiscarded: z.object({ at, bytes: z.number() }),
  /** They were to be removed, but something still needs them, or the disk refuses. It is tried again by itself. */
  PartsKept: z.object({ at, cause }),
  /** A gap is to be filled from the platform's own video of the broadcast. After `deadline` it counts as given up. */
  GapFillRequested: z.object({
    at,
    by: z.string(),
    from: z.string(),
    to: z.string(),
    source: fillSource,
    deadline: z.string(),
  }),
  /** The file has what was missing. The gap stays: it was not captured. */
  GapFilled: z.object({
    at,
    by: z.string(),
    from: z.string(),
    to: z.string(),
    url: z.string(),
    seconds: z.number(),
    /** So much of it was muted by the platform. */
    mutedSeconds: z.number(),
    /** The file as it is from now on. */
    output,
  }),
  /** The file is as it was. */
  GapFillFailed: z.object({ at, from: z.string(), to: z.string(), cause }),
} as const;

type Schemas = typeof recordingEventSchemas;
export type RecordingEventType = keyof Schemas;
export type RecordingEventData<Type extends RecordingEventType> = z.infer<Schemas[Type]>;
export type RecordingEvent = {
  [Type in RecordingEventType]: { readonly type: Type; readonly data: RecordingEventData<Type> };
}[RecordingEventType];

export const recordingEventTypes = Object.keys(recordingEventSchemas) as RecordingEventType[];

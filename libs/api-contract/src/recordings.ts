import { z } from 'zod';
import { bytes, cause, instant, listQuery, logNumber, page, publicId, seconds } from './primitives.js';

export const recordingState = z
  .enum([
    'requested',
    'starting',
    'capturing',
    'reconnecting',
    'finalizing',
    'postProcessing',
    'completed',
    'failed',
    'cancelled',
  ])
  .meta({ id: 'RecordingState' });
export type RecordingState = z.infer<typeof recordingState>;

/** A transport stream, fragmented MP4, or audio without a container. */
export const container = z.enum(['ts', 'mp4', 'aac', 'mp3', 'ac3', 'eac3']);

/** The states in which a streamer's recording is taking the broadcast, so that a second one may not start. */
export const activeRecordingStates = ['requested', 'starting', 'capturing', 'reconnecting'] as const;

const filledGap = z
  .object({
    at: instant,
    by: z.string(),
    url: z.string().meta({ description: "Where the platform's own video has it." }),
    seconds: seconds.meta({ description: 'So much was added to the file.' }),
    mutedSeconds: seconds.meta({ description: 'So much of it was muted by the platform.' }),
  })
  .meta({ id: 'FilledGap', description: 'That the file has the span by now, and from where.' });

export const gap = z
  .object({
    from: instant,
    to: instant,
    seconds,
    cause,
    filled: filledGap.nullable().optional().meta({ description: 'Absent or null: the span is missing.' }),
  })
  .meta({ id: 'Gap', description: 'A span of the broadcast that could not be fetched, and why.' });
export type Gap = z.infer<typeof gap>;

export const gapFill = z
  .object({
    from: instant,
    to: instant,
    requestedAt: instant,
    by: z.string(),
    url: z.string().meta({ description: "Where the platform's own video has it." }),
    state: z.enum(['running', 'filled', 'failed']),
    endedAt: instant.nullable(),
    cause: cause.nullable().meta({ description: 'Why it failed; the video is as it was.' }),
  })
  .meta({ id: 'GapFill', description: "The latest attempt to fill a gap from the platform's own video." });
export type GapFill = z.infer<typeof gapFill>;

export const ad = z
  .object({
    from: instant,
    to: instant,
    seconds,
    kept: z
      .boolean()
      .meta({ description: 'Whether it is in the video; otherwise it was left out, which is not a gap.' }),
  })
  .meta({ id: 'Ad', description: 'Advertising that the source marks as such.' });
export type Ad = z.infer<typeof ad>;

export const stall = z
  .object({ from: instant, to: instant.nullable().meta({ description: 'null while it lasts.' }), cause })
  .meta({
    id: 'Stall',
    description:
      'A time in which no bytes arrived although some should have. What could not be fetched afterwards is a gap.',
  });
export type Stall = z.infer<typeof stall>;

export const part = z
  .object({
    number: z.int().min(1),
    bytes,
    durationSeconds: seconds,
    openedAt: instant,
    closedAt: instant.nullable(),
    container,
    reason: z.string().meta({ description: 'start, restart, discontinuity, rotation, sequence-reset or gap.' }),
  })
  .meta({ id: 'Part' });
export type Part = z.infer<typeof part>;

export const stepState = z.enum(['waiting', 'running', 'succeeded', 'failed', 'skipped', 'blocked']).meta({
  description: 'blocked: a step that it depends on was given up.',
});

export const step = z
  .object({
    name: z.string(),
    state: stepState,
    attempts: z.int().min(0),
    error: z
      .string()
      .nullable()
      .meta({ description: 'The last error. For a step that waits with a retryAt: what it waits for.' }),
    retryAt: instant.nullable(),
    dependsOn: z.array(z.string()).meta({ description: 'Names of the steps that must be done before.' }),
  })
  .meta({ id: 'Step' });
export type Step = z.infer<typeof step>;

export const recordingTrigger = z
  .object({
    kind: z.enum(['user', 'broadcast', 'schedule']),
    by: z.string().meta({ description: 'The actor that asked.' }),
    reason: z.string().nullable(),
  })
  .meta({ id: 'RecordingTrigger', description: 'Who or what asked for a recording.' });
export type RecordingTrigger = z.infer<typeof recordingTrigger>;

export const titleChange = z
  .object({ at: instant, title: z.string().nullable(), category: z.string().nullable() })
  .meta({ id: 'TitleChange', description: 'A title and category, and since when the broadcast had them.' });
export type TitleChange = z.infer<typeof titleChange>;

export const recording = z
  .object({
    id: publicId,
    streamerId: publicId,
    streamerName: z.string(),
    state: recordingState,
    title: z.string().nullable(),
    category: z.string().nullable(),
    titles: z.array(titleChange).meta({ description: 'Oldest first. The last one is the title and category above.' }),
    trigger: recordingTrigger,
    broadcastId: publicId.nullable(),
    requestedAt: instant,
    startedAt: instant.nullable().meta({ description: 'When the first part was opened.' }),
    endedAt: instant.nullable().meta({ description: 'When the capture ended, was cancelled or failed.' }),
    bytes,
    durationSeconds: seconds,
    segments: z.int().min(0),
    capturedRatio: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .meta({ description: 'Share of what the source sent: gaps reduce it, skipped advertising does not.' }),
    gapSeconds: seconds,
    gaps: z.array(gap),
    gapFills: z.array(gapFill).optional().meta({ description: 'One for each gap that was asked to be filled.' }),
    adSeconds: seconds.meta({ description: 'Advertising, left out or kept.' }),
    ads: z.array(ad),
    stallSeconds: seconds.meta({ description: 'Without a stall that still lasts.' }),
    stalls: z.array(stall),
    retries: z
      .int()
      .min(0)
      .nullable()
      .meta({ description: 'Requests that had to be repeated; null if they were not counted.' }),
    reResolves: z
      .int()
      .min(0)
      .meta({ description: "How often the source's address was found again during the capture." }),
    parts: z.array(part),
    steps: z.array(step),
    videoId: publicId.nullable(),
    failure: cause.nullable(),
    interruption: cause.nullable().meta({
      description:
        'Why it waits, while it does: for bytes when it is reconnecting, for its disk when it is finalizing.',
    }),
    deadline: instant.nullable().meta({ description: 'When the present waiting state gives up.' }),
    playable: z.boolean().meta({ description: 'Whether playlist.m3u8 answers.' }),
    revision: logNumber,
  })
  .meta({ id: 'Recording' });
export type Recording = z.infer<typeof recording>;
export const recordingPage = page(recording);

export const timeline = z
  .object({ items: z.array(z.object({ startsAt: instant, mediaSeconds: seconds, durationSeconds: seconds })) })
  .meta({ id: 'Timeline', description: 'Stretches of the broadcast, and where each begins in the playlist or file.' });
export type Timeline = z.infer<typeof timeline>;

export const fillGapBody = z
  .strictObject({ from: instant.meta({ description: 'The `from` of the gap.' }) })
  .meta({ id: 'FillGapBody' });
export type FillGapBody = z.infer<typeof fillGapBody>;

export const missingElsewhere = z
  .object({
    reason: z.string().nullable().meta({ description: 'Why there is nothing to offer; null if there is.' }),
    videos: z.array(z.object({ id: z.string(), url: z.string(), startsAt: instant })),
    gaps: z.array(
      z.object({
        from: instant,
        to: instant,
        seconds,
        url: z.string().nullable().meta({ description: "Where the platform's own video has it; null if none does." }),
        fillable: z.boolean().meta({ description: 'Whether the video can be filled with it now.' }),
        refusal: z.string().nullable().meta({ description: 'Why not, for people.' }),
      }),
    ),
  })
  .meta({ id: 'MissingElsewhere', description: "Where a recording's gaps can be watched on its platform." });
export type MissingElsewhere = z.infer<typeof missingElsewhere>;

export const listRecordingsQuery = listQuery.extend({
  state: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(recordingState))
    .optional()
    .meta({ description: 'One state or a comma list.' }),
  streamerId: z.coerce.number().int().min(1).optional(),
});

/** The answer of start and stop. */
export const recordingAnswer = z
  .object({ recordingId: publicId, streamerId: publicId, state: recordingState })
  .meta({ id: 'RecordingAnswer' });
export type RecordingAnswer = z.infer<typeof recordingAnswer>;

/** One event of a stream, as the log holds it. */
export const loggedEvent = z
  .object({
    id: z.string(),
    stream: z.string(),
    revision: logNumber,
    position: logNumber,
    type: z.string(),
    version: z.int().min(1),
    data: z.record(z.string(), z.unknown()),
    metadata: z.record(z.string(), z.unknown()),
    recordedAt: instant,
  })
  .meta({ id: 'LoggedEvent' });
export type LoggedEvent = z.infer<typeof loggedEvent>;

export const lifecycle = z
  .object({
    id: z.string(),
    initial: z.string(),
    states: z.array(
      z.object({
        name: z.string(),
        description: z.string(),
        final: z.boolean(),
        waiting: z.boolean().meta({ description: 'Has a deadline.' }),
        transitions: z.array(z.object({ event: z.string(), target: z.string(), description: z.string() })),
      }),
    ),
  })
  .meta({ id: 'Lifecycle', description: 'The statechart, read from the machine that runs.' });
export type Lifecycle = z.infer<typeof lifecycle>;

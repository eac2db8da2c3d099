import { z } from 'zod';
import { bytes, instant, publicId, seconds } from './primitives.js';

export const healthCheck = z.object({ status: z.enum(['ok', 'warn', 'down']), detail: z.string().optional() });
/**
 * A disk that this server writes to, and what happens when it fills up. null: the disk is gone, or gives no figures.
 */
export const diskHealth = z
  .object({
    folders: z.array(z.string()).meta({ description: 'The settings whose folders are on it: `DATA_DIR`.' }),
    path: z.string(),
    level: z.enum(['ok', 'warn', 'refuse', 'stop', 'gone']).meta({
      description:
        'warn: space gets scarce; refuse: no new recording is started; stop: running ones are stopped, the newest first; gone: it is not there.',
    }),
    freeBytes: bytes.nullable(),
    totalBytes: bytes.nullable(),
    bytesPerSecond: z.number().min(0).meta({ description: 'How much recordings write to it now.' }),
    secondsToFull: seconds.nullable().meta({ description: 'At that rate; null if nothing is written.' }),
    warnBelowBytes: bytes.nullable(),
    refuseBelowBytes: bytes.nullable(),
    stopBelowBytes: bytes.nullable(),
  })
  .meta({ id: 'DiskHealth' });
export type DiskHealth = z.infer<typeof diskHealth>;

export const health = z
  .object({
    status: z
      .enum(['ok', 'warn', 'down'])
      .meta({ description: 'The worst of the checks; what is not needed to serve cannot be down.' }),
    version: z.string(),
    uptimeSeconds: seconds,
    checks: z
      .record(z.string(), healthCheck)
      .meta({ description: 'eventStore, readModels, projections, disk, ffmpeg, recorder, …' }),
    disks: z.array(diskHealth).meta({ description: 'As of the last check, at most some seconds ago.' }),
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof health>;

/** One active recording's figures in the `progress` message of the live feed. */
export const recordingProgress = z
  .object({
    recordingId: publicId,
    bytes,
    durationSeconds: seconds,
    segments: z.int().min(0),
    bytesPerSecond: z.number().min(0),
    lastByteAt: instant.nullable(),
    lastByteAgeSeconds: seconds.nullable(),
    capturedRatio: z.number().min(0).max(1).nullable(),
    gapSeconds: seconds,
    adSeconds: seconds,
    stallSeconds: seconds.meta({ description: 'Including a stall that still lasts.' }),
    retries: z.int().min(0),
    reResolves: z.int().min(0),
    advertisingSince: instant.nullable().meta({ description: 'While advertising is being left out.' }),
    stalledSince: instant.nullable().meta({ description: 'While no bytes arrive although some should.' }),
  })
  .meta({ id: 'RecordingProgress' });
export type RecordingProgress = z.infer<typeof recordingProgress>;

/**
 * The live feed `GET /api/live` (SSE). Named messages, each with JSON data:
 * - `event` (id = log position): a {@link LoggedEvent}; the read models already contain it when it arrives.
 * - `progress` (no id): `{ recordings: RecordingProgress[] }`, at most once a second while something is captured.
 * - `caughtUp` (no id): what was missed has been sent. `Last-Event-ID` (header or `?lastEventId=`) resumes after that
 * position; without it the feed starts at the present.
 */
export const liveProgress = z.object({ recordings: z.array(recordingProgress) }).meta({ id: 'LiveProgress' });
export type LiveProgress = z.infer<typeof liveProgress>;

/** `POST /api/demo`: adds the built-in demo channel (or finds it) and returns the streamer. */
export const demoAvailability = z
  .object({ available: z.boolean(), reason: z.string().nullable(), streamerId: publicId.nullable() })
  .meta({ id: 'DemoAvailability' });
export type DemoAvailability = z.infer<typeof demoAvailability>;

export const queueItem = z
  .object({
    recordingId: publicId,
    streamerName: z.string(),
    name: z.string(),
    state: z
      .enum(['waiting', 'running', 'failed', 'blocked'])
      .meta({ description: 'blocked: a step that it depends on was given up.' }),
    waitingFor: z
      .string()
      .nullable()
      .meta({ description: 'A sentence about what has to come first; null if it does not wait.' }),
    progress: z.number().min(0).max(1).nullable().meta({ description: 'Of what runs; null if it is unknown.' }),
    secondsLeft: seconds.nullable().meta({ description: 'At the pace so far.' }),
    attempts: z.int().min(0),
    error: z.string().nullable(),
    retryAt: instant.nullable(),
  })
  .meta({ id: 'QueueItem' });
export type QueueItem = z.infer<typeof queueItem>;

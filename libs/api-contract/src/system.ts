import { z } from 'zod';
import { bytes, instant, publicId, seconds } from './primitives.js';

export const healthCheck = z.object({ status: z.enum(['ok', 'warn', 'down']), detail: z.string().optional() });
export const health = z
  .object({
    status: z.enum(['ok', 'down']),
    version: z.string(),
    uptimeSeconds: seconds,
    checks: z
      .record(z.string(), healthCheck)
      .meta({ description: 'eventStore, readModels, projections, disk, ffmpeg, recorder, …' }),
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
    stallSeconds: seconds.meta({ description: 'With the stall that lasts.' }),
    retries: z.int().min(0),
    reResolves: z.int().min(0),
    advertisingSince: instant.nullable().meta({ description: 'While advertising is being left out.' }),
    stalledSince: instant.nullable().meta({ description: 'While no byte comes although some should.' }),
  })
  .meta({ id: 'RecordingProgress' });
export type RecordingProgress = z.infer<typeof recordingProgress>;

/**
 * The live feed `GET /api/live` (SSE). Named messages, each with JSON data:
 * - `event` (id = log position): a {@link LoggedEvent}; the read models already show it when it arrives.
 * - `progress` (no id): `{ recordings: RecordingProgress[] }`, at most once a second while something is captured.
 * - `caughtUp` (no id): what was missed has been sent.
 * `Last-Event-ID` (header or `?lastEventId=`) resumes after that position; without it the feed starts at the present.
 */
export const liveProgress = z.object({ recordings: z.array(recordingProgress) }).meta({ id: 'LiveProgress' });
export type LiveProgress = z.infer<typeof liveProgress>;

/** `POST /api/demo`: adds the built-in demo channel (or finds it) and answers the streamer. */
export const demoAvailability = z
  .object({ available: z.boolean(), reason: z.string().nullable(), streamerId: publicId.nullable() })
  .meta({ id: 'DemoAvailability' });
export type DemoAvailability = z.infer<typeof demoAvailability>;

export const queueItem = z
  .object({
    recordingId: publicId,
    streamerName: z.string(),
    name: z.string(),
    state: z.enum(['waiting', 'running', 'failed']),
    attempts: z.int().min(0),
    error: z.string().nullable(),
    retryAt: instant.nullable(),
  })
  .meta({ id: 'QueueItem' });
export type QueueItem = z.infer<typeof queueItem>;

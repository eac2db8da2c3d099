import { defineEvent, type EventOf } from '@streamvault/kernel';
import { z } from 'zod';

/* What can happen to a video. Stream: `video-<id>`. Instants are ISO 8601 UTC, durations seconds, sizes bytes. */

const cause = z.object({ code: z.string(), message: z.string() });

export const videoFacts = z.object({
  recordingId: z.number(),
  /** From 1; a recording whose codec or size changed on the way has several files. */
  outputNumber: z.number(),
  streamerId: z.number(),
  streamerName: z.string(),
  title: z.string(),
  category: z.string().nullable(),
  recordedAt: z.string(),
  durationSeconds: z.number(),
  bytes: z.number(),
  width: z.number().nullable(),
  height: z.number().nullable(),
  codecs: z.string().nullable(),
  /** Both below the library's root. The thumbnail may not be there (yet). */
  file: z.string(),
  thumbnailFile: z.string(),
  gaps: z.array(z.object({ from: z.string(), to: z.string(), seconds: z.number(), cause })),
});
export type VideoFacts = z.infer<typeof videoFacts>;

export const videoAdded = defineEvent({
  type: 'VideoAdded',
  version: 1,
  schema: videoFacts.extend({ videoId: z.number(), at: z.string() }),
});

export const videoEvents = [videoAdded] as const;
export type VideoEvent = EventOf<(typeof videoEvents)[number]>;

export const videoCategory = 'video';
export const videoStream = (videoId: number): `video-${number}` => `video-${videoId}`;

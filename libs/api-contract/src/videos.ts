import { z } from 'zod';
import { bytes, instant, listQuery, page, publicId, seconds } from './primitives.js';
import { gap } from './recordings.js';

export const video = z
  .object({
    id: publicId,
    recordingId: publicId,
    streamerId: publicId,
    streamerName: z.string(),
    title: z.string(),
    category: z.string().nullable(),
    recordedAt: instant,
    durationSeconds: seconds,
    bytes,
    width: z.int().nullable(),
    height: z.int().nullable(),
    codecs: z.string().nullable(),
    protected: z.boolean(),
    chapters: z.array(z.object({ at: seconds, title: z.string(), category: z.string().nullable() })),
    gaps: z.array(gap),
    fileName: z.string(),
    thumbnailUrl: z.string(),
    streamUrl: z.string(),
  })
  .meta({ id: 'Video' });
export type Video = z.infer<typeof video>;
export const videoPage = page(video);

export const listVideosQuery = listQuery.extend({
  streamerId: z.coerce.number().int().min(1).optional(),
  q: z.string().trim().max(200).optional(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  sort: z
    .enum(['recordedAt', '-recordedAt', 'durationSeconds', '-durationSeconds', 'bytes', '-bytes'])
    .default('-recordedAt'),
});

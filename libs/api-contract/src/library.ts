import { z } from 'zod';
import { bytes, cause, instant, publicId, seconds } from './primitives.js';

export const importBody = z.object({
  /** A folder of RECORDINGS_DIR: below it, or absolute and in it. `.` is all of it. */
  path: z.string().min(1).max(4096),
  /** Only says what would happen: so unless it is told otherwise. */
  dryRun: z.boolean().default(true),
  /** Whose videos those are; by info files and folder names where it is not given. */
  streamerId: publicId.optional(),
});
export type ImportBody = z.infer<typeof importBody>;

/** `videoId` is null in a dry run. */
export const importedVideo = z
  .object({
    file: z.string(),
    videoId: publicId.nullable(),
    title: z.string(),
    /** Null in a dry run where the streamer would be added, too. */
    streamerId: publicId.nullable(),
    streamerName: z.string(),
    recordedAt: instant,
    durationSeconds: seconds,
    bytes,
    /** By the info file beside it, with chapters, gaps and its whole story. */
    restored: z.boolean(),
  })
  .meta({ id: 'ImportedVideo' });
export type ImportedVideo = z.infer<typeof importedVideo>;

const leftAside = z.array(z.object({ file: z.string(), cause }));

export const importReport = z
  .object({
    dryRun: z.boolean(),
    /** Videos that were looked at. */
    files: z.int(),
    imported: z.array(importedVideo),
    /** Already there, deleted before, still being written, or of an unknown streamer. */
    skipped: leftAside,
    unreadable: leftAside,
  })
  .meta({ id: 'ImportReport' });
export type ImportReport = z.infer<typeof importReport>;

/** Where records and files do not agree. Nothing of it was changed. */
export const consistencyReport = z
  .object({
    /** Records that were compared. */
    videos: z.int(),
    /** Records without their file. */
    missing: z.array(z.object({ videoId: publicId, file: z.string() })),
    /** Files of another size than was recorded. */
    changed: z.array(z.object({ videoId: publicId, file: z.string(), bytes, bytesOnDisk: bytes })),
    /** Videos that lie there, and that no record knows. They can be imported. */
    unknown: z.array(z.object({ file: z.string(), bytes })),
    /** What could not be looked at. */
    unreadable: z.array(z.string()),
  })
  .meta({ id: 'ConsistencyReport' });
export type ConsistencyReport = z.infer<typeof consistencyReport>;

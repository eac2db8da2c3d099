import { cause, defineEvent, type EventOf } from '@streamvault/kernel';
import { z } from 'zod';

/* What can happen to a video. Stream: `video-<id>`. Instants are ISO 8601 UTC, durations seconds, sizes bytes. */

export const videoFacts = z.object({
  recordingId: z.number(),
  /** From 1; old recordings whose codec or size changed have several files. */
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
  /** Both relative to the library's root. The thumbnail may be missing. */
  file: z.string(),
  thumbnailFile: z.string(),
  gaps: z.array(z.object({ from: z.string(), to: z.string(), seconds: z.number(), cause })),
  /** Without gaps, in the file's own time. */
  chapters: z.array(
    z.object({
      startSeconds: z.number(),
      endSeconds: z.number(),
      title: z.string().nullable(),
      category: z.string().nullable(),
    }),
  ),
});
export type VideoFacts = z.infer<typeof videoFacts>;

export const videoAdded = defineEvent({
  type: 'VideoAdded',
  version: 2,
  schema: videoFacts.extend({ videoId: z.number(), at: z.string() }),
  // Titles were not recorded yet.
  upcasters: { 1: (data) => ({ ...data, chapters: [] }) },
});

export const importedFacts = videoFacts
  .omit({ recordingId: true, outputNumber: true, gaps: true })
  .meta({ description: 'What is known of a file that was not recorded here.' });
export type ImportedFacts = z.infer<typeof importedFacts>;

/** A file that was already in the library's folder belongs to the library from now on. */
export const videoImported = defineEvent({
  type: 'VideoImported',
  version: 2,
  schema: importedFacts.extend({ videoId: z.number(), by: z.string(), at: z.string() }),
  // What other programs wrote about chapters was not read yet.
  upcasters: { 1: (data) => ({ ...data, chapters: [] }) },
});

/** Who did it (the actor of the command), and when. */
const done = { videoId: z.number(), by: z.string(), at: z.string() };

/** Where a video was cut out of. */
const origin = z.object({
  videoId: z.number(),
  /** In the file's own time. */
  fromSeconds: z.number(),
  toSeconds: z.number(),
  /** Coded again so that it begins and ends to the frame; else it was copied from the key frame before. */
  exact: z.boolean(),
});
export type VideoOrigin = z.infer<typeof origin>;

export const cutFacts = videoFacts.omit({ recordingId: true, outputNumber: true }).extend({ origin });
export type CutFacts = z.infer<typeof cutFacts>;

/** A range of another video became a video of its own. */
export const videoCut = defineEvent({ type: 'VideoCut', version: 1, schema: cutFacts.extend(done) });

/** Its file had another size than was recorded, and somebody said that the file is right. */
export const videoMeasured = defineEvent({
  type: 'VideoMeasured',
  version: 1,
  schema: z.object({ ...done, bytes: z.number(), durationSeconds: z.number() }),
});

/** Below the library's root, both. */
const place = { file: z.string(), thumbnailFile: z.string() };

/** From here on its files may lie under either name, until it has moved. */
export const videoMoveStarted = defineEvent({
  type: 'VideoMoveStarted',
  version: 1,
  schema: z.object({ ...done, ...place }),
});

export const videoMoved = defineEvent({ type: 'VideoMoved', version: 1, schema: z.object({ ...done, ...place }) });

/** It is where it was. */
export const videoMoveFailed = defineEvent({
  type: 'VideoMoveFailed',
  version: 1,
  schema: z.object({ ...done, cause }),
});

const span = { from: z.string(), to: z.string() };

/** Its file is being made again, with what a gap lacked. Until that is done, or `until`, it is neither moved nor removed. */
export const videoFillStarted = defineEvent({
  type: 'VideoFillStarted',
  version: 1,
  schema: z.object({ ...done, ...span, until: z.string() }),
});

const filledGap = z.object({
  at: z.string(),
  by: z.string(),
  url: z.string(),
  seconds: z.number(),
  mutedSeconds: z.number(),
});

export type FilledGap = z.infer<typeof filledGap>;

/** The file now contains what a gap lacked. The gap stays listed, with where its content comes from. */
export const videoFilled = defineEvent({
  type: 'VideoFilled',
  version: 1,
  schema: z.object({
    ...done,
    ...span,
    filled: filledGap,
    ...videoFacts.pick({
      bytes: true,
      durationSeconds: true,
      width: true,
      height: true,
      codecs: true,
      chapters: true,
    }).shape,
  }),
});

/** The file is as it was. */
export const videoFillFailed = defineEvent({
  type: 'VideoFillFailed',
  version: 1,
  schema: z.object({ ...done, cause }),
});

export const videoRenamed = defineEvent({
  type: 'VideoRenamed',
  version: 1,
  schema: z.object({ ...done, title: z.string() }),
});

/** From now on no rule and no accident can put it into the bin. */
export const videoProtected = defineEvent({ type: 'VideoProtected', version: 1, schema: z.object(done) });
export const videoUnprotected = defineEvent({ type: 'VideoUnprotected', version: 1, schema: z.object(done) });

/** Somebody watched it (nearly) to its end. Rules may choose it for that. */
export const videoWatched = defineEvent({ type: 'VideoWatched', version: 1, schema: z.object(done) });
/** It counts as not watched from now on. */
export const videoUnwatched = defineEvent({ type: 'VideoUnwatched', version: 1, schema: z.object(done) });

/** Removed from the lists, its files untouched; can be restored until it is purged. */
export const videoBinned = defineEvent({
  type: 'VideoBinned',
  version: 1,
  schema: z.object({
    ...done,
    /** A sentence about the rule that chose it; null if a person did. */
    rule: z.string().nullable(),
    /** What purging it would free, as far as known then. */
    bytes: z.number(),
    purgeAfter: z.string(),
  }),
});

export const videoRestored = defineEvent({ type: 'VideoRestored', version: 1, schema: z.object(done) });

/** The point of no return: from here on its files are being removed, and an interrupted removal continues. */
export const videoPurgeStarted = defineEvent({
  type: 'VideoPurgeStarted',
  version: 1,
  schema: z.object({
    ...done,
    /** Relative to the library's root, the video first. */
    files: z.array(
      z.object({
        file: z.string(),
        /** Allocated on the disk, and freed by removing it: 0 if another hard link keeps them. */
        bytes: z.number(),
      }),
    ),
  }),
});

/** Its files are gone. The stream remains as its tombstone. */
export const videoPurged = defineEvent({
  type: 'VideoPurged',
  version: 1,
  schema: z.object({ ...done, bytesFreed: z.number() }),
});

export const videoPurgeFailed = defineEvent({
  type: 'VideoPurgeFailed',
  version: 1,
  schema: z.object({
    ...done,
    cause,
    /** The video itself still exists: it is back in the bin, and can be restored. */
    isVideoThere: z.boolean(),
  }),
});

export const videoEvents = [
  videoAdded,
  videoImported,
  videoCut,
  videoRenamed,
  videoProtected,
  videoUnprotected,
  videoWatched,
  videoUnwatched,
  videoBinned,
  videoRestored,
  videoPurgeStarted,
  videoPurged,
  videoPurgeFailed,
  videoMeasured,
  videoMoveStarted,
  videoMoved,
  videoMoveFailed,
  videoFillStarted,
  videoFilled,
  videoFillFailed,
] as const;
export type VideoEvent = EventOf<(typeof videoEvents)[number]>;

export const videoCategory = 'video';
export const videoStream = (videoId: number): `video-${number}` => `video-${videoId}`;

import { z } from 'zod';
import { bytes, cause, instant, listQuery, page, publicId, seconds } from './primitives.js';
import { gap } from './recordings.js';

/** How a video came into the bin, and until when it can be restored. */
export const binEntry = z
  .object({
    /** Who. */
    by: z.string(),
    /** A sentence about the rule that chose it; null if a person deleted it. */
    rule: z.string().nullable(),
    at: instant,
    /** What removing its files frees. */
    bytes,
    purgeAfter: instant,
    /** Why its files could not be removed, if that was tried. */
    failure: cause.nullable(),
  })
  .meta({ id: 'BinEntry' });
export type BinEntry = z.infer<typeof binEntry>;

export const video = z
  .object({
    id: publicId,
    /** Null if it was not recorded here, but imported. */
    recordingId: publicId.nullable(),
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
    /** When it was last watched to its end; null if never. */
    watchedAt: instant.nullable(),
    chapters: z.array(z.object({ at: seconds, title: z.string(), category: z.string().nullable() })),
    gaps: z.array(gap),
    fileName: z.string(),
    /** What it was cut out of; null where it is a whole broadcast. */
    origin: z.object({ videoId: publicId, fromSeconds: seconds, toSeconds: seconds, exact: z.boolean() }).nullable(),
    thumbnailUrl: z.string(),
    streamUrl: z.string(),
    /** Null while it is in the library. */
    bin: binEntry.nullable(),
  })
  .meta({ id: 'Video' });
export type Video = z.infer<typeof video>;
/** One page, and the totals over all pages of the same filter. */
export const videoPage = page(video).extend({ total: z.object({ videos: z.int(), bytes: z.number().min(0) }) });
export type VideoPage = z.infer<typeof videoPage>;
/** A page of what is in the bin. */
export const binPage = page(video);

export const changeVideoBody = z.object({
  title: z.string().trim().min(1).max(500).optional(),
  protected: z.boolean().optional(),
});
export type ChangeVideoBody = z.infer<typeof changeVideoBody>;

export const deleteVideoQuery = z.object({
  /** `true`: even if it is protected. */
  evenProtected: z.enum(['true', 'false']).default('false'),
});

export const emptyBinBody = z
  .object({
    /** Default: everything in the bin. */
    videoIds: z.array(publicId).min(1).max(1000).optional(),
  })
  .default({});
export type EmptyBinBody = z.infer<typeof emptyBinBody>;

export const emptiedBin = z
  .object({
    purged: z.int(),
    bytesFreed: bytes,
    failed: z.array(z.object({ videoId: publicId, code: z.string(), message: z.string() })),
  })
  .meta({ id: 'EmptiedBin' });
export type EmptiedBinAnswer = z.infer<typeof emptiedBin>;

export const binQuery = listQuery;

/** A video whose files are gone, and who or what deleted it. */
export const deletedVideo = z
  .object({
    id: publicId,
    /** Null if it was not recorded here, but imported. */
    recordingId: publicId.nullable(),
    streamerId: publicId,
    streamerName: z.string(),
    title: z.string(),
    recordedAt: instant,
    durationSeconds: seconds,
    by: z.string(),
    rule: z.string().nullable(),
    deletedAt: instant,
    purgedAt: instant,
    bytesFreed: bytes,
  })
  .meta({ id: 'DeletedVideo' });
export type DeletedVideo = z.infer<typeof deletedVideo>;
export const deletedVideoPage = page(deletedVideo);
export const deletedVideosQuery = listQuery.extend({ streamerId: z.coerce.number().int().min(1).optional() });

export const listVideosQuery = listQuery.extend({
  streamerId: z.coerce.number().int().min(1).optional(),
  /** Words that must all be in the title, the streamer's name, the category or a chapter. */
  q: z.string().trim().max(200).optional(),
  category: z.string().trim().max(200).optional(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  minSeconds: z.coerce.number().min(0).optional(),
  maxSeconds: z.coerce.number().min(0).optional(),
  hasGaps: z.enum(['true', 'false']).optional(),
  /** Protected from rules and accidents. */
  kept: z.enum(['true', 'false']).optional(),
  /** Watched to its end, by anybody: what cleanup rules go by. */
  watched: z.enum(['true', 'false']).optional(),
  sort: z
    .enum(['recordedAt', '-recordedAt', 'durationSeconds', '-durationSeconds', 'bytes', '-bytes'])
    .default('-recordedAt'),
});

export const videoFileKind = z.enum([
  'video',
  'thumbnail',
  'storyboard',
  'chapters',
  'subtitles',
  'chat',
  'info',
  'nfo',
  'artwork',
  'checksum',
]);
export type VideoFileKind = z.infer<typeof videoFileKind>;

/** What lies on the disk of one video: the video first, then what stands beside it. */
export const videoFileList = z
  .object({
    items: z.array(
      z.object({
        /** Below RECORDINGS_DIR, with `/` between folders; a storyboard may be a folder. */
        file: z.string(),
        bytes,
        kind: videoFileKind,
      }),
    ),
    /** Of the video, as the step that calculated it wrote it down; null where none did. */
    sha256: z.string().nullable(),
  })
  .meta({ id: 'VideoFileList' });
export type VideoFileList = z.infer<typeof videoFileList>;

const videoIds = z.array(publicId).min(1).max(500);
export const bulkVideosBody = z.object({ videoIds }).meta({ id: 'BulkVideos' });
export type BulkVideosBody = z.infer<typeof bulkVideosBody>;
export const bulkBinBody = z
  .object({
    videoIds,
    /** Also where they are protected. */
    evenProtected: z.boolean().default(false),
  })
  .meta({ id: 'BulkBin' });
export type BulkBinBody = z.infer<typeof bulkBinBody>;
export const bulkChangeBody = z
  .strictObject({ videoIds, protected: z.boolean().optional(), watched: z.boolean().optional() })
  .refine(
    ({ protected: isProtected, watched }) => isProtected !== undefined || watched !== undefined,
    'Name at least one of protected, watched.',
  )
  .meta({ id: 'BulkChange' });
export type BulkChangeBody = z.infer<typeof bulkChangeBody>;
/** What speaks against one of them does not hold up the others. */
export const bulkAnswer = z
  .object({
    done: z.array(publicId),
    failed: z.array(z.object({ videoId: publicId, code: z.string(), message: z.string() })),
  })
  .meta({ id: 'BulkAnswer' });
export type BulkAnswer = z.infer<typeof bulkAnswer>;

export const savePositionBody = z.object({ seconds: z.number().min(0).max(1e9) }).meta({ id: 'SavePosition' });
export type SavePositionBody = z.infer<typeof savePositionBody>;
export const watchedPosition = z
  .object({ videoId: publicId, seconds, /** Null where it was not begun. */ at: instant.nullable() })
  .meta({ id: 'WatchedPosition' });
export type WatchedPosition = z.infer<typeof watchedPosition>;
export const watchingList = z
  .object({
    items: z.array(
      z.object({
        videoId: publicId,
        seconds,
        at: instant,
        /** What a list shows of it. */
        video: video.pick({
          id: true,
          recordingId: true,
          streamerId: true,
          streamerName: true,
          title: true,
          recordedAt: true,
          durationSeconds: true,
          thumbnailUrl: true,
        }),
      }),
    ),
  })
  .meta({ id: 'WatchingList' });
export type WatchingList = z.infer<typeof watchingList>;
export const watchingQuery = z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) });

export const cutVideoBody = z
  .strictObject({
    /** In the file's own time. */
    fromSeconds: z.number().min(0).max(1e7),
    toSeconds: z.number().min(0).max(1e7),
    /** To the frame, by coding it again; else it is copied from the key frame before. */
    exact: z.boolean().default(false),
    title: z.string().trim().min(1).max(500).optional(),
  })
  .refine(({ fromSeconds, toSeconds }) => toSeconds - fromSeconds >= 1, 'A piece lasts a second at least.')
  .refine(
    ({ fromSeconds, toSeconds, exact }) => !exact || toSeconds - fromSeconds <= 4 * 3600,
    'An exact cut lasts at most four hours.',
  )
  .meta({ id: 'CutVideo' });
export type CutVideoBody = z.infer<typeof cutVideoBody>;

/** A cut that was asked for. It goes on when nobody waits for its answer any more. */
export const videoCut = z
  .object({
    id: z.int(),
    fromSeconds: seconds,
    toSeconds: seconds,
    exact: z.boolean(),
    title: z.string(),
    requestedAt: instant,
    state: z.enum(['waiting', 'running', 'done', 'failed']),
    /** From 0 to 1; null if it is not known. */
    progress: z.number().min(0).max(1).nullable(),
    secondsLeft: z.number().min(0).nullable(),
    /** The new video, once it is there. */
    videoId: publicId.nullable(),
    failure: cause.nullable(),
  })
  .meta({ id: 'VideoCut' });
export type VideoCut = z.infer<typeof videoCut>;

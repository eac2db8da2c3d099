import { z } from 'zod';
import { bytes, cause, instant, publicId, seconds } from './primitives.js';

export const importBody = z.object({
  /** A folder of RECORDINGS_DIR: relative to it, or absolute and inside it. `.` is all of it. */
  path: z.string().min(1).max(4096),
  /** Only reports what would happen. The default. */
  dryRun: z.boolean().default(true),
  /** The streamer of the videos. Default: found by info files and folder names. */
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
    /** Number of videos examined. */
    files: z.int(),
    imported: z.array(importedVideo),
    /** Already there, deleted before, still being written, or of an unknown streamer. */
    skipped: leftAside,
    unreadable: leftAside,
  })
  .meta({ id: 'ImportReport' });
export type ImportReport = z.infer<typeof importReport>;

/** Differences between records and files. Nothing was changed. */
export const consistencyReport = z
  .object({
    /** Number of records compared. */
    videos: z.int(),
    /** Records without their file. */
    missing: z.array(z.object({ videoId: publicId, file: z.string() })),
    /** Files with another size than was recorded. */
    changed: z.array(z.object({ videoId: publicId, file: z.string(), bytes, bytesOnDisk: bytes })),
    /** Videos on the disk without a record. They can be imported. */
    unknown: z.array(z.object({ file: z.string(), bytes })),
    /** Of videos that are gone and that no record is of: the info file of each, with all that stands beside it. */
    leftovers: z.array(z.object({ file: z.string(), files: z.array(z.string()), bytes })),
    /** What could not be read. */
    unreadable: z.array(z.string()),
  })
  .meta({ id: 'ConsistencyReport' });
export type ConsistencyReport = z.infer<typeof consistencyReport>;

const template = z.string().trim().min(1).max(300).meta({
  description: 'How videos are named, below RECORDINGS_DIR and without an extension: text, `/` and fields in braces.',
});

export const namePreset = z.enum(['streamer', 'tv', 'date', 'flat']);

/** How the library is kept. */
export const librarySettings = z
  .object({
    template,
    /** Which of the presets that is; null where it is none. */
    preset: namePreset.nullable(),
    /** Files and pictures for Kodi, Jellyfin, Emby and Plex beside the videos. */
    nfo: z.boolean(),
    artwork: z.boolean(),
    /** Jellyfin's own storyboards. */
    trickplay: z.boolean(),
    presets: z.array(z.object({ name: namePreset, template: z.string(), example: z.string() })),
    fields: z.array(z.object({ name: z.string(), meaning: z.string() })),
  })
  .meta({ id: 'LibrarySettings' });
export type LibrarySettingsAnswer = z.infer<typeof librarySettings>;

export const changeLibrarySettingsBody = z
  .strictObject({
    template: template.optional(),
    nfo: z.boolean().optional(),
    artwork: z.boolean().optional(),
    trickplay: z.boolean().optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'Name at least one of template, nfo, artwork, trickplay.')
  .meta({ id: 'ChangeLibrarySettings' });
export type ChangeLibrarySettingsBody = z.infer<typeof changeLibrarySettingsBody>;

export const previewNamesBody = z.object({ template: z.string().max(1000) }).meta({ id: 'PreviewNames' });
export type PreviewNamesBody = z.infer<typeof previewNamesBody>;

/** What names a template would give: first to a made-up video, then to the newest of the library. */
export const namesPreview = z
  .object({
    /** In words; empty where the template can be used. Then there are no examples either. */
    problems: z.array(z.string()),
    examples: z.array(z.object({ videoId: publicId.nullable(), title: z.string(), file: z.string() })),
  })
  .meta({ id: 'NamesPreview' });
export type NamesPreview = z.infer<typeof namesPreview>;

export const moveLibraryBody = z
  .object({
    /** Only says what would be moved: so unless it is told otherwise. */
    dryRun: z.boolean().default(true),
  })
  .default({ dryRun: true });
export type MoveLibraryBody = z.infer<typeof moveLibraryBody>;

export const libraryMove = z
  .object({
    /** Asked for and not finished yet; goes on after a restart. */
    pending: z.object({ by: z.string(), at: instant, template: z.string() }).nullable(),
    /** How far it is, where it runs in the process that answers. */
    progress: z.object({ videos: z.int(), done: z.int(), moved: z.int(), failed: z.int() }).nullable(),
    last: z
      .object({
        by: z.string(),
        at: instant,
        template: z.string(),
        finishedAt: instant,
        moved: z.int(),
        failed: z.int(),
      })
      .nullable(),
    /** In a dry run: what would be moved, at most the first thousand of it. */
    planned: z
      .object({
        videos: z.int(),
        toMove: z.int(),
        moves: z.array(z.object({ videoId: publicId, from: z.string(), to: z.string() })),
      })
      .nullable(),
  })
  .meta({ id: 'LibraryMove' });
export type LibraryMove = z.infer<typeof libraryMove>;

/** How far an import is, and what the last one came to. */
export const importStatus = z
  .object({
    running: z
      .object({
        path: z.string(),
        dryRun: z.boolean(),
        startedAt: instant,
        files: z.int(),
        done: z.int(),
        file: z.string().nullable(),
      })
      .nullable(),
    last: importReport.extend({ path: z.string(), finishedAt: instant }).nullable(),
  })
  .meta({ id: 'ImportStatus' });
export type ImportStatus = z.infer<typeof importStatus>;

export const mendBody = z
  .object({
    /** Only says what would be done: so unless it is told otherwise. */
    dryRun: z.boolean().default(true),
    /** Records without their file go to the bin. */
    missing: z.boolean().default(false),
    /** Records of files of another size are corrected, where the file can be played. */
    changed: z.boolean().default(false),
    /** What is left of videos that are gone is removed. */
    leftovers: z.boolean().default(false),
  })
  .meta({ id: 'MendLibrary' });
export type MendBody = z.infer<typeof mendBody>;

export const mendReport = z
  .object({
    dryRun: z.boolean(),
    binned: z.array(z.object({ videoId: publicId, file: z.string() })),
    measured: z.array(z.object({ videoId: publicId, file: z.string(), bytes, bytesOnDisk: bytes })),
    removed: z.array(z.string()),
    /** What stayed as it is, and why. */
    left: z.array(z.object({ file: z.string(), cause })),
  })
  .meta({ id: 'MendReport' });
export type MendReport = z.infer<typeof mendReport>;

const sums = {
  videos: z.int(),
  seconds: z.number().min(0),
  bytes: z.number().min(0),
  /** What was lost of the broadcasts: how often, and how much. */
  gaps: z.int().min(0),
  gapSeconds: z.number().min(0),
};

/** What the library holds; what is in the bin does not count. */
export const libraryStatistics = z
  .object({
    total: z.object(sums),
    /** The largest first. */
    streamers: z.array(
      z.object({ streamerId: publicId, streamerName: z.string(), ...sums, firstAt: z.string(), lastAt: z.string() }),
    ),
    /** By when they were recorded, `2026-11`, in UTC; months without a video are left out. */
    months: z.array(z.object({ month: z.string(), ...sums })),
  })
  .meta({ id: 'LibraryStatistics' });
export type LibraryStatistics = z.infer<typeof libraryStatistics>;

export const libraryStatisticsQuery = z.object({ streamerId: z.coerce.number().int().min(1).optional() });

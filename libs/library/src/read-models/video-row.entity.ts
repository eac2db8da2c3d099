import { defineEntity } from '@mikro-orm/core';
import { column } from '@streamvault/kernel';
import type { VideoFacts, VideoOrigin } from '../domain/video-events.js';
import type { ExistingVideo, VideoFilePlace, VideoGap, VideoPlace } from '../domain/video-state.js';

const VideoRowSchema = defineEntity({
  name: 'VideoRow',
  tableName: 'videos',
  properties: {
    id: column.wholeNumber().primary().autoincrement(false),
    /** Null if it was imported. */
    recordingId: column.wholeNumber().nullable().index(),
    outputNumber: column.wholeNumber(),
    streamerId: column.wholeNumber().index(),
    streamerName: column.text(),
    title: column.text(),
    category: column.text().nullable(),
    recordedAt: column.sortableText().index(),
    durationSeconds: column.number(),
    bytes: column.number(),
    width: column.wholeNumber().nullable(),
    height: column.wholeNumber().nullable(),
    codecs: column.text().nullable(),
    file: column.text(),
    thumbnailFile: column.text(),
    gaps: column.json<readonly VideoGap[]>(),
    chapters: column.json<VideoFacts['chapters']>(),
    isProtected: column.boolean(),
    watchedAt: column.text().nullable(),
    /** While its files are being moved. */
    moving: column.json<VideoFilePlace>().nullable(),
    /** While a gap of it is being filled. */
    filling: column.json<ExistingVideo['filling']>().nullable(),
    /** What it was cut out of. */
    origin: column.json<VideoOrigin>().nullable(),
    /** `library`, `bin`, `purging` or `purged`: rows of deleted videos stay, and say why there is none. */
    place: column.text().index(),
    placeDetails: column.json<VideoPlace>(),
    /** While it is in the bin. */
    binnedAt: column.sortableText().nullable().index(),
    purgeAfter: column.sortableText().nullable(),
    /** Revision of its stream, to detect whether anything happened to it since. */
    revision: column.text(),
  },
});

/** A video: in the library, in the bin, or deleted. */
export class VideoRow extends VideoRowSchema.class {}
VideoRowSchema.setClass(VideoRow);

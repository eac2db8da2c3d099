import { defineEntity } from '@mikro-orm/core';
import { column } from '@streamvault/kernel';
import type { VideoFacts } from '../domain/video-events.js';

const VideoRowSchema = defineEntity({
  name: 'VideoRow',
  tableName: 'videos',
  properties: {
    id: column.wholeNumber().primary().autoincrement(false),
    recordingId: column.wholeNumber().index(),
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
    gaps: column.json<VideoFacts['gaps']>(),
    /** Lower-cased title and streamer, for the search. */
    searchText: column.text(),
  },
});

/** A video of the library. */
export class VideoRow extends VideoRowSchema.class {}
VideoRowSchema.setClass(VideoRow);

import { defineEntity, p } from '@mikro-orm/core';
import type { VideoFacts } from '../domain/video-events.js';

const VideoRowSchema = defineEntity({
  name: 'VideoRow',
  tableName: 'videos',
  properties: {
    id: p.integer().primary().autoincrement(false),
    recordingId: p.integer().index(),
    streamerId: p.integer().index(),
    streamerName: p.string(),
    title: p.text(),
    category: p.string().nullable(),
    recordedAt: p.string().index(),
    durationSeconds: p.double().$type<number>(),
    bytes: p.double().$type<number>(),
    width: p.integer().nullable(),
    height: p.integer().nullable(),
    codecs: p.string().nullable(),
    file: p.text(),
    thumbnailFile: p.text(),
    gaps: p.json<VideoFacts['gaps']>(),
    /** Lower-cased title and streamer, for the search. */
    searchText: p.text(),
  },
});

/** A video of the library. */
export class VideoRow extends VideoRowSchema.class {}
VideoRowSchema.setClass(VideoRow);

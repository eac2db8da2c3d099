import { defineEntity } from '@mikro-orm/core';
import { column } from '@streamvault/kernel';

const VideoSearchRowSchema = defineEntity({
  name: 'VideoSearchRow',
  tableName: 'video_search',
  indexes: [
    { properties: ['place', 'recordedAt'] },
    { properties: ['place', 'durationSeconds'] },
    { properties: ['place', 'bytes'] },
    { properties: ['streamerId'] },
  ],
  properties: {
    id: column.wholeNumber().primary().autoincrement(false),
    streamerId: column.wholeNumber(),
    recordedAt: column.sortableText(),
    durationSeconds: column.number(),
    bytes: column.wholeNumber(),
    /** `library`, `bin`, `purging` or `purged`. */
    place: column.sortableText(),
    isProtected: column.boolean(),
    hasGaps: column.boolean(),
    /** What was lost of the broadcast: how often, and how much. */
    gapCount: column.wholeNumber(),
    gapSeconds: column.number(),
    /** To its end, by anybody. */
    isWatched: column.boolean(),
    /** Folded like a search text; empty if there is none. */
    category: column.sortableText(),
    /** Compared byte by byte, because it does not need the database's language rules. */
    searchText: column.sortableText(),
  },
});

/**
 * Only the columns by which videos are filtered and sorted: a search, its count and its sum read all of these rows, and
 * they are a tenth of the size of `videos`. A text of two characters is found as fast as a long one, which an index of
 * three-letter pieces cannot do.
 */
export class VideoSearchRow extends VideoSearchRowSchema.class {}
VideoSearchRowSchema.setClass(VideoSearchRow);

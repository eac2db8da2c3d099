import { defineEntity, p } from '@mikro-orm/core';

const StreamerRowSchema = defineEntity({
  name: 'StreamerRow',
  tableName: 'streamers',
  properties: {
    id: p.integer().primary().autoincrement(false),
    name: p.string(),
    url: p.text(),
    platform: p.string().$type<'hls' | 'demo'>(),
    autoRecord: p.boolean(),
    quality: p.string(),
    createdAt: p.string(),
  },
});

/** A streamer on the list. Removed ones are not in it. */
export class StreamerRow extends StreamerRowSchema.class {}
StreamerRowSchema.setClass(StreamerRow);

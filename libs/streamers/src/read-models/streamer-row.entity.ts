import { defineEntity } from '@mikro-orm/core';
import { column } from '@streamvault/kernel';
import type { AdChoice, Platform } from '../domain/streamer-events.js';

const StreamerRowSchema = defineEntity({
  name: 'StreamerRow',
  tableName: 'streamers',
  properties: {
    id: column.wholeNumber().primary().autoincrement(false),
    name: column.text(),
    url: column.text(),
    platform: column.text().$type<Platform>(),
    autoRecord: column.boolean(),
    quality: column.text(),
    ads: column.text().$type<AdChoice>(),
    proxies: column.json<string[]>().nullable(),
    createdAt: column.text(),
  },
});

/** A streamer on the list. Removed ones are not in it. */
export class StreamerRow extends StreamerRowSchema.class {}
StreamerRowSchema.setClass(StreamerRow);

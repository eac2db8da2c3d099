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
    // The streamer's own choices; null is what applies to all.
    autoRecord: column.boolean().nullable(),
    quality: column.text().nullable(),
    ads: column.text().$type<AdChoice>().nullable(),
    proxies: column.json<string[]>().nullable(),
    patienceSeconds: column.number().nullable(),
    reruns: column.boolean().nullable(),
    stopAfterChangeSeconds: column.json<number | 'never'>().nullable(),
    nameTemplate: column.text().nullable(),
    notices: column.json<string[]>().nullable(),
    createdAt: column.text(),
  },
});

/** A streamer on the list. Removed ones are not in the table. */
export class StreamerRow extends StreamerRowSchema.class {}
StreamerRowSchema.setClass(StreamerRow);

import { expect, it } from '@jest/globals';
import type { QueryBus } from '@nestjs/cqrs';
import type { Video } from '@streamvault/api-contract';
import { nobody, type Principal, setPrincipal } from '@streamvault/http-kit';
import type { FastifyRequest } from 'fastify';
import { ListVideosById } from '../queries/video-queries.js';
import type { WatchRecords } from '../watching/watch-records.js';
import { WatchingController } from './watching.controller.js';

const at = '2026-11-30T20:00:00.000Z';
/** Two videos, of two streamers; a third is gone. */
const videos = [1, 2].map((id) => ({ id, streamerId: id, title: `Video ${id}`, durationSeconds: 600 }) as Video);
const queries = {
  execute: ({ videoIds, only }: ListVideosById) =>
    Promise.resolve(
      videos.filter(({ id, streamerId }) => videoIds.includes(id) && (only === undefined || only.includes(streamerId))),
    ),
} as unknown as QueryBus;
const records = {
  latest: (viewer: string) =>
    Promise.resolve(viewer === 'user:4' ? [3, 2, 1].map((videoId) => ({ videoId, seconds: 60, at })) : []),
} as unknown as WatchRecords;

async function watching(principal: Partial<Principal>, limit = 50): Promise<number[]> {
  const request = { raw: {} } as FastifyRequest;
  setPrincipal(request, { ...nobody, kind: 'session', userId: 4, ...principal });
  const { items } = await new WatchingController(records, queries).list({ limit }, request);
  return items.map(({ videoId }) => videoId);
}

it('lists what a viewer has begun and may still see', async () => {
  expect(await watching({})).toEqual([2, 1]);
  expect(await watching({}, 1)).toEqual([2]);
  expect(await watching({ streamerIds: [1] })).toEqual([1]);
  expect(await watching({ streamerIds: [] })).toEqual([]);
  expect(await watching({ userId: 5 })).toEqual([]);
});

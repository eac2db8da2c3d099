import { MikroORM } from '@mikro-orm/sqlite';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { prepareTables, ProjectionCheckpoint, type Projection, type ReadEvent } from '@streamvault/kernel';
import { streamerListProjection, StreamerRow } from '@streamvault/streamers';
import { broadcastViewProjection } from '../read-models/broadcast-view.projection.js';
import { BroadcastRow } from '../read-models/broadcast-row.entity.js';
import { type DetectionFilter, ListDetections } from './broadcast-queries.js';
import { ListDetectionsHandler } from './broadcast-query.handlers.js';

let orm: MikroORM;
let list: (filter?: Partial<DetectionFilter>) => ReturnType<ListDetectionsHandler['execute']>;

async function apply(projection: Projection, stream: string, type: string, data: object): Promise<void> {
  const em = orm.em.fork();
  await projection.handle({ stream, type, data } as unknown as ReadEvent, em);
  await em.flush();
}

/** Broadcast `id` of streamer 1 or 2 on the `id`th of November, as Twitch writes instants. */
async function notice(id: number, streamerId: number, decision: 'record' | 'skip', recordingId?: number) {
  const at = `2026-11-0${id}T20:00:00Z`;
  const started = { broadcastId: id, streamerId, at, startedAt: at, noticedAt: at, witness: 'helix' };
  const facts = { platformId: null, kind: 'live', title: null, category: null, tags: null, formerIds: [] };
  const reason = { code: 'auto-record.off', message: 'Automatic recording is off for this streamer.' };
  const stream = `broadcast-${id}`;
  await apply(broadcastViewProjection as Projection, stream, 'BroadcastStarted', { ...started, ...facts });
  const decided = { at, decision, rule: null, reason, judgeAgainAt: null };
  await apply(broadcastViewProjection as Projection, stream, 'RecordingDecided', decided);
  if (recordingId !== undefined)
    await apply(broadcastViewProjection as Projection, stream, 'BroadcastRecorded', { at, recordingId });
}

beforeEach(async () => {
  orm = await MikroORM.init({ dbName: ':memory:', entities: [BroadcastRow, StreamerRow, ProjectionCheckpoint] });
  await prepareTables([broadcastViewProjection, streamerListProjection], orm.em);
  const streamer = {
    streamerId: 1,
    name: 'Ada',
    url: 'https://live.example/ada',
    platform: 'hls',
    at: '2026-11-01T00:00:00.000Z',
  };
  await apply(streamerListProjection as Projection, 'streamer-1', 'StreamerAdded', streamer);
  await notice(1, 1, 'skip');
  await notice(2, 2, 'record', 7);
  await notice(3, 1, 'record', 8);
  await notice(4, 2, 'skip');
  const handler = new ListDetectionsHandler(orm.em);
  list = (filter = {}) => handler.execute(new ListDetections({ limit: 50, ...filter }));
});
afterEach(() => orm.close());

const found = async (filter?: Partial<DetectionFilter>) =>
  (await list(filter)).items.map(({ broadcastId }) => broadcastId);

it('lists what was noticed of all streamers, the newest first, also of one that was removed', async () => {
  const { items, nextCursor } = await list();
  expect(items.map(({ broadcastId, streamerName }) => [broadcastId, streamerName])).toEqual([
    [4, null],
    [3, 'Ada'],
    [2, null],
    [1, 'Ada'],
  ]);
  expect(nextCursor).toBeNull();
  expect(items[0]).toMatchObject({ streamerId: 2, isRecorded: false, why: { code: 'auto-record.off' } });
});

it('goes on where a page ended', async () => {
  const first = await list({ limit: 3 });
  expect(first.nextCursor).toBe('2');
  expect(await found({ limit: 3, before: Number(first.nextCursor) })).toEqual([1]);
});

it('chooses by streamer, decision, outcome and time', async () => {
  expect(await found({ streamerId: 1 })).toEqual([3, 1]);
  expect(await found({ decision: 'skip' })).toEqual([4, 1]);
  expect(await found({ isRecorded: true })).toEqual([3, 2]);
  expect(await found({ from: '2026-11-02T20:00:00.000Z', to: '2026-11-04T20:00:00Z' })).toEqual([3, 2]);
  expect(await found({ isRecorded: false, streamerId: 2 })).toEqual([4]);
});

it('keeps to the streamers that a viewer may see, and knows none that never was', async () => {
  expect(await found({ only: [1] })).toEqual([3, 1]);
  expect(await found({ only: [] })).toEqual([]);
  await expect(list({ only: [1], streamerId: 2 })).rejects.toMatchObject({ code: 'streamer.not-found' });
  await expect(list({ streamerId: 9 })).rejects.toMatchObject({ code: 'streamer.not-found' });
  // The history of one that was removed stays.
  expect(await found({ streamerId: 2 })).toEqual([4, 2]);
});

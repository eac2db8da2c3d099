import { access } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { cleanupPreview, cleanupRun, emptiedBin, job, video as videoSchema, binPage } from '@streamvault/api-contract';
import { shortRecording } from './support/short-recording.js';
import { until } from './support/until.js';
import { inWorld } from './support/world.js';

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

it(
  'a deleted video can be restored, is then permanently deleted by a rule, and stays known as deleted',
  inWorld(async (world) => {
    const server = await world.server();
    const { api } = server;
    const { video, streamerId } = await shortRecording(world, server);
    const its = `/api/videos/${video.id}`;
    const file = path.join(server.recordingsDirectory, 'Short broadcast', video.fileName);
    const call = async (method: string, address: string, body?: unknown) =>
      (await api.request(method, address, body === undefined ? {} : { body })).json;

    // Protected, it stays; by hand it goes to the bin, where it cannot be played.
    expect(videoSchema.parse(await call('PATCH', its, { protected: true, title: 'Kept' }))).toMatchObject({
      protected: true,
      title: 'Kept',
    });
    expect(await api.refusal('DELETE', its)).toMatchObject({ status: 409, code: 'video.protected' });
    await call('PATCH', its, { protected: false });
    expect(videoSchema.parse(await call('DELETE', its)).bin).toMatchObject({ rule: null });
    expect((await api.videos()).items).toEqual([]);
    expect(await api.refusal('GET', video.streamUrl)).toMatchObject({ status: 404, code: 'video.in-bin' });
    expect(binPage.parse(await call('GET', '/api/cleanup/bin')).items).toMatchObject([{ id: video.id }]);
    expect(videoSchema.parse(await call('POST', `${its}/restore`)).bin).toBeNull();
    expect((await api.request('GET', video.streamUrl)).status).toBe(200);

    // Watched a moment ago: rules leave it alone. A restart forgets that.
    const none = { olderThanDays: null, aboveBytes: null, belowFreeBytes: null, watchedDaysAgo: null };
    const policy = {
      name: 'Small',
      enabled: true,
      scope: { kind: 'streamer', streamerId },
      combine: 'any',
      remove: { ...none, beyondNewest: null, aboveBytes: 1 },
      keep: { newest: null, youngerThanDays: null },
      order: 'oldest',
    };
    const settings = { policies: [policy], emergency: { enabled: false, hours: 6 }, floorHours: 1 };
    expect((await api.request('PUT', '/api/cleanup/policies', { body: settings })).status).toBe(200);
    const preview = cleanupPreview.parse(await call('POST', '/api/cleanup/preview', {}));
    expect(preview).toMatchObject({ removals: [], spared: [{ videoId: video.id }] });
    expect(cleanupRun.parse(await call('POST', '/api/cleanup/runs', {}))).toMatchObject({ chosen: 0, binned: 0 });

    // For good.
    await call('DELETE', its);
    expect(await isThere(file)).toBe(true);
    const emptied = emptiedBin.parse(await call('POST', '/api/cleanup/bin/empty', {}));
    expect(emptied).toMatchObject({ purged: 1, failed: [] });
    expect(emptied.bytesFreed).toBeGreaterThanOrEqual(video.bytes);
    expect(await isThere(file)).toBe(false);
    await server.restart();
    expect(await api.refusal('GET', its)).toMatchObject({
      status: 404,
      code: 'video.deleted',
      by: 'user:1',
      rule: null,
    });
    expect(await api.refusal('POST', `${its}/restore`)).toMatchObject({ status: 404, code: 'video.deleted' });

    // Jobs: by hand, and what they did is told.
    expect((await api.request('POST', '/api/jobs/empty-bin/run')).status).toBe(202);
    const ran = await until('the job ran', async () => {
      const now = job.parse(await call('GET', '/api/jobs/empty-bin'));
      return now.lastRun ? now : undefined;
    });
    expect(ran.lastRun).toMatchObject({ outcome: 'succeeded', trigger: 'user', by: 'user:1' });
  }),
);

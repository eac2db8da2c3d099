import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { shortRecording } from './support/short-recording.js';
import type { StreamVault } from './support/stream-vault.js';
import { inWorld } from './support/world.js';

/** Everything that is answered from the read models. */
/** Whether a streamer is live comes from the last check, not from the log. */
const unseen = { isLive: null };

async function allAnswers({ api }: StreamVault, recordingId: number, videoId: number, streamerId: number) {
  return {
    streamers: (await api.streamers()).items.map((streamer) => ({ ...streamer, ...unseen })),
    streamer: { ...(await api.streamer(streamerId)), ...unseen },
    recordings: await api.recordings(),
    failed: await api.recordings('?state=failed,cancelled'),
    recording: await api.recording(recordingId),
    videos: await api.videos('?sort=bytes'),
    found: await api.videos('?q=second'),
    video: await api.video(videoId),
    queue: await api.queue(),
    story: await api.story(recordingId),
  };
}

it(
  'a deleted read database is rebuilt from the log, and answers the same',
  inWorld(async (world) => {
    const server = await world.server();
    const { recording, streamerId, video } = await shortRecording(world, server, { name: 'First' });
    await shortRecording(world, server, { name: 'Second', segments: 3 });
    // One that failed, one that was cancelled, one that was removed from the list.
    const nowhere = await server.api.addStreamer({ url: 'http://127.0.0.1:1/live.m3u8', name: 'Nowhere' });
    const failed = await server.api.start(nowhere.id);
    await server.api.reaches(failed.recordingId, 'failed');
    const origin = await world.origin();
    const busy = await server.api.addStreamer({ url: origin.url, name: 'Called off', quality: '720p' });
    const cancelled = await server.api.start(busy.id);
    await server.api.cancel(cancelled.recordingId);
    const removed = await server.api.addStreamer({ url: 'http://127.0.0.1:2/live.m3u8' });
    expect((await server.api.request('DELETE', `/api/streamers/${removed.id}`)).status).toBe(204);
    const before = await allAnswers(server, recording.id, video.id, streamerId);
    expect(before.recordings.items).toHaveLength(4);
    expect(before.found.items).toHaveLength(1);

    await server.stop();
    const deleted = (await readdir(server.dataDirectory)).filter((name) => name.startsWith('read-models.db'));
    expect(deleted).toContain('read-models.db');
    for (const name of deleted) await rm(path.join(server.dataDirectory, name));
    await server.start();

    expect(await allAnswers(server, recording.id, video.id, streamerId)).toEqual(before);
    expect((await server.api.request('GET', video.thumbnailUrl)).status).toBe(200);
    // Ids are never used again, whatever the read models contain.
    const next = await server.api.addStreamer({ url: 'http://127.0.0.1:3/live.m3u8' });
    expect(next.id).toBeGreaterThan(removed.id);
  }),
);

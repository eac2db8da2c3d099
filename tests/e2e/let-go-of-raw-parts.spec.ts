import { access } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { shortRecording } from './support/short-recording.js';
import { inWorld } from './support/world.js';

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

it(
  'the raw parts are removed when the video exists and their time is over, and the video stays',
  inWorld(async (world) => {
    const server = await world.server({ PARTS_GRACE_SECONDS: '0' });
    const feed = await server.follow();
    const { recording, video } = await shortRecording(world, server);
    const { data } = await feed.event('PartsDiscarded', { recordingId: recording.id, seconds: 60 });
    expect(data['bytes']).toBeGreaterThanOrEqual(recording.bytes);
    expect(await isThere(server.workFolder(recording.id))).toBe(false);
    // What is gone leads to what came of it.
    expect(await server.api.refusal('GET', `/api/recordings/${recording.id}/playlist.m3u8`)).toMatchObject({
      status: 404,
      videoId: video.id,
      streamUrl: video.streamUrl,
      detail: expect.stringContaining(video.streamUrl),
    });
    expect(await server.api.recording(recording.id)).toMatchObject({ state: 'completed', playable: false });
    expect((await server.api.request('GET', video.streamUrl)).status).toBe(200);
  }),
);

it(
  'the raw parts stay if that was asked for',
  inWorld(async (world) => {
    const server = await world.server({ PARTS_GRACE_SECONDS: '0', KEEP_PARTS: 'true' });
    const { recording } = await shortRecording(world, server);
    await server.restart();
    expect(await isThere(server.workFolder(recording.id))).toBe(true);
    expect(await server.api.playlist(recording.id)).toContain('#EXT-X-ENDLIST');
  }),
);

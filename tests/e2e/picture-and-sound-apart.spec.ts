import { expect, it } from '@jest/globals';
import { ApartOrigin } from '../live-origin/apart.js';
import { playbackErrors } from './support/media.js';
import { inWorld } from './support/world.js';

it(
  'a source with separate video and audio is recorded with both, watched with both while it runs, and one video afterwards',
  inWorld(async (world) => {
    const origin = await ApartOrigin.start('ts', 12);
    try {
      const server = await world.server();
      const feed = await server.follow();
      const { id } = await server.api.addStreamer({ url: origin.url, patienceSeconds: 0 });
      const { recordingId } = await server.api.start(id);
      await feed.next(
        'both halves',
        ({ name }) => name === 'progress' && feed.progress.at(-1)!.recordings[0]?.segments === 6,
      );
      const base = `/api/recordings/${recordingId}`;
      const master = await server.api.playlist(recordingId);
      expect(master).toContain('#EXT-X-MEDIA:TYPE=AUDIO');
      for (const half of ['picture', 'sound']) {
        expect(master).toContain(`${half}.m3u8`);
        const playlist = await server.api.request('GET', `${base}/${half}.m3u8`);
        expect(playlist.bytes.toString()).toContain('#EXT-X-PLAYLIST-TYPE:EVENT');
      }
      expect(await playbackErrors(`${server.address}${base}/playlist.m3u8`, 4)).toEqual([]);
      const part = await server.api.request('GET', `${base}/sound/parts/1.ts`, { headers: { Range: 'bytes=0-187' } });
      expect([part.status, part.bytes.length, part.bytes[0]]).toEqual([206, 188, 0x47]);
      expect((await server.api.refusal('GET', `${base}/sound/parts/9.ts`)).status).toBe(404);
      origin.shown.picture = origin.shown.sound = 20;
      origin.ended = true;
      const recording = await server.api.reaches(recordingId, 'completed');
      expect(recording).toMatchObject({ segments: 12, gaps: [], capturedRatio: 1 });
      const video = await server.api.video(recording.videoId!);
      expect(video.codecs).toMatch(/^avc1.*,mp4a/);
      expect(video.durationSeconds).toBeCloseTo(12, 0);
    } finally {
      await origin.close();
    }
  }),
);

it(
  'missing audio is reported as such, and the video continues',
  inWorld(async (world) => {
    const origin = await ApartOrigin.start('fmp4', 8);
    try {
      origin.gaps.add('sound-003.m4s');
      origin.shown.picture = origin.shown.sound = 20;
      origin.ended = true;
      const server = await world.server();
      const { id } = await server.api.addStreamer({ url: origin.url });
      const { recordingId } = await server.api.start(id);
      expect(await server.api.reaches(recordingId, 'completed')).toMatchObject({
        segments: 8,
        gapSeconds: 0,
        capturedRatio: 1,
        gaps: [{ cause: { code: 'sound.source.gap' } }],
      });
    } finally {
      await origin.close();
    }
  }),
);

it(
  'a source with video and audio together has no separate tracks to play',
  inWorld(async (world) => {
    const server = await world.server();
    expect((await server.api.refusal('GET', '/api/recordings/1/sound.m3u8')).status).toBe(404);
    expect((await server.api.refusal('GET', '/api/recordings/1/sound/parts/1.ts')).status).toBe(404);
    expect((await server.api.refusal('GET', '/api/recordings/x/picture.m3u8')).status).toBe(404);
  }),
);

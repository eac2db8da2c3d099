import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { ApartOrigin } from '../live-origin/apart.js';
import { media, playbackErrors, storedSegments } from './support/media.js';
import { until } from './support/until.js';
import { inWorld } from './support/world.js';

it(
  'radio in bare AAC plays while it is recorded, continues after a kill, and becomes an audio-only video',
  inWorld(async (world) => {
    const origin = await ApartOrigin.start('ts', 12, 'aac');
    try {
      const server = await world.server();
      const { id } = await server.api.addStreamer({ url: origin.soundUrl });
      const { recordingId } = await server.api.start(id);
      const segments = (count: number) =>
        until(`${count} segments were kept`, async () => (await server.ledger(recordingId)).segments.length >= count);
      await segments(6);
      await server.kill();
      await server.start();
      origin.shown.sound = 9;
      await segments(9);

      const base = `/api/recordings/${recordingId}`;
      const part = await server.api.request('GET', `${base}/parts/2.aac`, { headers: { Range: 'bytes=0-2' } });
      expect([part.status, part.headers.get('content-type'), part.bytes.toString()]).toEqual([206, 'audio/aac', 'ID3']);
      expect(await server.api.playlist(recordingId)).toContain('parts/2.aac');
      expect(await playbackErrors(`${server.address}${base}/playlist.m3u8`, 4, ['0:a'])).toEqual([]);

      origin.shown.sound = 20;
      await segments(12);
      await server.api.stop(id);
      const recording = await server.api.reaches(recordingId, 'completed');
      expect(recording).toMatchObject({ gaps: [], capturedRatio: 1, failure: null });
      expect(recording.parts.map(({ container, reason }) => [container, reason])).toEqual([
        ['aac', 'start'],
        ['aac', 'restart'],
      ]);
      const done = recording.steps.filter(({ name }) => name !== 'clean-up');
      expect(new Set(done.map(({ state }) => state))).toEqual(new Set(['succeeded']));

      const ledger = await server.ledger(recordingId);
      const stored = await storedSegments(server.workFolder(recordingId), ledger);
      const published = ledger.segments.map((_, index) => `sound-${String(index).padStart(3, '0')}.aac`);
      expect(stored.length).toBeGreaterThanOrEqual(12);
      expect(stored.map(({ sha256 }) => sha256)).toEqual(
        await Promise.all(published.map((name) => origin.hashOf(name))),
      );

      const video = await server.api.video(recording.videoId!);
      expect(video).toMatchObject({ codecs: 'mp4a.40.2', width: null, height: null });
      expect(video.durationSeconds).toBeCloseTo(12, 0);
      const { status } = await server.api.refusal('GET', video.thumbnailUrl);
      expect(status).toBe(404);
      const files = await readdir(server.recordingsDirectory, { recursive: true });
      const [file, ...others] = files.filter((name) => name.endsWith('.mp4'));
      expect(others).toEqual([]);
      expect(await (await media()).decodeErrors(path.join(server.recordingsDirectory, file!))).toEqual([]);
    } finally {
      await origin.close();
    }
  }),
);

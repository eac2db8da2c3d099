import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SMALLER, type LiveOriginOptions } from '../live-origin/live-origin.js';
import { HeldFfmpeg } from './support/held-ffmpeg.js';
import { itMounts } from '../../libs/storage/src/mounts.testing.js';
import { captured, expectSoundVideo, range, stored } from './support/stored.js';
import type { StreamVault } from './support/stream-vault.js';
import { until } from './support/until.js';
import { inWorld, type World } from './support/world.js';

/** The disk watch would stop the recordings earlier. */
const unwatched = { DISK_WARN: '0', DISK_REFUSE: '0', DISK_STOP: '0' };
/** So little patience that it would be over before the disk has room again. */
const impatient = { PATIENCE_SECONDS: '5' };
const broadcast = { pace: 'manual', window: 6, initial: 6 } as const;

async function startRecording(world: World, server: StreamVault, options: LiveOriginOptions = {}) {
  const origin = await world.origin({ ...broadcast, ...options });
  const { id: streamerId } = await server.api.addStreamer({ url: origin.url, name: 'No room' });
  const { recordingId } = await server.api.start(streamerId);
  await captured(server, recordingId, 6);
  return { origin, streamerId, recordingId };
}

describe('a disk that is full', () => {
  it.each(['the captures', 'everything'])(
    'under %s: the recording waits, says so once, and continues by itself; what was lost is one gap',
    async (what) =>
      inWorld(async (world) => {
        const disk = await world.disk(24);
        const elsewhere = await world.directory();
        const server = await world.server({
          ...unwatched,
          ...impatient,
          DATA_DIR: path.join(disk.folder, 'data'),
          RECORDINGS_DIR: path.join(elsewhere, 'recordings'),
          ...(what === 'the captures' && {
            EVENT_STORE_URL: `sqlite:${path.join(elsewhere, 'events.db')}`,
            DATABASE_URL: `sqlite:${path.join(elsewhere, 'read-models.db')}`,
          }),
        });
        const { origin, recordingId, streamerId } = await startRecording(world, server);
        await disk.fill(server);
        origin.advance(1);
        if (what === 'the captures' && disk.isMounted) {
          const waiting = await server.api.reaches(recordingId, 'reconnecting');
          expect(waiting.parts).toHaveLength(1);
        }
        // More than a window and what the source keeps after it goes by, and so does all patience.
        for (let minute = 0; minute < 12; minute += 1) {
          origin.advance(2);
          const asked = origin.requests.length;
          await until('the playlist was read', () => origin.requests.length > asked + 1);
        }
        const ledger = await server.ledger(recordingId);
        expect(ledger.totals.segments).toBeGreaterThanOrEqual(6);
        await disk.free(server);
        const next = origin.segments().length;
        origin.advance(1);
        await captured(server, recordingId, ledger.totals.segments + 6);
        await until('it was said to go on', async () => {
          const story = await server.api.story(recordingId);
          return story.some(({ type }) => type === 'CaptureResumed');
        });
        await server.api.stop(streamerId);
        const finished = await server.api.reaches(recordingId, 'completed', 60);

        expect((await server.api.recordings()).items).toHaveLength(1);
        const have = await stored(server, recordingId, origin);
        const [before, after] = [ledger.totals.segments - 1, have[ledger.totals.segments]!];
        expect(have).toEqual([...range(0, before), ...range(after, next)]);
        expect(after).toBeGreaterThan(before + 10);
        expect(finished.gaps).toMatchObject([
          {
            from: origin.segments()[before + 1]!.programDateTime,
            to: origin.segments()[after]!.programDateTime,
            seconds: after - before - 1,
            cause: { code: 'disk.full' },
          },
        ]);
        expect(finished.failure).toBeNull();
        const told = (await server.api.story(recordingId)).filter(({ type }) => /^Capture(Interr|Resum)/.test(type));
        expect(told.map(({ type, data }) => [type, (data['cause'] as { code?: string } | undefined)?.code])).toEqual([
          ['CaptureInterrupted', 'disk.full'],
          ['CaptureResumed', undefined],
        ]);
        await expectSoundVideo(server, have.length);
      })(),
  );

  it(
    'when the server is started again: the recording still waits, with all it has',
    inWorld(async (world) => {
      const disk = await world.disk(24);
      const elsewhere = await world.directory();
      const server = await world.server({
        ...unwatched,
        ...impatient,
        DATA_DIR: path.join(disk.folder, 'data'),
        RECORDINGS_DIR: path.join(elsewhere, 'recordings'),
        EVENT_STORE_URL: `sqlite:${path.join(elsewhere, 'events.db')}`,
        DATABASE_URL: `sqlite:${path.join(elsewhere, 'read-models.db')}`,
      });
      const { origin, recordingId, streamerId } = await startRecording(world, server);
      await server.kill();
      await disk.fill();
      await server.start();
      await disk.fill(server);
      origin.advance(1);
      const asked = origin.requests.length;
      // Without mounts, the log has no room either.
      await until('it was said why', async () => {
        if (!disk.isMounted) return origin.requests.length > asked + 3;
        const story = await server.api.story(recordingId);
        return story.some(({ data }) => (data['cause'] as { code?: string } | undefined)?.code === 'disk.full');
      });
      await disk.free(server);
      await server.api.recordingThat(recordingId, 'captures again', ({ state }) => state === 'capturing', 60);
      await captured(server, recordingId, 7);
      await server.api.stop(streamerId);
      expect(await server.api.reaches(recordingId, 'completed', 60)).toMatchObject({ gaps: [], capturedRatio: 1 });
      expect(await stored(server, recordingId, origin)).toEqual(range(0, 6));
      await expectSoundVideo(server, 7);
    }),
  );

  it(
    'where the video should go: it is made as soon as there is room, without a request',
    inWorld(async (world) => {
      const disk = await world.disk(24);
      const server = await world.server({ ...unwatched, RECORDINGS_DIR: path.join(disk.folder, 'recordings') });
      const { origin, recordingId, streamerId } = await startRecording(world, server);
      await disk.fill(server);
      await server.api.stop(streamerId).catch(() => undefined);
      if (disk.isMounted)
        await until('it was said why', async () => {
          const story = await server.api.story(recordingId);
          return story.some(({ type }) => type === 'FinalizeFailed');
        });
      await disk.free(server);
      await until('the stop was taken', () => server.api.stop(streamerId));
      expect(await server.api.reaches(recordingId, 'completed', 90)).toMatchObject({ gaps: [], failure: null });
      expect(await stored(server, recordingId, origin)).toEqual(range(0, 5));
      await expectSoundVideo(server, 6);
    }),
  );
});

itMounts(
  'a disk that has no room for the thumbnail: it waits for room, says so, and is made as soon as there is some',
  inWorld(async (world) => {
    const disk = await world.disk(24);
    const ffmpeg = await HeldFfmpeg.make(await world.directory(), 'thumbnail');
    const server = await world.server({
      ...unwatched,
      RECORDINGS_DIR: path.join(disk.folder, 'recordings'),
      FFMPEG_PATH: ffmpeg.path,
    });
    const { recordingId, streamerId } = await startRecording(world, server);
    await server.api.stop(streamerId);
    await ffmpeg.reached('thumbnail');
    await disk.fill(server);
    await ffmpeg.release('thumbnail');
    const waiting = await server.api.recordingThat(recordingId, 'is published without its picture', ({ steps }) =>
      steps.every(
        ({ name, state, retryAt }) =>
          (['join', 'verify', 'publish'].includes(name) ? state === 'succeeded' : state === 'waiting') &&
          (name !== 'thumbnail' || retryAt !== null),
      ),
    );
    expect(waiting.state).toBe('postProcessing');
    expect(waiting.steps).toContainEqual(
      expect.objectContaining({
        name: 'thumbnail',
        attempts: 0,
        error: expect.stringMatching(/^Waiting for disk space/),
        retryAt: expect.any(String),
      }),
    );
    await server.kill();
    await server.start();
    await disk.free(server);
    const { steps, videoId } = await server.api.reaches(recordingId, 'completed', 60);
    expect(steps).toContainEqual(expect.objectContaining({ name: 'thumbnail', state: 'succeeded', error: null }));
    expect((await server.api.fetch(`/api/videos/${videoId}/thumbnail`)).status).toBe(200);
    const failures = (await server.api.story(recordingId)).filter(({ type }) => type === 'StepFailed');
    // Each says once what it waits for.
    const names = failures.map(({ data }) => data['name']);
    expect(names).toEqual([...new Set(names)]);
    expect(names).toContain('thumbnail');
  }),
);

(process.platform === 'linux' ? it : it.skip)(
  'a disk that fails when a part is begun: the recording waits, and begins it again with what is certainly there',
  inWorld(async (world) => {
    const server = await world.server();
    const { origin, recordingId, streamerId } = await startRecording(world, server, { alternate: SMALLER });
    // The system refuses to make a file of that name.
    const part = path.join(server.workFolder(recordingId), 'part-0002.ts');
    await mkdir(part);
    // Another picture size needs another part.
    origin.broadcast.breakTimeline({ alternate: true });
    origin.advance(2);
    await server.api.reaches(recordingId, 'reconnecting');
    // The disk is well again.
    await rmdir(part);
    // What an attempt that failed may leave.
    await writeFile(part, '');
    await server.api.recordingThat(recordingId, 'goes on in a second part', ({ state, parts }) => {
      return state === 'capturing' && parts.at(-1)?.number === 2;
    });
    await captured(server, recordingId, 8);
    await server.api.stop(streamerId);
    const finished = await server.api.reaches(recordingId, 'completed', 60);
    expect(finished).toMatchObject({ gaps: [], capturedRatio: 1, failure: null });
    expect(finished.parts.map(({ number }) => number)).toEqual([1, 2]);
    expect(await stored(server, recordingId, origin)).toEqual(range(0, 7));
    const causes = (await server.api.story(recordingId))
      .filter(({ type }) => type === 'CaptureInterrupted')
      .map(({ data }) => data['cause'] as { code: string; message: string });
    expect(causes).toMatchObject([{ code: 'disk.failed', message: expect.stringContaining('EISDIR') }]);
  }),
);

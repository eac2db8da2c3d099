import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect } from '@jest/globals';
import type { LiveOrigin } from '../live-origin/live-origin.js';
import { itMounts } from '../../libs/storage/src/mounts.testing.js';
import { captured, expectSoundVideo, range, stored } from './support/stored.js';
import type { StreamVault } from './support/stream-vault.js';
import { until } from './support/until.js';
import type { VanishingDisk } from './support/vanishing-disk.js';
import { inWorld, type World } from './support/world.js';

/** The disk watch would refuse such a small disk. */
const settings = { DISK_WARN: '0', DISK_REFUSE: '0', DISK_STOP: '0' };
/** So little patience that it would be over before the disk is back. */
const impatient = { ...settings, PATIENCE_SECONDS: '5' };
const broadcast = { pace: 'manual', window: 6, initial: 6 } as const;

async function startRecording(world: World, server: StreamVault) {
  const origin = await world.origin(broadcast);
  const { id: streamerId } = await server.api.addStreamer({ url: origin.url, name: 'Unplugged' });
  const { recordingId } = await server.api.start(streamerId);
  await captured(server, recordingId, 6);
  return { origin, streamerId, recordingId };
}

const waitsForDisk = (server: StreamVault, recordingId: number, state: 'reconnecting' | 'finalizing') =>
  server.api.recordingThat(
    recordingId,
    `waits for its disk, ${state}`,
    (now) => now.state === state && now.interruption?.code === 'disk.gone',
  );

const toldOf = async (server: StreamVault, recordingId: number, type: string): Promise<string[]> =>
  (await server.api.story(recordingId))
    .filter((event) => event.type === type)
    .map(({ data }) => (data['cause'] as { code: string }).code);

/** More than a window of the source goes by, and so does all patience. */
async function goOn(server: StreamVault, recordingId: number, origin: LiveOrigin): Promise<void> {
  for (let time = 0; time < 12; time += 1) origin.advance(2);
  await until('patience was over', async () => {
    const story = await server.api.story(recordingId);
    return story.some(({ type }) => type === 'DeadlineMoved');
  });
}

async function expectNothingBeneath(disk: VanishingDisk): Promise<void> {
  expect(await readdir(disk.place)).toEqual([]);
}

describe('the disk of the recordings', () => {
  itMounts(
    'is taken away while it is written to: the recording waits, says so once, and goes on by itself when it is back',
    inWorld(async (world) => {
      const server = await world.installation(impatient);
      const disk = await world.vanishingDisk(path.join(server.dataDirectory, 'work'));
      await server.start();
      const { origin, recordingId, streamerId } = await startRecording(world, server);
      await disk.vanish();
      origin.advance(1);
      const waiting = await waitsForDisk(server, recordingId, 'reconnecting');
      expect(waiting.interruption?.message).toMatch(/Mount its disk again; the recording goes on by itself/);
      expect((await fetch(`${server.address}/health`)).status).toBe(503);
      expect(await server.api.refusal('POST', `/api/recording/start/${streamerId}`)).toMatchObject({
        code: 'recording.already-active',
      });
      const { id: another } = await server.api.addStreamer({ url: (await world.origin()).url, name: 'Another' });
      expect(await server.api.refusal('POST', `/api/recording/start/${another}`)).toMatchObject({ code: 'disk.gone' });
      await goOn(server, recordingId, origin);
      await expectNothingBeneath(disk);
      expect(await server.api.recording(recordingId)).toMatchObject({ state: 'reconnecting' });

      await disk.comeBack();
      const kept = (await server.ledger(recordingId)).totals.segments;
      expect(kept).toBeGreaterThanOrEqual(6);
      await server.api.recordingThat(recordingId, 'goes on', ({ state }) => state === 'capturing');
      await captured(server, recordingId, kept + 6);
      await server.api.stop(streamerId);
      const finished = await server.api.reaches(recordingId, 'completed', 60);

      const last = origin.segments().length - 1;
      const have = await stored(server, recordingId, origin);
      const after = have[kept]!;
      expect(have).toEqual([...range(0, kept - 1), ...range(after, last)]);
      expect(after).toBeGreaterThan(kept + 5);
      expect((await server.api.recordings()).items).toHaveLength(1);
      expect(finished).toMatchObject({ failure: null, interruption: null });
      expect(finished.parts.map(({ reason }) => reason)).toEqual(['start', 'restart']);
      expect(finished.gaps).toMatchObject([
        {
          from: origin.segments()[kept]!.programDateTime,
          to: origin.segments()[after]!.programDateTime,
          cause: { code: 'disk.gone' },
        },
      ]);
      expect(await toldOf(server, recordingId, 'CaptureInterrupted')).toEqual(['disk.gone']);
      expect(server.logLines.filter(({ msg }) => msg.startsWith('A recording waits for its disk'))).toHaveLength(1);
      await expectSoundVideo(server, have.length);
    }),
  );

  itMounts(
    'is not there when the server is started: nothing is begun in its place, and all goes on when it is back',
    inWorld(async (world) => {
      const server = await world.installation(impatient);
      const disk = await world.vanishingDisk(path.join(server.dataDirectory, 'work'));
      await server.start();
      const { origin, recordingId, streamerId } = await startRecording(world, server);
      await server.kill();
      await disk.vanish();
      await server.start({ isWell: false });
      await waitsForDisk(server, recordingId, 'reconnecting');
      const { id: another } = await server.api.addStreamer({ url: (await world.origin()).url, name: 'Another' });
      expect(await server.api.refusal('POST', `/api/recording/start/${another}`)).toMatchObject({ code: 'disk.gone' });
      await goOn(server, recordingId, origin);
      await expectNothingBeneath(disk);
      await disk.comeBack();
      await server.api.recordingThat(recordingId, 'goes on', ({ state }) => state === 'capturing');
      await captured(server, recordingId, 12);
      await server.api.stop(streamerId);
      const finished = await server.api.reaches(recordingId, 'completed', 60);
      const last = origin.segments().length - 1;
      const have = await stored(server, recordingId, origin);
      expect(have).toEqual([...range(0, 5), ...range(last - (have.length - 7), last)]);
      expect(finished.gaps).toMatchObject([{ cause: { code: 'disk.gone' } }]);
      expect(await toldOf(server, recordingId, 'CaptureInterrupted')).toEqual(['recorder.restarted', 'disk.gone']);
      await expectSoundVideo(server, have.length);
    }),
  );

  itMounts(
    'and of all data but the log is not there at the start, and the recording is stopped meanwhile: nothing is lost',
    inWorld(async (world) => {
      const elsewhere = await world.directory();
      const server = await world.installation({
        ...settings,
        EVENT_STORE_URL: `sqlite:${path.join(elsewhere, 'events.db')}`,
        DATABASE_URL: `sqlite:${path.join(elsewhere, 'read-models.db')}`,
        RECORDINGS_DIR: path.join(elsewhere, 'recordings'),
      });
      const disk = await world.vanishingDisk(server.dataDirectory);
      await server.start();
      const { origin, recordingId, streamerId } = await startRecording(world, server);
      await server.kill();
      await disk.vanish();
      // Not even the data folder shows now that there was a disk; only the log knows of the recording.
      await server.start();
      await waitsForDisk(server, recordingId, 'reconnecting');
      await server.api.stop(streamerId);
      await waitsForDisk(server, recordingId, 'finalizing');
      expect(await readdir(path.join(disk.place, 'work'))).toEqual(['.streamvault-folder']);
      await disk.comeBack();
      expect(await server.api.reaches(recordingId, 'completed', 60)).toMatchObject({ gaps: [], capturedRatio: 1 });
      expect(await stored(server, recordingId, origin)).toEqual(range(0, 5));
      expect(await toldOf(server, recordingId, 'FinalizeFailed')).toEqual(['disk.gone']);
      await expectSoundVideo(server, 6);
    }),
  );
});

itMounts(
  'the disk of the videos is not there when one is made: it waits, and nothing is put into its place',
  inWorld(async (world) => {
    const server = await world.installation(settings);
    const disk = await world.vanishingDisk(server.recordingsDirectory);
    await server.start();
    const { recordingId, streamerId } = await startRecording(world, server);
    await disk.vanish();
    await server.api.stop(streamerId);
    const waiting = await waitsForDisk(server, recordingId, 'finalizing');
    expect(waiting.interruption?.message).toContain(disk.place);
    await server.restart({ isWell: false });
    await waitsForDisk(server, recordingId, 'finalizing');
    await expectNothingBeneath(disk);
    await disk.comeBack();
    expect(await server.api.reaches(recordingId, 'completed', 60)).toMatchObject({ gaps: [], failure: null });
    await expectSoundVideo(server, 6);
  }),
);

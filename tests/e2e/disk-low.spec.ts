import { expect, it } from '@jest/globals';
import path from 'node:path';
import type { StreamVault } from './support/stream-vault.js';
import { until } from './support/until.js';
import { inWorld, type World } from './support/world.js';

const broadcast = { pace: 1, window: 60, initial: 4, kept: 1000 };

async function startRecording(world: World, server: StreamVault, name: string) {
  const origin = await world.origin(broadcast);
  const { id: streamerId } = await server.api.addStreamer({ url: origin.url, name });
  const { recordingId } = await server.api.start(streamerId);
  return { streamerId, recordingId };
}

const captured = (server: StreamVault, recordingId: number, segments: number) =>
  until(`${segments} segments stood in the ledger`, async () => {
    const { totals } = await server.ledger(recordingId);
    return totals.segments >= segments && totals.segments;
  });

const diskCheck = async (server: StreamVault) => (await server.api.health()).checks['disk'];

it(
  'before the disk is full the server warns, then refuses new recordings, then stops the newest, and no more than it must',
  inWorld(async (world) => {
    const disk = await world.disk(160);
    // On a shared disk, others write as well.
    const unit = disk.isMounted ? 20e6 : 1e9;
    const free = await disk.freeBytes();
    const server = await world.server({
      DATA_DIR: path.join(disk.folder, 'data'),
      DISK_WARN: String(free - unit),
      DISK_REFUSE: String(free - 2 * unit),
      DISK_STOP: String(free - 3 * unit),
    });
    const feed = await server.follow();
    const older = await startRecording(world, server, 'Older');
    const newer = await startRecording(world, server, 'Newer');
    for (const { recordingId } of [older, newer]) await server.api.reaches(recordingId, 'capturing');
    expect(
      await until('a rate was known', async () => {
        const check = await diskCheck(server);
        return /at this rate/.test(check?.detail ?? '') && check;
      }),
    ).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/B free for DATA_DIR, RECORDINGS_DIR .*, full in /),
    });

    await disk.take(1.5 * unit);
    expect(await diskCheck(server)).toMatchObject({ status: 'warn' });
    expect((await server.api.request('GET', '/health')).json).toMatchObject({ status: 'warn' });

    await disk.take(unit);
    const origin = await world.origin(broadcast);
    const { id: third } = await server.api.addStreamer({ url: origin.url, name: 'Third' });
    const start = () =>
      server.api.request('POST', `/api/recording/start/${third}`, { headers: { 'Idempotency-Key': 'third' } });
    const refused = await start();
    expect(refused).toMatchObject({
      status: 503,
      json: {
        code: 'disk.low',
        detail: expect.stringMatching(/are free on the disk of .*DISK_REFUSE.* Free some space/),
      },
    });
    expect(refused.headers.get('retry-after')).toBe('60');
    // An active recording says so, whatever the disk says.
    expect(await server.api.refusal('POST', `/api/recording/start/${older.streamerId}`)).toMatchObject({
      code: 'recording.already-active',
    });
    expect((await server.api.recording(older.recordingId)).state).toBe('capturing');
    expect(await (await server.api.fetch('/metrics')).text()).toMatch(/^streamvault_disk_free_bytes\{.*\} \d/m);

    await disk.take(unit + 1);
    const stopped = await feed.event('StopRequested', { recordingId: newer.recordingId });
    await disk.giveBack(unit + 1);
    // With what the server keeps in reserve for a full disk.
    await disk.giveBack(unit);
    await disk.giveBack(1.5 * unit);
    expect(stopped).toMatchObject({
      data: {
        by: 'disk-watch',
        cause: { code: 'disk.low', message: expect.stringMatching(/DISK_STOP.*started last/) },
      },
      metadata: { actor: 'disk-watch' },
    });
    expect(await server.api.reaches(newer.recordingId, 'completed', 60)).toMatchObject({ gaps: [], capturedRatio: 1 });

    const before = (await server.ledger(older.recordingId)).totals.segments;
    await captured(server, older.recordingId, before + 2);
    expect(await server.api.recording(older.recordingId)).toMatchObject({ state: 'capturing', gaps: [] });
    // A refusal because of a full disk is not kept for the key.
    expect((await start()).status).toBe(200);
    await server.api.stop(older.streamerId);
    expect(await server.api.reaches(older.recordingId, 'completed', 60)).toMatchObject({ gaps: [], capturedRatio: 1 });
  }),
);

import { describe, expect, it } from '@jest/globals';
import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { publishedSegments, storedSegments } from './support/media.js';
import { ServerProcess } from './support/server-process.js';
import type { StreamVault } from './support/stream-vault.js';
import { canBeReadOnly } from './support/small-disk.js';
import { until, within } from './support/until.js';
import { inWorld, type World } from './support/world.js';

const broadcast = { pace: 1, window: 60, initial: 4, kept: 1000 };

/** Starts a server that should refuse, and returns its one line. */
async function refusal(directory: string, settings: Readonly<Record<string, string>>): Promise<string> {
  const server = new ServerProcess({ DATA_DIR: path.join(directory, 'data'), PORT: '0', ...settings }, directory);
  try {
    expect(await within(30, 'the server refused to start', server.exited)).toMatchObject({ code: 1 });
  } finally {
    if (server.isRunning) await server.kill();
  }
  expect(server.err.trimEnd().split('\n')).toEqual([expect.stringMatching(/^StreamVault cannot start\. .+\.$/)]);
  return server.err;
}

/** A server with some history, stopped. */
async function usedServer(world: World, settings: Readonly<Record<string, string>> = {}): Promise<StreamVault> {
  const server = await world.server(settings);
  for (let n = 1; n <= 20; n += 1) await server.api.addStreamer({ url: `http://127.0.0.1:9/${n}.m3u8` });
  await server.stop();
  return server;
}

const captured = (server: StreamVault, recordingId: number, segments: number) =>
  until(`${segments} segments stood in the ledger`, async () => {
    const { totals } = await server.ledger(recordingId);
    return totals.segments >= segments && totals.segments;
  });

describe('a log file', () => {
  it(
    'that was cut off, or is of a newer version, stops the start with what to do, and is left as it is',
    inWorld(async (world) => {
      const server = await usedServer(world);
      const file = path.join(server.dataDirectory, 'events.db');
      const whole = await readFile(file);
      for (const [damage, said] of [
        [() => truncate(file, Math.floor(whole.length / 2)), /events\.db.* cut off/],
        [
          () => {
            const db = new DatabaseSync(file);
            db.exec('PRAGMA user_version = 99');
            db.close();
          },
          /newer StreamVault.*Upgrade/,
        ],
      ] as const) {
        await writeFile(file, whole);
        await damage();
        const damaged = await readFile(file);
        expect(await refusal(server.directory, {})).toMatch(said);
        expect(damaged.equals(await readFile(file))).toBe(true);
      }
      await writeFile(file, whole);
      await server.start();
      expect((await server.api.streamers()).items).toHaveLength(20);
    }),
  );

  (canBeReadOnly ? it : it.skip)(
    'on a read-only disk stops the start with what to do, and is used again when that is over',
    inWorld(async (world) => {
      const disk = await world.disk(16);
      const settings = { EVENT_STORE_URL: `sqlite:${path.join(disk.folder, 'events.db')}` };
      const server = await usedServer(world, settings);
      await disk.readOnly();
      expect(await refusal(server.directory, settings)).toMatch(
        /events\.db cannot be opened for writing .* writable by the user/,
      );
      await disk.writable();
      await server.start();
      expect((await server.api.streamers()).items).toHaveLength(20);
    }),
  );

  it(
    'on a full disk refuses commands and says why, while the capture continues; with room again nothing is lost',
    inWorld(async (world) => {
      const disk = await world.disk(8);
      const server = await world.server({ EVENT_STORE_URL: `sqlite:${path.join(disk.folder, 'events.db')}` });
      const origin = await world.origin(broadcast);
      const { id: streamerId } = await server.api.addStreamer({ url: origin.url, name: 'Goes on' });
      const { recordingId } = await server.api.start(streamerId);
      const before = await captured(server, recordingId, 5);

      await disk.fill(server);
      // Existing space in the log's files can be overwritten for a while.
      const refused = await until('a command was refused', async () => {
        const answer = await server.api.request('POST', '/api/streamers', {
          body: { url: `http://127.0.0.1:9/${Math.random()}.m3u8` },
        });
        return answer.status !== 201 && answer;
      });
      expect(refused).toMatchObject({ status: 503, json: { code: 'disk.full' } });
      expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
      const health = await (await fetch(`${server.address}/health`)).json();
      expect(health).toMatchObject({ status: 'down', checks: { eventStore: { status: 'down' } } });
      if (disk.isMounted) {
        expect(JSON.stringify(health)).toMatch(/disk of the event log .* is full\. Free some space/);
        await captured(server, recordingId, before + 4);
      }
      const { size } = await stat(path.join(disk.folder, 'events.db'));
      expect(size).toBeGreaterThan(0);

      await disk.free(server);
      await until('commands were taken again', () => server.api.stop(streamerId));
      const finished = await server.api.reaches(recordingId, 'completed', 60);
      expect(finished).toMatchObject({ capturedRatio: 1, gaps: [], failure: null });
      const stored = await storedSegments(server.workFolder(recordingId), await server.ledger(recordingId));
      expect(stored).toEqual(publishedSegments(origin, 0, stored.at(-1)!.mediaSequence));
      expect((await fetch(`${server.address}/health`)).status).toBe(200);
    }),
  );
});

import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, it, jest } from '@jest/globals';
import { recordingState } from '@streamvault/api-contract';
import { StreamVault } from '../../e2e/support/stream-vault.js';
import { inWorld, type World } from '../../e2e/support/world.js';
import { FakeTwitch } from '../../fake-twitch/fake-twitch.js';
import { keptLog, readBack, writeKept } from './read-back.js';
import { fakeStreamlink, scenesOfCapture } from './scenes-of-capture.js';
import { scenesOfFailure } from './scenes-of-failure.js';
import { changedStreamers, killed, leftOpen, withoutParts } from './scenes-of-the-server.js';
import { Stage, type Scene } from './stage.js';
import { TroubledFfmpeg } from './troubled-ffmpeg.js';

/**
 * Makes the kept log and its expected results. Not a test: `scripts/make.mjs` runs it, in minutes. The kept log was
 * made once, by the program of that day; a log made today would prove nothing about it.
 */
jest.setTimeout(900_000);

const commandLine = path.resolve(import.meta.dirname, '../../../apps/cli/dist/main.js');
const run = promisify(execFile);

it(
  'makes the kept log',
  inWorld(async (world) => {
    const twitch = await FakeTwitch.start();
    const page = await somePage();
    try {
      if (process.env['KEPT_LOG'] !== 'read-back') await keep(await record(world, twitch, page));
      const made = await readBack(world, keptLog);
      const { items } = made.answers['/api/recordings'] as unknown as { items: readonly { state: string }[] };
      const seen = new Set(items.map(({ state }) => state));
      const wanted = recordingState.options.filter((state) => state !== 'requested');
      expect(wanted.filter((state) => !seen.has(state))).toEqual([]);
      await writeKept(made);
    } finally {
      page.close();
      await twitch.close();
    }
  }),
);

/**
 * Everything in the log.
 * @returns the installation, whose server has ended
 */
async function record(world: World, twitch: FakeTwitch, page: Server): Promise<StreamVault> {
  const ffmpeg = await TroubledFfmpeg.make(await world.directory());
  const shown = await world.origin({ window: 8 });
  const settings = {
    ...twitch.settings,
    FFMPEG_PATH: ffmpeg.path,
    STREAMLINK_PATH: await fakeStreamlink(await world.directory(), shown.url),
    FIRST_BYTES_SECONDS: '45',
    PATIENCE_SECONDS: '25',
  };
  const tidying = await world.server({ ...settings, PARTS_GRACE_SECONDS: '0' });
  const first = new Stage(world, tidying, twitch, ffmpeg);
  const before = await first.begin('Stopped and started', (await first.live()).url);
  await withoutParts(first);
  await tidying.stop();

  const server = await world.installation({ ...settings, KEEP_PARTS: 'true', DATA_DIR: tidying.dataDirectory });
  await server.start();
  const stage = new Stage(world, server, twitch, ffmpeg);
  const { items: known } = await server.api.recordings();
  await stage.captured(before, 8);
  await stage.stopped(before);
  const web: Scene = async () => {
    const begun = await stage.begin('A page', `http://127.0.0.1:${(page.address() as AddressInfo).port}/somebody`);
    await stage.captured(begun, 8);
    shown.end();
    await stage.completed(begun);
  };
  const scenes = [web, changedStreamers, ...scenesOfCapture, ...scenesOfFailure];
  await Promise.all(scenes.map((scene) => scene(stage)));

  const goOn = await killed(stage);
  await server.kill();
  await server.start();
  await goOn();
  await leftOpen(stage);
  await server.kill();
  await ffmpeg.release();
  expect(known.length).toBeGreaterThan(2);
  return server;
}

/** As its owner would. */
async function keep({ dataDirectory, directory }: StreamVault): Promise<void> {
  const file = path.join(directory, 'log.ndjson');
  await run(process.execPath, [commandLine, 'log', 'export', file], {
    cwd: directory,
    env: { PATH: process.env['PATH'], DATA_DIR: dataDirectory },
  });
  await writeFile(keptLog, gzipSync(await readFile(file), { level: 9 }));
}

async function somePage(): Promise<Server> {
  const page = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>Somebody live</title>');
  });
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
  return page;
}

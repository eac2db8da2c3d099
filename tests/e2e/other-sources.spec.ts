import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FfmpegSource, freePort, isListening } from '../capture/ffmpeg-source.js';
import { RtspSource } from '../capture/ffmpeg-rtsp-source.js';
import { storedHashes } from '../capture/capture-run.js';
import { ApartOrigin } from '../live-origin/apart.js';
import { media } from './support/media.js';
import type { StreamVault } from './support/stream-vault.js';
import { until } from './support/until.js';
import { inWorld } from './support/world.js';

/** A program that answers like streamlink. */
async function fakeStreamlink(folder: string, version: string, answer: object): Promise<string> {
  const program = path.join(folder, 'streamlink');
  const json = JSON.stringify(answer);
  await writeFile(program, `#!/bin/sh\n[ "$1" = --version ] && echo "streamlink ${version}" || echo '${json}'\n`);
  await chmod(program, 0o755);
  return program;
}

describe('a page of some site', () => {
  let site: Server;
  let url: string;

  beforeAll(async () => {
    site = createServer((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>Somebody live</title>');
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/somebody`;
  });
  afterAll(async () => {
    site.closeAllConnections();
    await new Promise((resolve) => site.close(resolve));
  });

  it(
    'is recorded if streamlink knows it, and with its separate audio although streamlink names the video only',
    inWorld(async (world) => {
      const origin = await world.origin({ window: 10 });
      const folder = await world.directory();
      const program = await fakeStreamlink(folder, '8.6.2', {
        type: 'hls',
        url: origin.url,
        headers: { Referer: url },
      });
      const server = await world.server({ STREAMLINK_PATH: program, ALLOWED_PRIVATE_HOSTS: '127.0.0.1' });
      const { id, platform } = await server.api.addStreamer({ url, patienceSeconds: 0 });
      expect(platform).toBe('web');
      const { recordingId } = await server.api.start(id);
      await server.api.reaches(recordingId, 'capturing');
      origin.end();
      await server.api.reaches(recordingId, 'completed');
      const published = origin.segments().map(({ sha256 }) => sha256);
      expect(await storedHashes(server.workFolder(recordingId))).toEqual(published);
      const { checks } = await server.api.health();
      expect(checks['streamlink']).toMatchObject({ status: 'ok', detail: expect.stringContaining('8.6.2') });

      const apart = await ApartOrigin.start('ts', 6);
      try {
        apart.ended = true;
        const picture = apart.url.replace('master', 'picture');
        await fakeStreamlink(folder, '8.6.2', {
          type: 'hls',
          url: picture,
          master: apart.url,
          headers: {},
          metadata: {},
        });
        const next = await server.api.start(id);
        const { videoId } = await server.api.reaches(next.recordingId, 'completed');
        expect((await server.api.video(videoId!)).codecs).toMatch(/^avc1.*,mp4a/);
      } finally {
        await apart.close();
      }
    }),
  );

  it(
    'fails with an explanation if there is no streamlink, if it is too old, or finds what may not be reached from outside',
    inWorld(async (world) => {
      const folder = await world.directory();
      const server = await world.server({ STREAMLINK_PATH: path.join(folder, 'streamlink') });
      const { id } = await server.api.addStreamer({ url });
      const failureOf = async () => {
        const { recordingId } = await server.api.start(id);
        return (await server.api.reaches(recordingId, 'failed')).failure;
      };
      expect(await failureOf()).toMatchObject({
        code: 'source.tool-missing',
        message: expect.stringContaining('streamlink'),
      });
      const missing = await server.api.health();
      expect(await server.api.warnings()).toEqual([]);
      expect(missing.checks['streamlink']?.detail).toContain('not installed');

      // The program is looked for once in a while.
      await fakeStreamlink(folder, '5.2.1', {});
      await server.restart();
      expect(await failureOf()).toMatchObject({
        code: 'source.tool-too-old',
        message: expect.stringContaining('5.2.1'),
      });
      expect((await server.api.health()).checks['streamlink']).toMatchObject({ status: 'warn' });

      const origin = await world.origin();
      await fakeStreamlink(folder, '8.6.2', { type: 'hls', url: origin.url, headers: {} });
      await server.restart();
      expect((await failureOf())?.code).toBe('source.private-address');
    }),
  );
});

/**
 * The ffmpegs of this server. Their sources' addresses are not on their command lines, where others could read them.
 */
async function ffmpegsOf(server: StreamVault): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const told = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return told.flatMap((stat) => {
    // `pid (name) state parent …`, proc_pid_stat(5)
    const [, pid, name, parent] = /^(\d+) \((.*)\) \S (\d+)/.exec(stat) ?? [];
    return Number(parent) === server.pid && name?.startsWith('ffmpeg') ? [Number(pid)] : [];
  });
}

/** Waits until none of these processes exists any more. */
async function gone(pids: readonly number[]): Promise<void> {
  await until('its ffmpeg had gone with it', async () => {
    const left = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
    return left.every((command) => command === '');
  });
}

/** The complaints about a finished video. */
async function decodeErrorsOf(server: StreamVault, videoId: number): Promise<readonly string[]> {
  const { fileName } = await server.api.video(videoId);
  const files = await readdir(server.recordingsDirectory, { recursive: true });
  const name = files.find((file) => path.basename(file) === fileName);
  if (name === undefined) throw new Error(`${fileName} is not among ${files.join(', ')}.`);
  return (await media()).decodeErrors(path.join(server.recordingsDirectory, name));
}

it(
  'a stream over SRT is recorded by ffmpeg, goes on after a kill of the server, and becomes a video',
  inWorld(async (world) => {
    const server = await world.server();
    const address = `srt://127.0.0.1:${await freePort()}`;
    const send = () => new FfmpegSource(['-f', 'mpegts', `${address}?mode=listener`]);
    let source = send();
    try {
      const { id, platform } = await server.api.addStreamer({ url: address });
      expect(platform).toBe('stream');
      const { recordingId } = await server.api.start(id);
      await server.api.reaches(recordingId, 'capturing', 60);
      await until('something was kept', async () => (await server.ledger(recordingId)).segments.length > 1);
      const ffmpegs = await ffmpegsOf(server);
      expect(ffmpegs).toHaveLength(1);
      await server.kill();
      await gone(ffmpegs);
      const before = (await server.ledger(recordingId)).segments.length;

      await source.kill();
      source = send();
      await server.start();
      await until('it went on', async () => (await server.ledger(recordingId)).segments.length > before + 1, {
        seconds: 60,
      });
      await server.api.stop(id);
      const { videoId, parts, gaps } = await server.api.reaches(recordingId, 'completed', 60);
      expect(parts).toHaveLength(2);
      expect(gaps.map(({ cause }) => cause.code)).toEqual(['capture.was-away']);
      const video = await server.api.video(videoId!);
      expect(video).toMatchObject({ width: 320, height: 180 });
      expect(video.durationSeconds).toBeGreaterThan(2);
    } finally {
      await source.kill();
    }
  }),
);

it(
  'a stream over RTMP that hangs, while the server is killed, and comes back after it, is one recording with one gap',
  inWorld(async (world) => {
    const server = await world.server();
    const port = await freePort('tcp');
    const address = `rtmp://127.0.0.1:${port}/live/key`;
    const send = () => new FfmpegSource(['-f', 'flv', '-listen', '1', address]);
    let source = send();
    try {
      await until('the source was there', () => isListening(port));
      const { id, platform } = await server.api.addStreamer({ url: address });
      expect(platform).toBe('stream');
      const { recordingId } = await server.api.start(id);
      await until('something was kept', async () => (await server.ledger(recordingId)).segments.length > 1);
      await server.api.reaches(recordingId, 'capturing');
      source.pause();
      await server.api.reaches(recordingId, 'reconnecting');
      const ffmpegs = await ffmpegsOf(server);
      await server.kill();
      await gone(ffmpegs);
      const before = (await server.ledger(recordingId)).segments.length;

      await source.kill();
      await server.start();
      expect(await server.api.recording(recordingId)).toMatchObject({ state: 'reconnecting' });
      source = send();
      await until('it went on', async () => (await server.ledger(recordingId)).segments.length > before + 1, {
        seconds: 60,
      });
      await server.api.stop(id);
      const { videoId, parts, gaps, failure } = await server.api.reaches(recordingId, 'completed', 60);
      expect(failure).toBeNull();
      expect((await server.api.recordings()).items).toHaveLength(1);
      expect(parts.map(({ number, reason }) => [number, reason])).toEqual([
        [1, 'start'],
        [2, 'restart'],
      ]);
      expect(gaps.map(({ cause }) => cause.code)).toEqual(['capture.was-away']);
      const { totals } = await server.ledger(recordingId);
      expect((await server.api.video(videoId!)).durationSeconds).toBeCloseTo(totals.durationSeconds, 0);
      expect(await decodeErrorsOf(server, videoId!)).toEqual([]);
    } finally {
      await source.kill();
    }
  }),
);

it(
  'a camera over RTSP is recorded with its sound, goes on after a kill of the server, and becomes a video that plays',
  inWorld(async (world) => {
    const camera = await RtspSource.start('pcmu');
    try {
      const server = await world.server();
      const { id, platform } = await server.api.addStreamer({ url: camera.url });
      expect(platform).toBe('stream');
      const { recordingId } = await server.api.start(id);
      await until('something was kept', async () => (await server.ledger(recordingId)).segments.length > 1);
      await server.api.reaches(recordingId, 'capturing');
      const ffmpegs = await ffmpegsOf(server);
      expect(ffmpegs).toHaveLength(1);
      await server.kill();
      await gone(ffmpegs);
      const before = (await server.ledger(recordingId)).segments.length;

      await server.start();
      await until('it went on', async () => (await server.ledger(recordingId)).segments.length > before + 1, {
        seconds: 60,
      });
      await server.api.stop(id);
      const { videoId, parts, gaps } = await server.api.reaches(recordingId, 'completed', 60);
      expect(parts.map(({ reason }) => reason)).toEqual(['start', 'restart']);
      expect(gaps.map(({ cause }) => cause.code)).toEqual(['capture.was-away']);
      const { totals } = await server.ledger(recordingId);
      const { codecs, durationSeconds } = await server.api.video(videoId!);
      expect(codecs).toMatch(/^avc1.*,mp4a/);
      expect(durationSeconds).toBeCloseTo(totals.durationSeconds, 0);
      expect(await decodeErrorsOf(server, videoId!)).toEqual([]);
    } finally {
      await camera.kill();
    }
  }),
);

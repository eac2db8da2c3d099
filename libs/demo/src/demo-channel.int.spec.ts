import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { demoArguments } from './demo-arguments.js';
import { DemoChannel, DemoChannelUnavailable, type DemoChannelOptions } from './demo-channel.js';
import { systemClock, type Clock } from '@streamvault/capture';
import { rememberProcess } from './stale-process.js';

const execute = promisify(execFile);
const require = createRequire(import.meta.url);
const font = require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf');

/** Every ffmpeg on this machine: the system's, and the old one that npm brings. */
const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'ffmpeg'));
const ffmpegs = [
  onPath.find((file) => existsSync(file)),
  (require('@ffmpeg-installer/ffmpeg') as { path: string }).path,
];
const binaries = ffmpegs.filter((file) => file !== undefined);
const [anyFfmpeg = 'ffmpeg'] = binaries;

/** Real time that a test can advance. */
class MovableClock implements Pick<Clock, 'now' | 'sleep'> {
  #moved = 0;
  readonly #waits = new Set<() => void>();

  now(): number {
    return Date.now() + this.#moved;
  }

  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    const until = this.now() + milliseconds;
    while (!signal.aborted && this.now() < until) {
      const moved = new AbortController();
      const wake = () => moved.abort();
      this.#waits.add(wake);
      await systemClock.sleep(until - this.now(), AbortSignal.any([signal, moved.signal]));
      this.#waits.delete(wake);
    }
  }

  move(milliseconds: number): void {
    this.#moved += milliseconds;
    for (const wake of this.#waits) wake();
  }
}

async function until(fact: () => boolean | Promise<boolean>, what: string, seconds = 20): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await fact())) {
    if (Date.now() > deadline) throw new Error(`Waited ${seconds} s in vain until ${what}`);
    await systemClock.sleep(25, AbortSignal.timeout(seconds * 1000));
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

let directory: string;
const channels: DemoChannel[] = [];
const strangers: ChildProcess[] = [];

function demoChannel(options: Partial<DemoChannelOptions> = {}): DemoChannel {
  const silent = { info: () => undefined, warn: () => undefined };
  const channel = new DemoChannel({
    ffmpegPath: anyFfmpeg,
    fontFile: font,
    directory: join(directory, 'demo'),
    logger: silent,
    ...options,
  });
  channels.push(channel);
  return channel;
}

async function playlist(channel: DemoChannel): Promise<string> {
  return (await channel.read('live.m3u8'))!.body.toString();
}

const segments = (text: string) => text.match(/^seg-\d+\.ts$/gm) ?? [];
const firstSequence = (text: string) => Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(text)![1]);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "demo 100% o'clock: "));
});

afterEach(async () => {
  for (const channel of channels.splice(0)) await channel.stop();
  for (const stranger of strangers.splice(0)) stranger.kill('SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

describe.each(binaries)('a demo channel made by %s', (ffmpegPath) => {
  it('is live on first demand: a playlist with program date-time, and segments that decode to moving video with audio', async () => {
    const channel = demoChannel({ ffmpegPath });
    expect(await channel.read('live.m3u8')).toBeUndefined();
    const asked = Date.now();
    await channel.ensureRunning();
    await until(async () => segments(await playlist(channel)).length >= 3, 'three segments are listed');

    const text = await playlist(channel);
    expect(text).toMatch(/#EXT-X-TARGETDURATION:2\n/);
    expect(text).toMatch(/#EXT-X-DISCONTINUITY\n/);
    expect(text).not.toContain('#EXT-X-ENDLIST');
    const begin = Date.parse(/#EXT-X-PROGRAM-DATE-TIME:(.*)/.exec(text)![1]!);
    // An old ffmpeg gives whole seconds.
    expect(begin).toBeGreaterThan(asked - 1500);
    expect(begin).toBeLessThan(Date.now() - 3 * 2000 + 1500);

    const bodies = await Promise.all(segments(text).map((name) => channel.read(name)));
    expect(bodies.map((file) => file?.contentType)).toEqual(bodies.map(() => 'video/mp2t'));
    const sample = join(directory, 'sample.ts');
    await writeFile(sample, Buffer.concat(bodies.map((file) => file!.body)));
    const bitsPerSecond = (bodies.reduce((sum, file) => sum + file!.body.length, 0) * 8) / (bodies.length * 2);
    expect(bitsPerSecond).toBeLessThan(1_000_000);

    const decoded = await execute(
      anyFfmpeg,
      ['-hide_banner', '-nostats', '-v', 'info', '-i', sample, '-af', 'volumedetect', '-f', 'framemd5', '-'],
      { maxBuffer: 2 ** 24 },
    );
    const frames = decoded.stdout.split('\n').filter((line) => line.startsWith('0,'));
    expect(frames.length).toBe(bodies.length * 60);
    expect(new Set(frames.map((line) => line.slice(line.lastIndexOf(',')))).size).toBe(frames.length);
    expect(decoded.stderr).toMatch(/Video: h264 \(Main\).*640x360.*30 fps/);
    expect(decoded.stderr).toMatch(/Audio: aac .*48000 Hz, stereo/);
    const loudest = Number(/max_volume: (-?[\d.]+) dB/.exec(decoded.stderr)![1]);
    expect(loudest).toBeGreaterThan(-40);
    expect(loudest).toBeLessThan(-10);
    expect(decoded.stderr).not.toMatch(/error|corrupt|invalid/i);
  });

  it('dies when its standard output is no longer read, as after a kill -9 of the server', async () => {
    await copyFile(font, join(directory, 'font.ttf'));
    const args = demoArguments({ firstSequence: 1, startedAt: Date.now(), mark: 'kill-test' });
    // The reader of the pipe is a process of its own, killed without a chance to clean up.
    const reader = spawn(
      process.execPath,
      [
        '-e',
        `const [command, ...args] = JSON.parse(process.argv[1]);
         const child = require('node:child_process').spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
         child.stdout.once('data', () => console.log(child.pid)).resume();`,
        JSON.stringify([ffmpegPath, ...args]),
      ],
      { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    strangers.push(reader);
    const [line] = (await once(reader.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    expect(lives(pid)).toBe(true);
    reader.kill('SIGKILL');
    await until(() => !lives(pid), 'ffmpeg is gone');
  });
});

describe('a demo channel', () => {
  it('starts one ffmpeg however many requests arrive at once', async () => {
    const channel = demoChannel();
    await Promise.all(Array.from({ length: 20 }, () => channel.ensureRunning()));
    expect(await readdir(join(directory, 'demo'))).toHaveLength(2);
    expect(channel.status()).toMatchObject({ state: 'on', failure: undefined });
  });

  it('never numbers a segment twice: after an ffmpeg that died, a new server, and a clock that was set back', async () => {
    const first = demoChannel();
    await first.ensureRunning();
    const before = segments(await playlist(first)).at(-1)!;

    process.kill(first.status().pid!, 'SIGKILL');
    await until(() => first.status().state === 'off', 'the death is noticed');
    await first.ensureRunning();
    const again = await playlist(first);
    expect(again).toContain('#EXT-X-DISCONTINUITY');
    expect(firstSequence(again)).toBeGreaterThan(Number(/\d+/.exec(before)![0]));

    await first.stop();
    const clock = new MovableClock();
    clock.move(-3_600_000);
    const second = demoChannel({ clock });
    await second.ensureRunning();
    expect(firstSequence(await playlist(second))).toBeGreaterThan(firstSequence(again));
  });

  it('keeps the numbers growing by the wall clock if its folder was wiped', async () => {
    const first = demoChannel();
    await first.ensureRunning();
    const before = firstSequence(await playlist(first));
    await first.stop();
    await rm(join(directory, 'demo'), { recursive: true });
    const clock = new MovableClock();
    clock.move(60_000);
    const second = demoChannel({ clock });
    await second.ensureRunning();
    expect(firstSequence(await playlist(second))).toBeGreaterThanOrEqual(before + 30);
  });

  it('stops after a minute without requests, stays during polling, and starts again on demand', async () => {
    const clock = new MovableClock();
    const channel = demoChannel({ clock });
    await channel.ensureRunning();
    const pid = channel.status().pid!;

    for (let polls = 0; polls < 3; polls += 1) {
      clock.move(45_000);
      await channel.read('live.m3u8');
    }
    expect(channel.status()).toMatchObject({ state: 'on', pid });

    clock.move(61_000);
    await until(() => !lives(pid), 'ffmpeg is stopped');
    expect(channel.status().state).toBe('off');
    expect(await channel.read('live.m3u8')).toBeUndefined();

    await channel.ensureRunning();
    expect(channel.status().state).toBe('on');
  });

  it('replaces an ffmpeg that hangs', async () => {
    const clock = new MovableClock();
    const channel = demoChannel({ clock });
    await channel.ensureRunning();
    const hanging = channel.status().pid!;
    process.kill(hanging, 'SIGSTOP');
    clock.move(16_000);
    await channel.ensureRunning();
    expect(lives(hanging)).toBe(false);
    expect(channel.status().pid).not.toBe(hanging);
  });

  it('is gone after stop, also in the middle of a start, and does not come back', async () => {
    const channel = demoChannel();
    const started = channel.ensureRunning();
    await until(() => existsSync(join(directory, 'demo', 'ffmpeg.pid')), 'ffmpeg runs');
    const { pid } = JSON.parse(await readFile(join(directory, 'demo', 'ffmpeg.pid'), 'utf8')) as { pid: number };
    const outcome = expect(started).rejects.toThrow(DemoChannelUnavailable);
    await channel.stop();
    await outcome;
    expect(lives(pid)).toBe(false);
    await expect(channel.ensureRunning()).rejects.toThrow('stopped');
  });

  it('serves only its own files', async () => {
    const channel = demoChannel();
    await channel.ensureRunning();
    const own = segments(await playlist(channel))[0]!;
    expect((await channel.read(own))!.body.length).toBeGreaterThan(10_000);
    for (const name of [
      'font.ttf',
      '../ffmpeg.pid',
      `./${own}`,
      `../x/${own}`,
      'seg-1.ts\0',
      'seg-.ts',
      'seg-0.ts',
      '',
      '/etc/passwd',
    ]) {
      expect([name, await channel.read(name)]).toEqual([name, undefined]);
    }
  });

  it("reports ffmpeg's error, and does not start it again with every request", async () => {
    const script = join(directory, 'ffmpeg');
    await writeFile(
      script,
      `#!/bin/sh\necho run >> "${directory}/runs"\necho "Unknown encoder 'libx264'" >&2\nexit 1\n`,
    );
    await chmod(script, 0o755);
    const channel = demoChannel({ ffmpegPath: script });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await expect(channel.ensureRunning()).rejects.toThrow("did not start: Unknown encoder 'libx264'");
    }
    expect(await readFile(join(directory, 'runs'), 'utf8')).toBe('run\n');
    expect(channel.status()).toMatchObject({ state: 'failed', failure: expect.stringContaining('libx264') });
  });

  it.each([
    ['there is no such program', { ffmpegPath: '/nowhere/ffmpeg' }, 'ENOENT'],
    ['it makes nothing in time', { ffmpegPath: '/bin/cat', startSeconds: 0.2 }, /in time|did not start/],
    ['there is no font', { fontFile: '/nowhere/font.ttf' }, 'ENOENT'],
  ])('fails with an explanation if %s', async (_why, options, words) => {
    const channel = demoChannel(options);
    const failure = channel.ensureRunning();
    await expect(failure).rejects.toThrow(DemoChannelUnavailable);
    await expect(failure).rejects.toThrow(words);
  });

  it('ends what a crash left behind, and no other process that has its number now', async () => {
    const idle = () => {
      const stranger = spawn(process.execPath, [
        '-e',
        'setInterval(() => {}, 1000)',
        'streamvault-demo-of-a-former-life',
      ]);
      strangers.push(stranger);
      return stranger;
    };
    const [stale, stranger] = [idle(), idle()];
    await mkdir(join(directory, 'demo'));
    const pidFile = join(directory, 'demo', 'ffmpeg.pid');

    await rememberProcess(pidFile, stranger.pid!, 'streamvault-demo-of-somebody-else');
    const channel = demoChannel();
    await channel.ensureRunning();
    await channel.stop();
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();

    await rememberProcess(pidFile, stale.pid!, 'streamvault-demo-of-a-former-life');
    await demoChannel().ensureRunning();
    await until(() => stale.signalCode === 'SIGKILL', 'the former ffmpeg is ended');
  });
});

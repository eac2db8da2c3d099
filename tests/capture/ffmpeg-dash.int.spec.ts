import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { FfmpegCaptureEngine, type CaptureEnd } from '@streamvault/capture';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ledgerOf, Witness } from './capture-run.js';
import { FfmpegSource } from './ffmpeg-source.js';

/** Several ffmpegs in real time on a busy machine: a limit against hanging, not an expectation. */
jest.setTimeout(120_000);
const run = promisify(execFile);

let folder: string;
let server: Server;
let source: FfmpegSource | undefined;
/** Segments that the server does not have, whatever is on the disk. */
let missing: RegExp | undefined;
let given: string[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ffmpeg-dash-'));
  missing = undefined;
  given = [];
  server = createServer((request, response) => {
    const name = path.basename(new URL(request.url ?? '/', 'http://x').pathname);
    const body = missing?.test(name) ? Promise.reject(new Error('missing')) : readFile(path.join(folder, name));
    body.then(
      (bytes) => {
        given.push(name);
        response.end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await source?.kill();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

const recording = () => path.join(folder, 'recording');

async function broadcast(options: string): Promise<void> {
  const dash = `-f dash -seg_duration 1 -window_size 5 -extra_window_size 20 ${options}`;
  source = new FfmpegSource([...dash.split(' '), path.join(folder, 'live.mpd')]);
  while (!(await readFile(path.join(folder, 'live.mpd'), 'utf8').catch(() => '')).includes('<Period'))
    await new Promise((resolve) => setTimeout(resolve, 50));
}

interface Run {
  readonly witness: Witness;
  readonly end: Promise<CaptureEnd>;
  stop(): Promise<CaptureEnd>;
}

function capture(sliceSeconds = 0.5): Run {
  const witness = new Witness();
  const abort = new AbortController();
  const engine = new FfmpegCaptureEngine({ sliceSeconds, retryMinSeconds: 0.2 });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/live.mpd`;
  const request = {
    recordingId: 7,
    directory: recording(),
    source: { url, engine: 'ffmpeg' as const },
    quality: 'best',
  };
  const end = engine.capture(request, witness, abort.signal);
  end.catch(() => undefined);
  return {
    witness,
    end,
    stop: () => {
      abort.abort();
      return end;
    },
  };
}

async function picturesIn(file: string): Promise<string[]> {
  const args = ['-v', 'error', '-i', file, '-map', '0:v', '-f', 'framemd5', '-'];
  const { stdout, stderr } = await run('ffmpeg', args, { maxBuffer: 1 << 26 });
  expect(stderr).toBe('');
  return stdout.split('\n').flatMap((line) => (line === '' || line.startsWith('#') ? [] : line.split(',').slice(-1)));
}

/** A hash of each stored frame, in order; every frame that was sent is different. */
async function pictures(): Promise<string[]> {
  const hashes: string[] = [];
  for (const { file } of (await ledgerOf(recording())).parts)
    hashes.push(...(await picturesIn(path.join(recording(), file))));
  return hashes;
}

/** Video segments that were sent, oldest first. */
const sent = async (): Promise<string[]> =>
  (await readdir(folder)).filter((name) => /^chunk-stream0-\d+\.m4s$/.test(name)).toSorted();

/** What is stored is what was sent, from one frame to a later one, without any missing. */
async function expectNothingLost(): Promise<void> {
  const all = path.join(folder, 'all.mp4');
  const files = ['init-stream0.m4s', ...(await sent())].map((name) => readFile(path.join(folder, name)));
  await writeFile(all, Buffer.concat(await Promise.all(files)));
  const [source, stored] = [await picturesIn(all), await pictures()];
  const from = source.indexOf(stored[0]!);
  expect(stored.map((hash) => source.indexOf(hash))).toEqual(stored.map((_, index) => from + index));
}

/** Settles when this many more segments were sent. */
async function untilSent(more: number): Promise<void> {
  const before = (await sent()).length;
  while ((await sent()).length < before + more) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function expectEachOnce(): Promise<void> {
  const all = await pictures();
  expect(new Set(all).size).toBe(all.length);
  const { durationSeconds } = (await ledgerOf(recording())).totals;
  expect(all.length / 30).toBeCloseTo(durationSeconds, 0);
}

it.each(['-use_template 1 -use_timeline 1', '-use_template 1 -use_timeline 0'])(
  'a live DASH source is recorded with each frame once, to its end (%s)',
  async (options) => {
    await broadcast(options);
    const { witness, end } = capture();
    await witness.segments(8);
    await source!.end();
    await expect(end).resolves.toEqual({ kind: 'ended', reason: 'endlist' });
    const { gaps, parts, totals } = await ledgerOf(recording());
    expect(parts).toHaveLength(1);
    expect(gaps).toEqual([]);
    expect(totals.durationSeconds).toBeGreaterThan(4);
    await expectEachOnce();
    const segments = given.filter((name) => name.startsWith('chunk'));
    expect(new Set(segments).size).toBe(segments.length);
  },
);

it('a live DASH source that is continued after a stop gives nothing twice', async () => {
  await broadcast('-use_template 1 -use_timeline 1');
  const first = capture();
  await first.witness.segments(5);
  await first.stop();
  const before = (await ledgerOf(recording())).segments.length;
  const { witness, stop } = capture();
  await witness.segments(before + 4);
  await stop();
  const { parts } = await ledgerOf(recording());
  expect(parts.map(({ reason }) => reason)).toEqual(['start', 'restart']);
  await expectEachOnce();
});

describe.each(['-use_template 1 -use_timeline 1', '-use_template 1 -use_timeline 0'])(
  'a live DASH source that is continued while it still offers what came meanwhile (%s)',
  (options) => {
    it('is recorded without a hole', async () => {
      await broadcast(options);
      const first = capture();
      await first.witness.segments(5);
      await first.stop();
      const before = (await ledgerOf(recording())).segments.length;
      await untilSent(2);
      const { witness, stop } = capture();
      await witness.segments(before + 6);
      await stop();
      await expectEachOnce();
      await expectNothingLost();
      expect((await ledgerOf(recording())).gaps).toEqual([]);
    });

    it('is fetched again from where the ledger ends, whatever had been read before', async () => {
      await broadcast(options);
      // Slices as long as the source's segments.
      const first = capture(0.9);
      await first.witness.segments(4);
      await first.stop();
      const before = await forgetSlices(2);
      const { witness, stop } = capture(0.9);
      await witness.segments(before + 5);
      await stop();
      await expectEachOnce();
      await expectNothingLost();
      expect((await ledgerOf(recording())).gaps).toEqual([]);
    });
  },
);

/**
 * Leaves the ledger as a killed server does: without its last slices, and with an open part.
 * @returns how many are left
 */
async function forgetSlices(count: number): Promise<number> {
  const file = path.join(recording(), 'ledger.jsonl');
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  const slices = lines.filter((line) => line.startsWith('{"type":"segment"'));
  const kept = lines.slice(0, lines.indexOf(slices.at(-count)!));
  await writeFile(file, `${kept.join('\n')}\n`);
  return slices.length - count;
}

it('a live DASH source that has ended when it is continued is read to its end, and not from its beginning again', async () => {
  await broadcast('-use_template 1 -use_timeline 1');
  const first = capture();
  await first.witness.segments(5);
  await first.stop();
  await untilSent(2);
  await source!.end();
  await expect(capture().end).resolves.toEqual({ kind: 'ended', reason: 'endlist' });
  await expectEachOnce();
  await expectNothingLost();
  const all = await pictures();
  const ledger = path.join(recording(), 'ledger.jsonl');
  // The server was killed before it could record that this is the end.
  await writeFile(ledger, (await readFile(ledger, 'utf8')).replace(/^\{"type":"ended".*\n/m, ''));
  expect((await ledgerOf(recording())).ended).toBeUndefined();
  await expect(capture().end).resolves.toEqual({ kind: 'ended', reason: 'endlist' });
  expect(await pictures()).toEqual(all);
});

it('a live DASH source that restarted meanwhile is continued with what it offers next', async () => {
  await broadcast('-use_template 1 -use_timeline 1');
  await untilSent(4);
  const earlier = capture();
  await earlier.witness.segments(5);
  await earlier.stop();
  const before = (await ledgerOf(recording())).segments.length;
  await source!.kill();
  await Promise.all(
    (await readdir(folder)).filter((name) => /\.(m4s|mpd)$/.test(name)).map((name) => rm(path.join(folder, name))),
  );
  await broadcast('-use_template 1 -use_timeline 1');
  given.length = 0;
  const { witness, stop } = capture();
  await witness.segments(before + 4);
  await stop();
  // Not only what has later times than what was recorded.
  const first = given.find((name) => name.startsWith('chunk-stream0'))!;
  expect(Number(/(\d+)\.m4s$/.exec(first)![1])).toBeLessThan(6);
  const { parts, gaps } = await ledgerOf(recording());
  expect(parts.map(({ reason }) => reason)).toEqual(['start', 'restart']);
  expect(gaps).toHaveLength(1);
});

it('a segment that a live DASH source does not have is a gap of its length, and what follows is recorded', async () => {
  await broadcast('-use_template 1 -use_timeline 1');
  const { witness, stop } = capture();
  await witness.segments(3);
  const newest = given.filter((name) => name.startsWith('chunk-stream0')).at(-1)!;
  const number = String(Number(/(\d+)\.m4s$/.exec(newest)![1]) + 2).padStart(5, '0');
  missing = new RegExp(`-${number}\\.m4s$`);
  const { cause, seconds } = await witness.told('gap');
  await witness.segments((await ledgerOf(recording())).segments.length + 4);
  await stop();
  expect(cause.code).toBe('source.not-found');
  expect(seconds).toBeCloseTo(1, 0);
  const { gaps, parts } = await ledgerOf(recording());
  expect(parts.map(({ reason }) => reason)).toEqual(['start', 'restart']);
  expect(gaps).toHaveLength(1);
  await expectEachOnce();
});

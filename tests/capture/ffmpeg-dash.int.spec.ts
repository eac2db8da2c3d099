import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { FfmpegCaptureEngine, type CaptureEnd } from '@streamvault/capture';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { ledgerOf, Witness } from './capture-run.js';
import { FfmpegSource } from './ffmpeg-source.js';

/** Several ffmpegs in real time on a busy machine: a bound against hanging, not an expectation. */
jest.setTimeout(120_000);
const run = promisify(execFile);

let folder: string;
let server: Server;
let source: FfmpegSource | undefined;
/** Segments that the server does not have, whatever stands on the disk. */
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

function capture(): Run {
  const witness = new Witness();
  const abort = new AbortController();
  const engine = new FfmpegCaptureEngine({ sliceSeconds: 0.5, retryMinSeconds: 0.2 });
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

/** A hash of each picture that is stored, in order; every one that was sent differs. */
async function pictures(): Promise<string[]> {
  const hashes: string[] = [];
  for (const { file } of (await ledgerOf(recording())).parts) {
    const args = ['-v', 'error', '-i', path.join(recording(), file), '-map', '0:v', '-f', 'framemd5', '-'];
    const { stdout, stderr } = await run('ffmpeg', args, { maxBuffer: 1 << 26 });
    expect(stderr).toBe('');
    for (const line of stdout.split('\n'))
      if (line !== '' && !line.startsWith('#')) hashes.push(line.split(',').at(-1)!);
  }
  return hashes;
}

async function expectEachOnce(): Promise<void> {
  const all = await pictures();
  expect(new Set(all).size).toBe(all.length);
  const { durationSeconds } = (await ledgerOf(recording())).totals;
  expect(all.length / 30).toBeCloseTo(durationSeconds, 0);
}

it.each(['-use_template 1 -use_timeline 1', '-use_template 1 -use_timeline 0'])(
  'a live DASH source is recorded with each picture once, to its end (%s)',
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

it('a live DASH source that is gone on with after a stop gives nothing that is there already', async () => {
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

it('a segment that a live DASH source does not have is a gap of its length, and what follows is there', async () => {
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

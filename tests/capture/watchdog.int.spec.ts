import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ThreadedCaptureEngine } from '@streamvault/capture';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { LiveOrigin } from '../live-origin/live-origin.js';
import { ledgerOf, storedHashes, Witness } from './capture-run.js';

const FROZEN = 13;
const built = new URL('../../libs/capture/dist/thread/capture-thread.js', import.meta.url);
/** The built thread, except that it hangs over the source of one recording, for this long. */
const program = (milliseconds: number) => `
import { parentPort, workerData } from 'node:worker_threads';
const work = new Int32Array(workerData.heart);
parentPort.on('message', ({ kind, request }) => {
  if (kind !== 'capture' || request.recordingId !== ${FROZEN}) return;
  Atomics.store(work, 1, ${FROZEN});
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${milliseconds});
  Atomics.store(work, 1, 0);
});
await import(${JSON.stringify(built.href)});
`;

let folder: string;
let origin: LiveOrigin;
let engine: ThreadedCaptureEngine;
let stop: AbortController;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'watchdog-'));
  origin = await LiveOrigin.start({ mediaSeconds: 40 });
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await engine.close();
  await origin.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
});

async function begin(frozenMs: number, deadMs = 1500): Promise<void> {
  const file = path.join(folder, 'thread.mjs');
  await writeFile(file, program(frozenMs));
  const settings = { retryMinSeconds: 0.01, retryMaxSeconds: 0.05 };
  engine = new ThreadedCaptureEngine({ program: pathToFileURL(file), settings, stallMs: 600, deadMs });
}

const directory = (recordingId: number): string => path.join(folder, String(recordingId));

function capture(recordingId: number, url: string, witness = new Witness()) {
  const request = { recordingId, directory: directory(recordingId), source: { url }, quality: 'best' };
  const end = engine.capture(request, witness, stop.signal);
  end.catch(() => undefined);
  return { witness, end };
}

it('a source that makes the thread hang fails alone; the others report it, and continue where they were', async () => {
  await begin(60_000);
  const other = capture(7, origin.url);
  await other.witness.segments(6);
  const frozen = capture(FROZEN, origin.url);
  await other.witness.interrupted('capture.stalled');
  await expect(frozen.end).resolves.toMatchObject({ kind: 'failed', cause: { code: 'source.unreadable' } });
  await expect(other.end).rejects.toMatchObject({ code: 'capture.stalled' });
  origin.advance(2);
  const again = capture(7, origin.url);
  await again.witness.segments(8);
  origin.end();
  await expect(again.end).resolves.toEqual({ kind: 'ended', reason: 'endlist' });
  expect(await storedHashes(directory(7))).toEqual(origin.segments().map(({ sha256 }) => sha256));
  expect((await ledgerOf(directory(7))).gaps).toEqual([]);
});

it('what was lost meanwhile has that as its cause, and not a restart', async () => {
  await begin(60_000);
  const other = capture(7, origin.url);
  await other.witness.segments(6);
  void capture(FROZEN, origin.url);
  await expect(other.end).rejects.toThrow();
  // Further than the list reaches back.
  origin.advance(12);
  const again = capture(7, origin.url);
  await again.witness.segments(10);
  expect((await again.witness.told('gap')).cause.code).toBe('capture.stalled');
});

it('a thread that continues was only late, and that is taken back with the next bytes', async () => {
  await begin(2500, 20_000);
  const other = capture(7, origin.url);
  await other.witness.segments(6);
  const late = capture(FROZEN, origin.url);
  await other.witness.interrupted('capture.stalled');
  origin.advance(2);
  await other.witness.resumed();
  await late.witness.segments(6);
  await expect(access(path.join(directory(FROZEN), 'stood-still'))).rejects.toThrow();
});

it('a source that made it hang when StreamVault was ended is not continued by itself, but on request', async () => {
  // Nothing hangs here, so that a busy machine must not be taken for that.
  await begin(0, 30_000);
  await mkdir(directory(8));
  await writeFile(path.join(directory(8), 'stood-still'), '');
  await expect(capture(8, origin.url).end).resolves.toMatchObject({ kind: 'failed' });
  const { witness } = capture(8, origin.url);
  await witness.segments(6);
});

import { Worker } from 'node:worker_threads';
import { afterEach, expect, it } from '@jest/globals';
import { Heartbeat, watchHeartbeat, type HeartbeatWatch } from './heartbeat.js';

/** Uses {@link Heartbeat} without TypeScript: beats, and hangs for a time when told to. */
const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
const cells = new Int32Array(workerData);
setInterval(() => Atomics.add(cells, 0, 1), 10);
parentPort.on('message', (milliseconds) => {
  Atomics.store(cells, 1, 7);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
  Atomics.store(cells, 1, 0);
});`;

let thread: Worker | undefined;
let watch: HeartbeatWatch | undefined;
afterEach(async () => {
  watch?.stop();
  await thread?.terminate();
});

/** A thread that beats, and what is reported about it. */
async function watched(stallMs: number, deadMs: number) {
  const heart = new Heartbeat();
  const said: string[] = [];
  let wake = (): void => undefined;
  const say = (what: string) => {
    said.push(`${what} ${heart.work ?? 'idle'}`);
    wake();
  };
  const worker = new Worker(PROGRAM, { eval: true, workerData: heart.shared });
  thread = worker;
  while (heart.beats === undefined) await new Promise((resolve) => setImmediate(resolve));
  const watcher = {
    stallMs,
    deadMs,
    stalled: () => say('stalled'),
    back: () => say('back'),
    dead: () => say('dead'),
  };
  watch = watchHeartbeat(heart, watcher, 50);
  return {
    said,
    freeze: (milliseconds: number) => worker.postMessage(milliseconds),
    async until(count: number) {
      while (said.length < count) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

it('reports that a thread hangs and over what, and that it continues', async () => {
  const { freeze, said, until } = await watched(300, 60_000);
  freeze(1000);
  await until(2);
  expect(said).toEqual(['stalled 7', 'back idle']);
});

it('gives up a thread that hangs too long, once', async () => {
  const { freeze, said, until } = await watched(200, 600);
  freeze(60_000);
  await until(2);
  expect(said).toEqual(['stalled 7', 'dead 7']);
});

it('does not blame the thread for time in which the watcher itself hung', async () => {
  const { said } = await watched(300, 600);
  // This side hangs, for longer than the limit; the thread does not.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(said).toEqual([]);
});

it('knows the running work, also within other work, and whatever happens to it', () => {
  const heart = new Heartbeat();
  expect(heart.work).toBeUndefined();
  heart.during(3, () => {
    expect(new Heartbeat(heart.shared).work).toBe(3);
    expect(() =>
      heart.during(4, () => {
        expect(heart.work).toBe(4);
        throw new Error('No');
      }),
    ).toThrow('No');
    expect(heart.work).toBe(3);
  });
  expect(heart.work).toBeUndefined();
});

import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it, jest } from '@jest/globals';
import { media, storedSegments } from '../e2e/support/media.js';
import { nothingHalfMade } from '../e2e/support/stored.js';
import type { StreamVault } from '../e2e/support/stream-vault.js';
import { until } from '../e2e/support/until.js';
import { inWorld } from '../e2e/support/world.js';
import type { PlaylistFault, SegmentFault } from '../live-origin/live-origin.js';
import { SMALLER } from '../live-origin/live-origin.js';
import { seeded } from '../capture/simulation/virtual-clock.js';
import { TroubledChannel } from './troubled-channel.js';

/**
 * `npm run chaos -- --minutes 10 --recordings 10 --seed 17`. The seed decides what happens when; the speed of the
 * machine does not follow it.
 */
const minutes = Number(process.env['CHAOS_MINUTES'] ?? 0.5);
const recordings = Number(process.env['CHAOS_RECORDINGS'] ?? 8);
const seed = Number(process.env['CHAOS_SEED'] ?? 1);
/** Long enough between two that much can certainly be fetched; a short run has one or two. */
const killEveryMilliseconds = 26_000;
const firstKillMilliseconds = 12_000;

/** A list that would take a reader that looks back for each segment until tomorrow. */
const hostile = `#EXTM3U\n#EXT-X-TARGETDURATION:2\n${'#EXTINF:2,\na.ts\n'.repeat(300_000)}`;

const playlistFaults: readonly PlaylistFault[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 403 },
  { kind: 'status', status: 404 },
  { kind: 'frozen' },
  { kind: 'silent' },
  { kind: 'html' },
  { kind: 'text', text: hostile },
];
const segmentFaults: readonly SegmentFault[] = [
  { kind: 'status', status: 502 },
  { kind: 'status', status: 404 },
  { kind: 'truncated' },
  { kind: 'stalled' },
  { kind: 'html' },
  { kind: 'slow', milliseconds: 2500 },
];

interface Down {
  readonly what: 'server';
  readonly fromMs: number;
  readonly toMs: number;
}

jest.setTimeout((minutes * 60 + 240) * 1000);

it(
  `${recordings} recordings survive ${minutes} minutes of trouble and kills with everything that could be fetched (seed ${seed})`,
  inWorld(async (world) => {
    const random = seeded(seed);
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
    const server = await world.server();
    const channels: TroubledChannel[] = [];
    for (let number = 1; number <= recordings; number += 1) {
      const options = { pace: 1, window: 30, initial: 4, kept: 60, profiles: [SMALLER] };
      const channel = new TroubledChannel(number, await world.origin(options));
      channels.push(channel);
      await server.api.addStreamer({ url: channel.origin.url, name: `Channel ${number}` });
      await server.api.start(number);
    }
    await until('every recording captured', async () => {
      const { items } = await server.api.recordings();
      return items.every(({ state, bytes }) => state === 'capturing' && bytes > 0);
    });

    const enemy = await world.origin({ pace: 1, profiles: [SMALLER] });
    enemy.faults.playlist({ kind: 'text', text: hostile });
    await server.api.addStreamer({ url: enemy.url, name: 'Enemy' });
    const { recordingId } = await server.api.start(recordings + 1);
    expect((await server.api.reaches(recordingId, 'failed', 15)).failure?.code).toBe('source.too-large');

    const sinceMs = Date.now();
    const downs: Down[] = [];
    let nextKillMs = sinceMs + firstKillMilliseconds;
    while (Date.now() < sinceMs + minutes * 60_000) {
      const channel = pick(channels);
      const chance = random();
      if (chance < 0.5) channel.playlist(pick(playlistFaults), 1000 + random() ** 2 * 12_000);
      else if (chance < 0.85)
        channel.segments(pick(segmentFaults), 1 + Math.floor(random() * 2), pick([1, 2, Infinity]));
      else if (chance < 0.93) channel.origin.broadcast.breakTimeline();
      else channel.origin.broadcast.resetSequence();
      if (Date.now() >= nextKillMs) {
        downs.push(await killAndStart(server));
        nextKillMs = Date.now() + killEveryMilliseconds * (0.8 + random() / 2);
      }
      await wait(300 + random() * 1500);
    }
    expect(downs.length).toBeGreaterThan(0);

    const untilMs = Date.now();
    for (const channel of channels) channel.calm();
    // A failing segment delays those after it for a while: all of them are there before the stop.
    for (const { number, origin } of channels)
      await until(
        `channel ${number} had caught up`,
        async () => {
          const { segments } = await server.ledger(number);
          return indexOf(segments.at(-1)?.identity) >= origin.broadcast.published.length - 4;
        },
        { seconds: 90 },
      );
    for (const channel of channels) channel.end();
    for (const { number } of channels) await server.api.stop(number);
    let obtainable = 0;
    for (const channel of channels) obtainable += await check(server, channel, downs, sinceMs, untilMs);
    await nothingHalfMade(server);
    // Otherwise nothing was tested.
    expect(obtainable).toBeGreaterThan(2 * recordings);
    expect((await server.api.recordings('?limit=200')).items).toHaveLength(recordings + 1);
  }),
);

async function killAndStart(server: StreamVault): Promise<Down> {
  const fromMs = Date.now();
  await server.kill();
  await server.start();
  return { what: 'server', fromMs, toMs: Date.now() };
}

/** Which of the source's segments it is, by its name. */
const indexOf = (identity = ''): number => Number(/(\d+)\.ts$/.exec(identity)?.[1] ?? -1);

/**
 * The invariants, whatever happened.
 * @returns how many segments could certainly be fetched
 */
async function check(
  server: StreamVault,
  channel: TroubledChannel,
  downs: readonly Down[],
  sinceMs: number,
  untilMs: number,
): Promise<number> {
  const { number, origin } = channel;
  const about = `channel ${number}: ${JSON.stringify(channel.troubles)}`;
  const recording = await server.api.reaches(number, 'completed', 120);
  const ledger = await server.ledger(number);
  const published = origin.segments();

  // Each stored segment is one of the source's, byte by byte, and none is there twice or out of order.
  const indexes = ledger.segments.map(({ identity }) => indexOf(identity));
  expect([about, indexes]).toEqual([about, [...new Set(indexes)].toSorted((left, right) => left - right)]);
  const stored = await storedSegments(server.workFolder(number), ledger);
  expect(stored.map(({ sha256 }) => sha256)).toEqual(indexes.map((index) => published[index]?.sha256));

  // What could be fetched is stored; what is missing between the first and the last is a gap with a cause.
  const had = new Set(indexes);
  const obtainable = channel.obtainable(downs, sinceMs, untilMs);
  const lost = obtainable.filter(({ index }) => !had.has(index));
  expect([about, lost.map(({ index }) => index)]).toEqual([about, []]);
  const between = published.slice(indexes[0], indexes.at(-1));
  const unexplained = between.filter(({ index, programDateTimeMs: from, durationSeconds }) => {
    const middle = from + durationSeconds * 500;
    const gap = ledger.gaps.find(({ from, to }) => Date.parse(from) <= middle && middle < Date.parse(to));
    return had.has(index) ? gap !== undefined : gap === undefined || gap.cause.message === '';
  });
  expect([about, unexplained.map(({ index }) => index)]).toEqual([about, []]);
  expect(recording.gaps.map(({ from, to }) => [from, to])).toEqual(ledger.gaps.map(({ from, to }) => [from, to]));

  // The videos play from one end to the other.
  const { items } = await server.api.videos(`?streamerId=${number}`);
  expect(items.length).toBeGreaterThan(0);
  const files = await readdir(server.recordingsDirectory, { recursive: true });
  const own = files.filter((file) => file.startsWith(`Channel ${number}/`) || file.includes(`Channel ${number} `));
  const videos = own.filter((file) => file.endsWith('.mp4'));
  expect([about, videos.length]).toEqual([about, items.length]);
  const { decodeErrors } = await media();
  for (const file of videos)
    expect([about, await decodeErrors(path.join(server.recordingsDirectory, file))]).toEqual([about, []]);

  // Everything that can happen only once did.
  const story = await server.api.story(number);
  for (const type of ['RecordingRequested', 'CaptureStarted', 'StopRequested', 'CaptureEnded', 'RecordingCompleted'])
    expect([type, story.filter((event) => event.type === type).length]).toEqual([type, 1]);
  return obtainable.length;
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openEventStore, type RecordedEvent } from '@streamvault/event-store';
import { startKurrentDb, type KurrentDbServer } from '@streamvault/event-store/kurrentdb-testing';
import path from 'node:path';
import { publishedSegments, storedSegments } from '../e2e/support/media.js';
import type { StreamVault } from '../e2e/support/stream-vault.js';
import { until } from '../e2e/support/until.js';
import { inWorld, type World } from '../e2e/support/world.js';
import type { LiveOrigin } from '../live-origin/live-origin.js';
import { SMALLER } from '../live-origin/live-origin.js';

/**
 * Two real processes record by one log and into the same folders: KurrentDB (its stand-in), read models of their own. The
 * one that has a recording is stopped or killed, and the other takes it over from the ledger when the lease has expired.
 */

let kurrentDb: KurrentDbServer;
beforeAll(async () => {
  kurrentDb = await startKurrentDb();
});
afterAll(() => kurrentDb.kill());

/** Longer than a lease, so that nothing of the broadcast is out of reach when the other takes over. */
const broadcast = { pace: 1, window: 90, initial: 4, kept: 1000, profiles: [SMALLER] };
const patience = { seconds: 60 };

/** Of this test alone: letters and digits of the folder's name. */
const namespaceIn = (shared: string): string => path.basename(path.dirname(shared)).replaceAll(/\W/g, '');

async function twoServers(world: World): Promise<readonly [StreamVault, StreamVault]> {
  const shared = path.join(await world.directory(), 'shared');
  const settings = (name: string) => ({
    DATA_DIR: shared,
    EVENT_STORE_URL: `${kurrentDb.url}&namespace=${namespaceIn(shared)}`,
    DATABASE_URL: `sqlite:${path.join(path.dirname(shared), `${name}.db`)}`,
  });
  return [await world.server(settings('first')), await world.server(settings('second'))];
}

async function logOf(world: string): Promise<RecordedEvent[]> {
  const store = await openEventStore(world);
  try {
    const log: RecordedEvent[] = [];
    for await (const event of store.readAll()) log.push(event);
    return log;
  } finally {
    await store.close();
  }
}

interface Story {
  readonly assigned: readonly string[];
  readonly log: readonly RecordedEvent[];
}

const namespaceOf = (server: StreamVault): string => `${kurrentDb.url}&namespace=${namespaceIn(server.dataDirectory)}`;

async function storyOf(server: StreamVault, recordingId: number): Promise<Story> {
  const log = (await logOf(namespaceOf(server))).filter(({ stream }) => stream === `recording-${recordingId}`);
  const assigned = log.flatMap(({ type, data }) =>
    type === 'RecorderAssigned' ? [(data as { recorderId: string }).recorderId] : [],
  );
  return { assigned, log };
}

const pidOf = (recorderId: string | undefined): number => Number(recorderId?.split('.').at(-2));

async function begin(world: World) {
  const servers = await twoServers(world);
  const [first, second] = servers;
  const origin = await world.origin(broadcast);
  const { id } = await first.api.addStreamer({ url: origin.url, name: 'Shared' });
  const { recordingId } = await first.api.start(id);
  await captured(first, recordingId, 4);
  const { assigned } = await storyOf(first, recordingId);
  expect(assigned).toHaveLength(1);
  const holder = servers.find(({ pid }) => pid === pidOf(assigned[0]));
  expect(holder).toBeDefined();
  return { origin, streamerId: id, recordingId, holder: holder!, other: holder === first ? second : first };
}

const captured = (server: StreamVault, recordingId: number, segments: number) =>
  until(
    `${segments} segments stood in the ledger`,
    async () => (await server.ledger(recordingId)).totals.segments >= segments,
    patience,
  );

/** One recording, nothing twice in it, and each second captured or told as a gap. */
async function expectOneStory(server: StreamVault, origin: LiveOrigin, recordingId: number, streamerId: number) {
  await server.api.stop(streamerId);
  const finished = await server.api.reaches(recordingId, 'completed', 90);
  const ledger = await server.ledger(recordingId);
  const stored = await storedSegments(server.workFolder(recordingId), ledger);
  const numbers = stored.map(({ mediaSequence }) => mediaSequence);
  expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
  const lost = finished.gaps.reduce((sum, { seconds }) => sum + seconds, 0);
  const isWhole = numbers.at(-1)! - numbers[0]! + 1 === numbers.length;
  expect(isWhole || lost > 0).toBe(true);
  if (isWhole) expect(stored).toEqual(publishedSegments(origin, numbers[0]!, numbers.at(-1)!));
  const { items } = await server.api.recordings();
  expect(items).toHaveLength(1);
  const { log } = await storyOf(server, recordingId);
  for (const type of ['CaptureStarting', 'CaptureEnded', 'RecordingFinalized', 'RecordingCompleted'])
    expect([type, log.filter((event) => event.type === type).length]).toEqual([type, 1]);
  const parts = log.filter(({ type }) => type === 'PartOpened').map(({ data }) => (data as { number: number }).number);
  expect(parts).toEqual([...new Set(parts)]);
  return finished;
}

/** A lease takes 20 s to expire: too long for every run of the tests. */
const inChaos = process.env['CHAOS_MINUTES'] === undefined ? describe.skip : describe;

inChaos('two recorders of one log', () => {
  it(
    'one is killed: the other takes its recording over from the ledger, and nothing is lost',
    inWorld(async (world) => {
      const { holder, origin, other, recordingId, streamerId } = await begin(world);
      await holder.kill();
      const before = (await other.ledger(recordingId)).totals.segments;
      await captured(other, recordingId, before + 5);
      const { assigned } = await storyOf(other, recordingId);
      expect(assigned.map(pidOf)).toEqual([holder.pid, other.pid]);
      await expectOneStory(other, origin, recordingId, streamerId);
    }),
  );

  it(
    'one stands still and comes back: what it reports is refused, it lets go, and spoils nothing',
    inWorld(async (world) => {
      const { holder, origin, other, recordingId, streamerId } = await begin(world);
      process.kill(holder.pid, 'SIGSTOP');
      const before = (await other.ledger(recordingId)).totals.segments;
      await captured(other, recordingId, before + 5);
      expect((await storyOf(other, recordingId)).assigned.map(pidOf)).toEqual([holder.pid, other.pid]);
      process.kill(holder.pid, 'SIGCONT');
      await until(
        'the former recorder held nothing any more',
        async () => {
          const { checks } = await holder.api.health();
          return checks['recorder']?.detail === '0 open';
        },
        patience,
      );
      await captured(other, recordingId, (await other.ledger(recordingId)).totals.segments + 5);
      const { assigned, log } = await storyOf(other, recordingId);
      expect(assigned).toHaveLength(2);
      // After the take-over nothing in the stream is of the former recorder: its reports were refused.
      const taken = log.findLastIndex(({ type }) => type === 'RecorderAssigned');
      expect(log.slice(taken + 1).map(({ type }) => type)).not.toContain('CaptureFailed');
      await expectOneStory(other, origin, recordingId, streamerId);
    }),
  );
});

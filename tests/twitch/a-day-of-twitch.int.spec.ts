import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { automationContext } from '@streamvault/automation';
import { MemoryEventStore } from '@streamvault/event-store';
import { EventRegistry, kernelEvents } from '@streamvault/kernel';
import { type DayRecording, type Installed, TwitchHouse } from '../../libs/automation/src/twitch-house.testing.js';
import { until } from '../e2e/support/until.js';
import { FakeTwitch } from '../fake-twitch/fake-twitch.js';

const minute = 60_000;
const stepMinutes = 2;
const midnight = Date.parse('2026-11-30T00:00:00.000Z');

/** From and until when of the day somebody is live, in minutes; breaks shorter than twelve minutes belong to one show. */
interface Session {
  readonly from: number;
  readonly to: number;
  readonly id: string;
}
interface Plan {
  readonly sessions: readonly Session[];
  readonly shows: number;
}
const session = (from: number, to: number, id: string): Session => ({ from, to, id });

const plans: Readonly<Record<string, Plan>> = {
  // One quiet show over the whole of every trouble.
  steady: { shows: 1, sessions: [session(60, 1380, 's1')] },
  // The same id goes and comes back, as flaps do.
  flaps: {
    shows: 2,
    sessions: [
      session(30, 90, 'f1'),
      session(92, 120, 'f1'),
      session(126, 260, 'f1'),
      session(700, 760, 'f2'),
      session(762, 900, 'f2'),
    ],
  },
  // A break gives it another id, and later it goes on with one of before.
  restarts: {
    shows: 2,
    sessions: [session(180, 240, 'r1'), session(246, 330, 'r2'), session(338, 420, 'r1'), session(600, 660, 'r3')],
  },
  // Live while the connections are lost, while Helix is away, while the token is refused, while the process is dead.
  unlucky: {
    shows: 5,
    sessions: [
      session(204, 250, 'u1'),
      session(300, 360, 'u2'),
      session(402, 470, 'u3'),
      session(602, 680, 'u4'),
      session(804, 900, 'u5'),
    ],
  },
  // Goes off the air while nobody looks, and comes back after the patience.
  unseen: { shows: 3, sessions: [session(150, 296, 'n1'), session(330, 398, 'n2'), session(1000, 1194, 'n3')] },
};

const restingAt = (time: number, from: number, to: number): boolean => time >= from && time < to;
const downs = [
  [298, 304],
  [800, 808],
  [1198, 1202],
] as const;
const isDown = (time: number): boolean => downs.some(([from, to]) => restingAt(time, from, to));

let twitch: FakeTwitch;
let store: MemoryEventStore;
let house: TwitchHouse | undefined;

beforeEach(async () => {
  // Only the day goes by faster; sockets have their own time.
  const real = ['nextTick', 'setImmediate', 'clearImmediate', 'setInterval', 'clearInterval', 'setTimeout'] as const;
  jest.useFakeTimers({
    now: midnight,
    doNotFake: [...real, 'clearTimeout', 'performance', 'queueMicrotask', 'hrtime'],
  });
  twitch = await FakeTwitch.start();
  twitch.helix.points = Number.MAX_SAFE_INTEGER;
  store = new MemoryEventStore();
});
afterEach(async () => {
  await house?.kill();
  await twitch.close();
  await store.close();
  jest.useRealTimers();
});

it('is a day of Twitch with all its troubles: exactly the expected recordings, and the same log gives the same', async () => {
  const streamers = new Map(Object.keys(plans).map((login, index) => [index + 1, login]));
  for (const login of streamers.values()) twitch.channels.set(login, {});
  const playing = new Set<number>();
  const recordings: DayRecording[] = [];
  const registry = new EventRegistry([...kernelEvents, ...(automationContext.events ?? [])]);
  const { clientId, clientSecret } = twitch.id;
  const installed: Installed = {
    store,
    registry,
    streamers,
    recordings,
    plays: (id) => playing.has(id),
    settings: { ...twitch.settings, clientId, clientSecret },
  };
  const bound = () => until('both shards were bound', () => twitch.eventSub.boundShards === 2);
  let expectedNotices = 0;
  const notices = async (): Promise<number> => {
    let count = 0;
    for await (const _ of store.readAll({ filter: { types: ['EventSubNoticeReceived'] } })) count += 1;
    return count;
  };
  let live = 0;
  let unrecorded = 0;

  house = new TwitchHouse(installed, 'process 0');
  for (let time = 0; time < 1440; time += stepMinutes) {
    jest.setSystemTime(midnight + time * minute);
    // Trouble at Twitch.
    const isLost = restingAt(time, 200, 216);
    if (time === 200 && house) twitch.eventSub.dropSessions();
    twitch.helix.saysInstead = restingAt(time, 402, 406) ? { status: 503, body: { error: 'away' } } : undefined;
    if (time === 600) twitch.id.expireAppTokens();
    if (time === 700) await twitch.eventSub.revoke(({ type }) => type === 'stream.online');
    // Trouble here.
    if (house && isDown(time)) {
      await house.kill();
      house = undefined;
    } else if (!house && !isDown(time)) {
      house = new TwitchHouse(installed, `process ${time}`);
    }
    // What streamers do; of which nobody tells while connections are lost or there is no process.
    for (const [streamerId, login] of streamers) {
      const now = plans[login]?.sessions.find(({ from, to }) => restingAt(time, from, to));
      const isSilent = isLost || !house || twitch.eventSub.boundShards === 0;
      const was = playing.has(streamerId);
      if (now && !was) {
        playing.add(streamerId);
        twitch.helix.lies.set(login, 'offline');
        const told = await twitch.goLive(login, { id: now.id, isSilent, messageId: `${login} on ${time}` });
        // The same notice again.
        if (told > 0) await twitch.goLive(login, { id: now.id, messageId: `${login} on ${time}` });
        expectedNotices += told;
      } else if (!now && was) {
        playing.delete(streamerId);
        const ended = twitch.channels.get(login)?.stream;
        // Helix shows it for a while longer.
        if (ended) twitch.helix.lies.set(login, ended);
        expectedNotices += await twitch.goOffline(login, { isSilent, messageId: `${login} off ${time}` });
      } else twitch.helix.lies.delete(login);
    }
    if (!house) continue;
    await until('all notices were stored', async () => (await notices()) >= expectedNotices);
    await house.minute();
    if (time === 0 || time === 702) await house.minute();
    if (!isLost) await bound();
    for (const streamerId of playing) {
      live += 1;
      if (!recordings.some((recording) => recording.streamerId === streamerId && recording.isActive)) unrecorded += 1;
    }
  }

  // Exactly the expected recordings: one of each show, and each of another broadcast.
  const made = Object.fromEntries(
    [...streamers].map(([id, login]) => [login, recordings.filter(({ streamerId }) => streamerId === id).length]),
  );
  expect(made).toEqual(Object.fromEntries(Object.entries(plans).map(([login, { shows }]) => [login, shows])));
  expect(new Set(recordings.map(({ broadcastId }) => broadcastId)).size).toBe(recordings.length);
  expect(recordings.some(({ isActive }) => isActive)).toBe(false);
  // Nothing live went by: Helix lags, and what nobody told is found by a look or two.
  expect(live).toBeGreaterThan(1000);
  expect(unrecorded).toBeLessThanOrEqual(4);
  // The same log, folded by two other processes, gives the same.
  const states = async (name: string) => {
    const other = new TwitchHouse(installed, name);
    await other.settle();
    const folded = JSON.stringify([...other.broadcasts].map(([id, state]) => [id, state?.value, state?.context]));
    await other.kill();
    return folded;
  };
  const before = recordings.length;
  expect(await states('again')).toBe(await states('and again'));
  expect(recordings).toHaveLength(before);
}, 120_000);

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { automationContext } from '@streamvault/automation';
import { MemoryEventStore } from '@streamvault/event-store';
import { EventRegistry, kernelEvents } from '@streamvault/kernel';
import { type Installed, TwitchHouse } from '../../libs/automation/src/twitch-house.testing.js';
import { until } from '../e2e/support/until.js';
import { FakeTwitch } from '../fake-twitch/fake-twitch.js';

let twitch: FakeTwitch;
let store: MemoryEventStore;
const houses: TwitchHouse[] = [];

beforeEach(async () => {
  twitch = await FakeTwitch.start();
  twitch.channels.set('alpha', {});
  store = new MemoryEventStore();
});
afterEach(async () => {
  await Promise.all(houses.splice(0).map((house) => house.kill()));
  await twitch.close();
  await store.close();
});

function open(name: string): TwitchHouse {
  const { clientId, clientSecret } = twitch.id;
  const installed: Installed = {
    store,
    registry: new EventRegistry([...kernelEvents, ...(automationContext.events ?? [])]),
    streamers: new Map([[1, 'alpha']]),
    recordings: [],
    plays: () => false,
    settings: { ...twitch.settings, clientId, clientSecret },
    // Nobody is declared dead here, however slow this machine is.
    leaseTimes: { renewMs: 20, ttlMs: 3_600_000 },
  };
  const house = new TwitchHouse(installed, name);
  houses.push(house);
  house.watch.onApplicationBootstrap();
  return house;
}
const bound = () => until('both shards were bound', () => twitch.eventSub.boundShards === 2);
const sessions = (house: TwitchHouse) =>
  (house.watch.link?.status().shards ?? []).flatMap(({ sessionId }) => (sessionId === null ? [] : [sessionId]));

it('has one connection to Twitch of two processes over one log, and the other takes over', async () => {
  const [one, other] = [open('one'), open('other')];
  await bound();
  const holder = one.watch.link ? one : other;
  const waiting = holder === one ? other : one;
  await until('its sessions were known', () => sessions(holder).length === 2);
  const before = sessions(holder);
  expect(waiting.watch.link).toBeUndefined();
  // However often both look: nobody takes the shards from the holder.
  for (let round = 0; round < 20; round += 1) await holder.watch.link?.reconcile();
  expect(sessions(holder)).toEqual(before);
  expect(waiting.watch.link).toBeUndefined();

  await holder.kill();
  await until('the other had both shards', () => sessions(waiting).length === 2);
  await bound();
  expect(holder.watch.link).toBeUndefined();
  expect(twitch.eventSub.conduits.size).toBe(1);
  await until('a notice reaches the log by the other', async () => {
    await twitch.goLive('alpha');
    for await (const _ of store.readAll({ filter: { types: ['EventSubNoticeReceived'] } })) return true;
    return false;
  });
});

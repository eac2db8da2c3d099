import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventSubLink } from '@streamvault/automation';
import { MemoryEventStore } from '@streamvault/event-store';
import { until } from '../e2e/support/until.js';
import { TwitchSide } from './twitch-side.js';

let side: TwitchSide;
beforeEach(async () => {
  side = await TwitchSide.start();
  for (const login of ['alpha', 'beta']) side.twitch.channels.set(login, {});
});
afterEach(() => side.close());

const ids = () => ['alpha', 'beta'].map((login) => side.twitch.channels.get(login)?.id ?? '');
const bound = () => until('both shards were bound', () => side.twitch.eventSub.boundShards === 2);

async function linked(more?: Parameters<TwitchSide['link']>[0], store?: MemoryEventStore): Promise<EventSubLink> {
  const link = side.link(more, store);
  link.watch(ids());
  await link.reconcile();
  await bound();
  return link;
}
const stored = (count: number) =>
  until(`${count} notices were stored`, async () => (await side.notices()).length === count && side.notices());

describe('notices over a conduit', () => {
  it('are subscribed to, and reach the log', async () => {
    const link = await linked();
    expect(link.status()).toMatchObject({ transport: 'conduit', wanted: 8, there: 8, problem: null });
    await side.twitch.goLive('alpha', { id: '900' });
    const [notice] = await stored(1);
    expect(notice?.data).toMatchObject({ type: 'stream.online', streamId: '900', kind: 'live', over: 'websocket' });
    await side.twitch.update('alpha', { title: 'Talk', category: 'Just Chatting' });
    await side.twitch.raid('alpha', 'somebody', 12);
    await side.twitch.goOffline('alpha');
    const kinds = (await stored(4)).map(({ data }) => data['type']);
    expect(kinds).toEqual(['stream.online', 'channel.update', 'channel.raid', 'stream.offline']);
  });

  it('are stored once, however often they come', async () => {
    await linked();
    await side.twitch.goLive('alpha', { messageId: 'same' });
    await stored(1);
    side.twitch.eventSub.dropSessions();
    await bound();
    await side.twitch.goLive('alpha', { messageId: 'same' });
    await side.twitch.goLive('beta', { messageId: 'other' });
    expect((await stored(2)).map(({ data }) => data['messageId'])).toEqual(['same', 'other']);
  });

  it('need one conduit, which is found again after a restart', async () => {
    const link = await linked();
    const { conduitId } = link.status();
    const again = side.link();
    again.watch(ids());
    await again.reconcile();
    expect(again.status().conduitId).toBe(conduitId);
    expect(side.twitch.eventSub.conduits.size).toBe(1);
  });

  it('leave the conduits of others alone', async () => {
    const others = side.twitch.eventSub.createConduit(1);
    const link = await linked();
    const another = side.link({}, new MemoryEventStore());
    another.watch(ids());
    await another.reconcile();
    const all = [...side.twitch.eventSub.conduits.keys()];
    expect(all).toHaveLength(3);
    expect(all[0]).toBe(others?.id);
    expect(another.status().conduitId).not.toBe(link.status().conduitId);
  });

  it('are unavailable if all five conduits are taken, with a message', async () => {
    for (let made = 0; made < 5; made++) side.twitch.eventSub.createConduit(1);
    const link = side.link();
    link.watch(ids());
    await link.reconcile();
    expect(link.status().problem).toMatch(/five conduits.*dev\.twitch\.tv/);
  });

  it('continue after the connections broke, with what was missed fetched', async () => {
    const link = await linked();
    const before = side.missed;
    side.twitch.eventSub.dropSessions();
    await bound();
    await until('it was said that something may have been missed', () => side.missed >= before + 2);
    await link.reconcile();
    await side.twitch.goLive('beta');
    await stored(1);
  });

  it('continue when Twitch falls silent without closing anything', async () => {
    const link = await linked();
    const [first] = link.status().shards;
    side.twitch.eventSub.silence();
    await until('another session took its place', () => {
      const { sessionId } = link.status().shards[0] ?? {};
      return sessionId !== null && sessionId !== first?.sessionId;
    });
  });

  it('lose nothing while the session moves to another address', async () => {
    const link = await linked();
    const before = link.status().shards.map(({ sessionId }) => sessionId);
    const missed = side.missed;
    side.twitch.eventSub.moveSessions();
    await side.twitch.goLive('alpha');
    await stored(1);
    await side.twitch.goLive('beta');
    await stored(2);
    expect(link.status().shards.map(({ sessionId }) => sessionId)).toEqual(before);
    expect(side.missed).toBe(missed);
  });

  it('return after another program took the shards', async () => {
    const link = await linked();
    side.twitch.eventSub.stealShards();
    expect(side.twitch.eventSub.boundShards).toBe(0);
    await link.reconcile();
    await bound();
  });

  it('return after an error inside the 202 of the binding', async () => {
    side.twitch.eventSub.shardError = 'internal error';
    await linked();
    expect(side.twitch.eventSub.boundShards).toBe(2);
  });

  it('are subscribed to again if that was revoked, and no more if they are not wanted', async () => {
    const link = await linked();
    await side.twitch.eventSub.revoke(({ type }) => type === 'stream.online');
    await until('they were made again', async () => {
      await link.reconcile();
      return [...side.twitch.eventSub.subscriptions.values()].filter(({ status }) => status === 'enabled').length >= 8;
    });
    const [alpha = ''] = ids();
    link.watch([alpha]);
    await link.reconcile();
    const left = [...side.twitch.eventSub.subscriptions.values()].map(({ condition }) => Object.values(condition)[0]);
    expect(left.filter((id) => id === alpha)).toHaveLength(4);
    expect(left.filter((id) => id === ids()[1])).toHaveLength(0);
  });

  it('are requested again when the conduit was deleted', async () => {
    const link = await linked();
    const { conduitId } = link.status();
    side.twitch.eventSub.conduits.clear();
    side.twitch.eventSub.subscriptions.clear();
    await link.reconcile();
    await link.reconcile();
    await bound();
    await link.reconcile();
    expect(link.status().conduitId).not.toBe(conduitId);
    await side.twitch.goLive('alpha');
    await stored(1);
  });

  it('are not subscribed to twice if Twitch says that they are', async () => {
    const link = await linked();
    link.distrust();
    side.twitch.helix.calls.length = 0;
    await link.reconcile();
    expect(side.twitch.helix.calls.filter((call) => call.startsWith('POST'))).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FakeTwitch, nanoseconds, signed } from '../fake-twitch/fake-twitch.js';
import { SMALL } from '../live-origin/live-origin.js';
import type { StreamVault } from './support/stream-vault.js';
import { until } from './support/until.js';
import { inThis, World } from './support/world.js';

const world = new World();
const showing = (test: () => Promise<void>) => () => inThis(world, test);
const secret = 'a-secret-for-notices';
let twitch: FakeTwitch;
let server: StreamVault;
let byWebhook: StreamVault;

beforeAll(
  showing(async () => {
    twitch = await FakeTwitch.start();
    server = await world.server({ ...twitch.signedInSettings, PATIENCE_SECONDS: '3' });
    byWebhook = await world.server({ ...twitch.signedInSettings, EVENTSUB_SECRET: secret });
  }),
);
afterAll(async () => {
  await world.close();
  await twitch.close();
});

const onAir = () => world.origin({ pace: 1, window: 10, profiles: [SMALL] });
interface Listed {
  readonly items: readonly Record<string, unknown>[];
}
const listed = async (vault: StreamVault, path: string) =>
  ((await vault.api.request('GET', path)).json as Listed).items;
const detections = (id: number) => listed(server, `/api/streamers/${id}/detections`);
const subscribed = (login: string) =>
  until(`${login} was subscribed to`, () => {
    const { id } = twitch.channels.get(login) ?? {};
    return (
      [...twitch.eventSub.subscriptions.values()].filter(({ condition }) => Object.values(condition).includes(id ?? ''))
        .length >= 4
    );
  });

async function streamerOf(login: string, more: object = {}) {
  twitch.channels.set(login, {});
  const streamer = await server.api.addStreamer({ url: `https://www.twitch.tv/${login}`, ...more });
  await subscribed(login);
  return streamer;
}

describe('a streamer who goes live', () => {
  it(
    'is recorded without a request: one broadcast, one recording, one video, with a break in between',
    showing(async () => {
      const { id } = await streamerOf('alpha', { autoRecord: true, patienceSeconds: 4 });
      const first = await onAir();
      await twitch.goLive('alpha', { origin: first, id: '700', title: 'My show', category: 'Celeste' });
      const recording = await until(
        'it was recorded',
        async () => (await server.api.recordings(`?streamerId=${id}`)).items[0],
      );
      await server.api.reaches(recording.id, 'capturing');
      await until('its title was known', async () => (await server.api.recording(recording.id)).title === 'My show');
      expect(await server.api.streamer(id)).toMatchObject({ isLive: true, title: 'My show' });
      await twitch.update('alpha', { title: 'Other things' });
      await until('the title changed', async () => (await server.api.recording(recording.id)).title === 'Other things');

      first.end();
      await twitch.goOffline('alpha');
      await server.api.reaches(recording.id, 'reconnecting');
      const second = await onAir();
      await twitch.goLive('alpha', { origin: second, id: '701' });
      await server.api.reaches(recording.id, 'capturing', 60);
      second.end();
      await twitch.goOffline('alpha');
      await server.api.reaches(recording.id, 'completed', 120);

      expect((await server.api.recordings(`?streamerId=${id}`)).items).toHaveLength(1);
      const [broadcast, ...others] = await listed(server, `/api/streamers/${id}/broadcasts`);
      expect(others).toEqual([]);
      expect(broadcast).toMatchObject({ state: 'ended', platformIds: ['700', '701'], recordingId: recording.id });
      expect((await server.api.videos(`?streamerId=${id}`)).items).toHaveLength(1);
    }),
    240_000,
  );

  it(
    'is not recorded if that is off or a rule says no, with the reason',
    showing(async () => {
      const off = await streamerOf('beta');
      const ruled = await streamerOf('gamma', { autoRecord: true });
      const rules = [{ name: 'No talk', action: 'exclude', category: { text: 'chatting' } }];
      await server.api.request('PUT', `/api/streamers/${ruled.id}/rules`, { body: { rules } });
      twitch.channels.set('gamma', { title: 'Hello', category: 'Just Chatting' });
      await twitch.goLive('beta', { title: 'x' });
      await twitch.goLive('gamma', { title: 'Hello', category: 'Just Chatting' });
      const [unwanted] = await until('it was noticed', async () => {
        const found = await detections(off.id);
        return found.length > 0 && found;
      });
      expect(unwanted).toMatchObject({ isRecorded: false, why: { code: 'auto-record.off' } });
      const [excluded] = await until('the rule had decided', async () => {
        const found = await detections(ruled.id);
        return found[0]?.['rule'] != null && found[0]['decision'] !== 'provisional' && found;
      });
      expect(excluded).toMatchObject({ rule: { number: 1, name: 'No talk' }, why: { code: 'rule.excluded' } });
      const tested = await server.api.request('POST', `/api/streamers/${ruled.id}/rules/test`, { body: {} });
      expect(tested.json).toMatchObject({ items: [{ decision: 'skip', rule: { number: 1 } }] });
    }),
  );
});

describe('the webhook for notices', () => {
  const send = (headers: Readonly<Record<string, string>>, body: string) =>
    fetch(`${byWebhook.address}/eventsub`, { method: 'POST', headers, body });
  const subscription = { id: 's1', status: 'enabled', type: 'stream.online' };
  const notice = (id: string) =>
    JSON.stringify({
      subscription,
      event: { id, broadcaster_user_id: '1', type: 'live', started_at: '2026-11-30T18:00:00Z' },
    });
  const signedNotice = (body: string, more: object = {}) =>
    signed({ body, secret, kind: 'notification', type: 'stream.online', ...more });
  const stored = async () => (await listed(byWebhook, '/api/audit/events?type=EventSubNoticeReceived')).length;

  it(
    'stores what Twitch signed, once, and nothing else',
    showing(async () => {
      const body = notice('900');
      const headers = signedNotice(body, { messageId: 'one' });
      expect((await send(headers, body)).status).toBe(204);
      expect(await stored()).toBe(1);
      // Replayed.
      expect((await send(headers, body)).status).toBe(204);
      // Forged, in every way that comes to mind.
      const other = signed({ body, secret: 'another-secret', kind: 'notification', type: 'stream.online' });
      expect((await send(other, body)).status).toBe(403);
      expect((await send(headers, notice('901'))).status).toBe(403);
      expect((await send({ 'Content-Type': 'application/json' }, 'no json at all')).status).toBe(403);
      // Stale.
      const sentAt = nanoseconds(new Date(Date.now() - 11 * 60_000));
      expect((await send(signedNotice(body, { sentAt }), body)).status).toBe(204);
      // Oversized.
      const large = JSON.stringify({ subscription, event: { id: 'x'.repeat(80_000) } });
      expect((await send(signedNotice(large), large)).status).toBe(413);
      expect(await stored()).toBe(1);
      // The challenge.
      const asked = JSON.stringify({ subscription, challenge: 'say this' });
      const verification = signed({
        body: asked,
        secret,
        kind: 'webhook_callback_verification',
        type: 'stream.online',
      });
      const answer = await send(verification, asked);
      expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
        200,
        expect.stringContaining('text/plain'),
        'say this',
      ]);
      for (const word of [secret, twitch.id.clientSecret]) expect(byWebhook.log).not.toContain(word);
    }),
  );
});

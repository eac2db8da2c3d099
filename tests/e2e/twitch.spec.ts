import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { storedHashes } from '../capture/capture-run.js';
import { FakeTwitch, type FakeChannel } from '../fake-twitch/fake-twitch.js';
import { SMALL, SMALLER } from '../live-origin/live-origin.js';
import type { StreamVault } from './support/stream-vault.js';
import { until } from './support/until.js';
import { inThis, World } from './support/world.js';

const world = new World();
const showing = (test: () => Promise<void>) => () => inThis(world, test);
const userToken = 'token0of0a0user';
let twitch: FakeTwitch;
let server: StreamVault;

beforeAll(
  showing(async () => {
    twitch = await FakeTwitch.start();
    server = await world.server({ ...twitch.settings, TWITCH_USER_TOKEN: userToken, PATIENCE_SECONDS: '5' });
  }),
);
afterAll(async () => {
  await world.close();
  await twitch.close();
});

const onAir = () => world.origin({ pace: 1, window: 10, profiles: [SMALL, SMALLER] });

describe('a channel of Twitch', () => {
  it(
    'is recorded by its name, and continues in the same recording when its address is refused in the middle',
    showing(async () => {
      const origin = await onAir();
      twitch.channels.set('somebody', { origin });
      const streamer = await server.api.addStreamer({
        url: 'https://www.twitch.tv/SomeBody',
        quality: '120p',
        patienceSeconds: 0,
      });
      expect(streamer).toMatchObject({ platform: 'twitch', name: 'SomeBody', url: 'https://www.twitch.tv/somebody' });
      expect(await server.api.refusal('POST', '/api/streamers', { body: { url: 'twitch.tv/SOMEBODY' } })).toMatchObject(
        {
          status: 409,
        },
      );
      const { recordingId } = await server.api.start(streamer.id);
      await server.api.reaches(recordingId, 'capturing');
      // The streamer's liveness is checked too, from time to time.
      const tokensAsked = twitch.questions.filter(({ operation }) => operation === 'PlaybackAccessToken');
      twitch.front.refuse(403);
      await server.api.recordingThat(recordingId, 'was resolved again', () => twitch.front.sessions > 1);
      const before = origin.segments().length;
      await server.api.recordingThat(recordingId, 'went on', () => origin.segments().length > before + 2);
      origin.end();
      const { gaps, parts, reResolves } = await server.api.reaches(recordingId, 'completed');
      expect(reResolves).toBe(1);
      expect(gaps).toEqual([]);
      expect(parts).toHaveLength(1);
      const published = origin.segments(SMALLER.name).map(({ sha256 }) => sha256);
      expect(await storedHashes(server.workFolder(recordingId))).toEqual(published);
      expect((await server.api.recordings(`?streamerId=${streamer.id}`)).items).toHaveLength(1);
      const opened = (await server.api.story(recordingId)).filter(({ type }) => type === 'SourceOpened');
      expect(opened).toHaveLength(2);

      expect(tokensAsked).toHaveLength(1);
      expect(tokensAsked[0]).toMatchObject({ operation: 'PlaybackAccessToken', variables: { login: 'somebody' } });
      expect(tokensAsked[0]?.headers.authorization).toBe(`OAuth ${userToken}`);
      expect(twitch.playlists[0]).toMatchObject({ supported_codecs: 'h264', allow_source: 'true' });
      expect(server.log).not.toContain(userToken);
      expect(JSON.stringify(await server.api.story(recordingId))).not.toMatch(/token=|sig=/);
    }),
  );

  const refusals: [string, (channel: FakeChannel) => FakeChannel | undefined, string][] = [
    ['is offline', () => ({}), 'source.offline'],
    ['does not exist', () => undefined, 'source.not-found'],
    ['is for subscribers', (channel) => ({ ...channel, forbidden: 'SUBSCRIBER_ONLY' }), 'source.subscribers-only'],
    ['is not shown here', (channel) => ({ ...channel, forbidden: 'GEO_BLOCKED' }), 'source.geo-blocked'],
    [
      'is for subscribers, as usher says',
      (channel) => ({ ...channel, usher: { status: 403, body: [{ error_code: 'unauthorized_entitlements' }] } }),
      'source.subscribers-only',
    ],
    [
      'has its token refused',
      (channel) => ({ ...channel, usher: { status: 403, body: [{ error_code: 'nauth_token_invalid' }] } }),
      'source.token-refused',
    ],
  ];

  it.each(refusals)('that %s fails with that as its cause', async (what, make, code) =>
    inThis(world, async () => {
      const login = `is_${code.slice(7).replaceAll('-', '_')}_${what.length}`.slice(0, 25);
      const channel = make({ origin: await onAir() });
      if (channel === undefined) twitch.channels.delete(login);
      else twitch.channels.set(login, channel);
      const { id } = await server.api.addStreamer({ url: `https://www.twitch.tv/${login}` });
      const { recordingId } = await server.api.start(id);
      const { failure } = await server.api.reaches(recordingId, 'failed');
      expect(failure?.code).toBe(code);
      expect(failure?.message).toMatch(/\w+ \w+ \w+/);
    }),
  );

  it(
    'whose query Twitch no longer understands fails with that as its cause, and can be retried when it does',
    showing(async () => {
      twitch.channels.set('later', { origin: await onAir() });
      twitch.saysInstead = { status: 200, body: { errors: [{ message: 'Cannot query field "value"' }] } };
      const { id } = await server.api.addStreamer({ url: 'https://www.twitch.tv/later' });
      const { recordingId } = await server.api.start(id);
      const { failure } = await server.api.reaches(recordingId, 'failed');
      expect(failure?.code).toBe('source.query-changed');
      twitch.saysInstead = undefined;
      await server.api.retry(recordingId);
      await server.api.reaches(recordingId, 'capturing');
      await server.api.cancel(recordingId);
    }),
  );

  it(
    'that falls silent is waited for while Twitch says that it is live, and ends when it does not',
    showing(async () => {
      const origin = await onAir();
      const channel: FakeChannel = { origin };
      twitch.channels.set('silent', channel);
      const { id } = await server.api.addStreamer({ url: 'https://www.twitch.tv/silent', patienceSeconds: 0 });
      const { recordingId } = await server.api.start(id);
      await server.api.reaches(recordingId, 'capturing');
      origin.faults.playlist({ kind: 'frozen' });
      await server.api.reaches(recordingId, 'reconnecting', 60);
      await until('it was waited for beyond its patience', async () => {
        const story = await server.api.story(recordingId);
        return story.find(({ type }) => type === 'DeadlineMoved');
      });
      expect((await server.api.recording(recordingId)).state).toBe('reconnecting');
      channel.origin = undefined;
      await server.api.reaches(recordingId, 'completed', 60);
      const ended = (await server.api.story(recordingId)).find(({ type }) => type === 'SourceEnded');
      expect(ended?.data).toMatchObject({ reason: 'gave-up' });
    }),
  );
});

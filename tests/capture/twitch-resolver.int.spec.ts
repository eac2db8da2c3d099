import { DEFAULT_HLS_SETTINGS } from '@streamvault/capture';
import { Connections } from '@streamvault/network';
import { SourceUnavailable, TwitchResolver } from '@streamvault/platforms';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeTwitch, type FakeAnswer } from '../fake-twitch/fake-twitch.js';
import { LiveOrigin, SMALL, SMALLER } from '../live-origin/live-origin.js';

let twitch: FakeTwitch;
let origin: LiveOrigin;
const never = new AbortController().signal;
const somebody = { url: 'https://www.twitch.tv/somebody', platform: 'twitch', quality: 'best' };

beforeEach(async () => {
  twitch = await FakeTwitch.start();
  origin = await LiveOrigin.start({ mediaSeconds: 10, profiles: [SMALL, SMALLER] });
});
afterEach(async () => {
  await Promise.all([twitch.close(), origin.close()]);
});

const resolver = (more = {}) =>
  new TwitchResolver(
    { gqlUrl: `${twitch.base}/gql`, usherUrl: twitch.base, timeoutSeconds: 5, ...more },
    new Connections(DEFAULT_HLS_SETTINGS),
  );

const failureOf = (work: Promise<unknown>): Promise<SourceUnavailable> =>
  work.then(
    () => Promise.reject(new Error('It was found.')),
    (error: unknown) => (error instanceof SourceUnavailable ? error : Promise.reject(error)),
  );

describe('a channel of Twitch', () => {
  it('that is live is found with its playlist, fetched once, until its session ends', async () => {
    twitch.channels.set('somebody', { origin });
    const found = await resolver({ userToken: 'oauth:abc' }).resolve(somebody, never);
    expect(found.playlist).toContain(`IVS-NAME="${SMALL.name}"`);
    expect(found.engine).toBe('hls');
    expect(found.lookedUp).toBe(true);
    const hours = (Date.parse(found.expiresAt!) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23);
    expect(hours).toBeLessThan(24);
    expect(twitch.questions).toHaveLength(1);
    expect(twitch.playlists).toHaveLength(1);
    expect(twitch.questions[0]!.headers).toMatchObject({ authorization: 'OAuth abc', 'client-id': expect.any(String) });
    // The token is for Twitch's API, not for the server of the broadcast.
    expect(JSON.stringify(found)).not.toContain('abc"');
  });

  it('asks without signing in if no token is set', async () => {
    twitch.channels.set('somebody', { origin });
    await resolver().resolve(somebody, never);
    expect(twitch.questions[0]!.headers.authorization).toBeUndefined();
  });

  it.each<[string, FakeAnswer]>([
    ['token-refused', { status: 401, body: { error: 'Unauthorized', status: 401, message: 'The token is invalid.' } }],
    ['token-refused', { status: 400, body: { message: 'The "Client-ID" header is invalid.' } }],
    ['unreachable', { status: 503, body: 'Try later' }],
    ['unreachable', { status: 200, body: '<html>Sign in to the hotel' }],
    ['query-changed', { status: 404, body: 'Moved' }],
    ['query-changed', { status: 200, body: { data: { somethingElse: 1 } } }],
  ])('is reported to be %s by its answer', async (problem, said) => {
    twitch.channels.set('somebody', { origin });
    twitch.saysInstead = said;
    const failure = await failureOf(resolver().resolve(somebody, never));
    expect(failure.problem).toBe(problem);
    expect(failure.message).toMatch(/\w+ \w+ \w+/);
    expect(await resolver().isLive(somebody, never)).toBe('unknown');
  });

  it('is not waited for without limit', async () => {
    twitch.saysInstead = 'silent';
    const failure = await failureOf(resolver({ timeoutSeconds: 0.2 }).resolve(somebody, never));
    expect(failure.problem).toBe('timeout');
    expect(failure.definitive).toBe(false);
  });

  it('cannot be looked up if nothing listens, and is not offline because of that', async () => {
    const nobody = resolver({ gqlUrl: 'http://127.0.0.1:1/gql' });
    expect((await failureOf(nobody.resolve(somebody, never))).problem).toBe('unreachable');
    expect(await nobody.isLive(somebody, never)).toBe('unknown');
  });

  it('is live, or not', async () => {
    twitch.channels.set('somebody', { origin });
    expect(await resolver().isLive(somebody, never)).toBe('live');
    twitch.channels.set('somebody', {});
    expect(await resolver().isLive(somebody, never)).toBe('offline');
  });

  it('is no longer asked when the answer is not wanted', async () => {
    const stop = AbortSignal.abort(new Error('enough'));
    await expect(resolver().resolve(somebody, stop)).rejects.toThrow('enough');
  });
});

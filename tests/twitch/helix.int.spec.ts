import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TwitchFailure, UserToken } from '@streamvault/automation';
import { TwitchSide } from './twitch-side.js';

let side: TwitchSide;
beforeEach(async () => {
  side = await TwitchSide.start();
});
afterEach(() => side.close());

const many = (count: number) => Array.from({ length: count }, (_, index) => `channel_${index}`);
const failureOf = (work: Promise<unknown>): Promise<TwitchFailure> =>
  work.then(
    () => Promise.reject(new Error('It went well.')),
    (error: unknown) => (error instanceof TwitchFailure ? error : Promise.reject(error)),
  );

describe('Helix', () => {
  it('is asked about a hundred channels at a time, and answers about all of them', async () => {
    const { api, signal, twitch } = side;
    for (const login of many(250)) await twitch.goLive(login, { isSilent: true, title: login });
    const users = await api.users(many(250), signal);
    expect(users).toHaveLength(250);
    twitch.helix.calls.length = 0;
    const streams = await api.streams(
      users.map(({ id }) => id),
      signal,
    );
    // The default page of twenty would have hidden four of five.
    expect(streams).toHaveLength(250);
    expect(twitch.helix.calls).toHaveLength(3);
    expect(streams[0]).toMatchObject({ user_login: 'channel_0', title: 'channel_0', type: 'live' });
  });

  it('tells of past broadcasts that are kept as videos, and of none where there are none', async () => {
    const { api, signal, twitch } = side;
    const kept = { id: '77', streamId: '42', startedAt: '2026-11-30T20:00:00Z', duration: '1h0m5s' };
    twitch.channels.set('somebody', { videos: [kept] });
    twitch.channels.set('another', {});
    const users = await api.users(['somebody', 'another'], signal);
    const found = await Promise.all(users.map(({ id }) => api.pastBroadcasts(id, signal)));
    expect(found).toMatchObject([
      [{ id: '77', stream_id: '42', url: 'https://www.twitch.tv/videos/77', duration: '1h0m5s' }],
      [],
    ]);
    expect(await api.pastBroadcasts('0', signal)).toEqual([]);
  });

  it('leaves out unknown channels', async () => {
    side.twitch.channels.set('somebody', {});
    expect(await side.api.users(['somebody', 'nobody'], side.signal)).toMatchObject([{ login: 'somebody' }]);
  });

  it('is called again with another token when the present one is refused, and only once', async () => {
    const { api, signal, twitch } = side;
    await api.users(['a'], signal);
    twitch.id.expireAppTokens();
    await api.users(['a'], signal);
    expect(twitch.id.appTokensGiven).toBe(2);
    twitch.helix.refuses = 2;
    const { problem } = await failureOf(api.users(['a'], signal));
    expect(problem).toBe('credentials');
    expect(twitch.helix.refuses).toBe(0);
  });

  it('gives one token to many simultaneous callers', async () => {
    await Promise.all(many(20).map((login) => side.api.users([login], side.signal)));
    expect(side.twitch.id.appTokensGiven).toBe(1);
  });

  it('renews a token before it expires', async () => {
    side.twitch.id.appTokenSeconds = 30;
    await side.api.users(['a'], side.signal);
    await side.api.users(['a'], side.signal);
    expect(side.twitch.id.appTokensGiven).toBe(2);
  });

  it('reports wrong credentials, and shows none of them', async () => {
    side.twitch.id.saysInstead = { status: 403, body: { status: 403, message: 'invalid client secret' } };
    const { problem, message } = await failureOf(side.api.users(['a'], side.signal));
    expect(problem).toBe('credentials');
    expect(message).toContain('TWITCH_CLIENT_SECRET');
    expect(message).not.toContain(side.twitch.id.clientSecret);
  });

  it('waits for its reset when told that it asks too fast', async () => {
    side.twitch.helix.slowsDown = 1;
    const before = Date.now();
    await side.api.users(['a'], side.signal);
    expect(Date.now() - before).toBeGreaterThan(500);
    expect(side.twitch.helix.calls).toHaveLength(2);
  });

  it('is retried during a server fault, and then given up for the moment', async () => {
    side.twitch.helix.saysInstead = { status: 503, body: 'Try later' };
    const { problem } = await failureOf(side.api.users(['a'], side.signal));
    expect(problem).toBe('away');
    expect(side.twitch.helix.calls).toHaveLength(3);
  });

  it('is not accepted if it answers something else', async () => {
    side.twitch.helix.saysInstead = { status: 200, body: { data: 'nothing' } };
    expect((await failureOf(side.api.streams(['1'], side.signal))).problem).toBe('away');
  });

  it('is no longer called when the answer is not wanted', async () => {
    side.twitch.helix.saysInstead = 'silent';
    const stop = new AbortController();
    const asked = side.api.users(['a'], stop.signal);
    stop.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
  });
});

describe('a person’s token', () => {
  class Vault {
    readonly kept = new Map<string, string>();
    /** Runs before each write. */
    beforeSet = (): Promise<void> => Promise.resolve();
    get = (name: string) => Promise.resolve(this.kept.get(name));
    async set(name: string, text: string) {
      await this.beforeSet();
      this.kept.set(name, text);
    }
    erase = (name: string) => Promise.resolve(this.kept.delete(name));
  }
  const tokenWith = (vault: Vault) => {
    const { clientId, clientSecret } = side.twitch.id;
    return new UserToken({
      credentials: { clientId, clientSecret },
      idUrl: side.twitch.settings.TWITCH_ID_URL,
      http: side.http,
      vault,
    });
  };
  const signedIn = async (vault: Vault) => {
    const token = tokenWith(vault);
    side.twitch.id.isConfirmed = true;
    await token.begin(side.signal);
    expect(await token.complete(side.signal)).toBe('signed-in');
    return token;
  };

  it('comes by a code that is typed at Twitch', async () => {
    const token = tokenWith(new Vault());
    expect(await token.complete(side.signal)).toBe('none');
    const { userCode, verificationUri } = await token.begin(side.signal);
    expect(userCode).toBe('ABCDEFGH');
    expect(verificationUri).toContain('twitch.tv');
    expect(await token.complete(side.signal)).toBe('waiting');
    side.twitch.id.isConfirmed = true;
    expect(await token.complete(side.signal)).toBe('signed-in');
    expect(await token.validate(side.signal)).toMatchObject({
      login: 'viewer',
      userId: '777',
      scopes: ['user:read:follows'],
    });
  });

  it('is renewed with a refresh token that is good for one use, and the new pair is stored before it is used', async () => {
    const vault = new Vault();
    const token = await signedIn(vault);
    side.twitch.id.expireUserTokens();
    expect(await token.validate(side.signal)).toBeDefined();
    // After a restart the pair that was stored works.
    side.twitch.id.expireUserTokens();
    expect(await tokenWith(vault).validate(side.signal)).toBeDefined();
  });

  it('is refreshed once for many simultaneous callers', async () => {
    const token = await signedIn(new Vault());
    token.refused(await token.get(side.signal));
    const all = await Promise.all([1, 2, 3, 4].map(() => token.get(side.signal)));
    expect(new Set(all).size).toBe(1);
  });

  it('is removed when Twitch revokes it, and nothing of it is kept', async () => {
    const vault = new Vault();
    const token = await signedIn(vault);
    side.twitch.id.expireUserTokens();
    const stale = tokenWith(vault);
    await stale.validate(side.signal);
    // The first one still holds a refresh token that has been used.
    token.refused(await token.get(side.signal));
    expect(await token.validate(side.signal)).toBeUndefined();
    expect(vault.kept.size).toBe(0);
    expect((await failureOf(token.get(side.signal))).problem).toBe('signed-out');
  });

  it('lists whom the person follows, to the last page', async () => {
    for (const login of many(230)) side.twitch.channels.set(login, {});
    const token = await signedIn(new Vault());
    expect(await side.api.followed('777', token, side.signal)).toHaveLength(230);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SourceUnavailable } from '@streamvault/platforms';
import type { EffectiveStreamer } from '@streamvault/streamers';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TwitchConnection } from '../twitch/twitch-connection.js';
import { TwitchFailure } from '../twitch/twitch-errors.js';
import { checkCredentials } from './credential-checks.js';
import { checkFolders } from './folder-checks.js';
import { SourceChecks } from './source-checks.js';

const { signal } = new AbortController();
const streamer = (id: number, platform: string, url: string) =>
  ({ id, name: `Streamer ${id}`, platform, url, quality: 'best', proxies: null }) as unknown as EffectiveStreamer;
const withoutCredentials = { signedIn: undefined };
type SignedIn = NonNullable<TwitchConnection['signedIn']>;

describe('sources before they are needed', () => {
  const words: Record<string, string> = { 'http://a/live.m3u8': 'live', 'http://b/live.m3u8': 'offline' };
  const asked: string[] = [];
  const sources = {
    look: ({ url }: { url: string }) => {
      asked.push(url);
      return Promise.resolve((words[url] ?? 'unknown') as 'live');
    },
    resolve: ({ url }: { url: string }) => {
      asked.push(url);
      if (url.includes('offline')) return Promise.reject(new SourceUnavailable('offline', 'Nobody is live.'));
      if (url.includes('gone')) return Promise.reject(new SourceUnavailable('not-found', 'There is no such page.'));
      if (url.includes('slow')) return Promise.reject(new SourceUnavailable('timeout', 'It does not answer.'));
      return Promise.resolve({ url });
    },
    twitchChannels: (logins: readonly string[]) =>
      Promise.resolve(new Map(logins.flatMap((login) => (login === 'unasked' ? [] : [[login, null] as const])))),
  } as unknown as ConstructorParameters<typeof SourceChecks>[0];
  const found = async (all: readonly EffectiveStreamer[], connection = withoutCredentials, recorded: number[] = []) => {
    const problems = await new SourceChecks(sources, connection).check(all, new Set(recorded), signal);
    return Object.fromEntries(problems.map(({ streamerId, code, level }) => [streamerId, `${level} ${code}`]));
  };

  it('can be resolved, or are offline, or say why not', async () => {
    const all = [
      streamer(1, 'hls', 'http://a/live.m3u8'),
      streamer(2, 'hls', 'http://b/live.m3u8'),
      streamer(3, 'hls', 'http://c/live.m3u8'),
      streamer(4, 'web', 'https://page/offline'),
      streamer(5, 'web', 'https://page/gone'),
      streamer(6, 'web', 'https://page/slow'),
      streamer(7, 'web', 'https://page/fine'),
    ];
    expect(await found(all)).toEqual({
      3: 'warn source.unknown',
      5: 'fail source.not-found',
      6: 'warn source.timeout',
    });
  });

  it('are not disturbed while they are recorded', async () => {
    asked.length = 0;
    expect(await found([streamer(3, 'stream', 'rtsp://camera/1')], withoutCredentials, [3])).toEqual({});
    expect(asked).toEqual([]);
  });

  it('on Twitch exist, as far as Twitch answers', async () => {
    const channels = [
      streamer(1, 'twitch', 'https://www.twitch.tv/gone'),
      streamer(2, 'twitch', 'https://www.twitch.tv/unasked'),
    ];
    expect(await found(channels)).toEqual({ 1: 'fail source.not-found' });
    const api = { users: () => Promise.resolve([{ id: '1', login: 'Gone' }]) };
    expect(await found(channels, { signedIn: { api } as unknown as SignedIn } as never)).toEqual({
      2: 'fail source.not-found',
    });
    const away = { users: () => Promise.reject(new TwitchFailure('away', 'It does not answer.')) };
    expect(await found(channels, { signedIn: { api: away } as unknown as SignedIn } as never)).toEqual({});
  });
});

describe('credentials before they are needed', () => {
  const user = { login: 'ada', userId: '1', scopes: [], expiresAt: '2026-12-01T00:00:00.000Z' };
  const twitch = (get: () => Promise<string>, who: typeof user | undefined) => ({
    signedIn: {
      appToken: { get, expiresAt: '2027-01-01T00:00:00.000Z' },
      userToken: { validate: () => Promise.resolve(who) },
    } as unknown as SignedIn,
  });

  it('are valid, with their expiry', async () => {
    expect(
      await checkCredentials(
        twitch(() => Promise.resolve('t'), user),
        true,
        signal,
      ),
    ).toEqual({
      problems: [],
      credentials: [
        { name: 'app-token', validUntil: '2027-01-01T00:00:00.000Z' },
        { name: 'sign-in', validUntil: '2026-12-01T00:00:00.000Z' },
      ],
    });
  });

  it.each([
    ['refused', 'credentials', 'fail'],
    ['not answered', 'away', 'warn'],
  ] as const)('that are %s are reported', async (_, problem, level) => {
    const refuse = () => Promise.reject(new TwitchFailure(problem, 'No.'));
    expect((await checkCredentials(twitch(refuse, undefined), true, signal)).problems).toMatchObject([
      { code: `twitch.${problem}`, level },
    ]);
  });

  it('are reported as missing only if a Twitch streamer is watched', async () => {
    expect((await checkCredentials(withoutCredentials, true, signal)).problems).toHaveLength(1);
    expect((await checkCredentials(withoutCredentials, false, signal)).problems).toEqual([]);
  });
});

describe('folders before they are needed', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'streamvault-preflight-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('can be written to, and nothing is left behind', async () => {
    expect(await checkFolders([{ name: 'DATA_DIR', path: folder }])).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('that are gone, or whose disk is missing, are reported by name', async () => {
    const away = () => Promise.reject(Object.assign(new Error('away'), { code: 'disk.gone' }));
    const problems = await checkFolders([
      { name: 'DATA_DIR', path: join(folder, 'none') },
      { name: 'RECORDINGS_DIR', path: folder, requireThere: away },
    ]);
    expect(problems.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'folder.not-writable: DATA_DIR cannot be written to (ENOENT).',
      'folder.not-writable: RECORDINGS_DIR cannot be written to (disk.gone).',
    ]);
    expect(await readdir(folder)).toEqual([]);
  });
});

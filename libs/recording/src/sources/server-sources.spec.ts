import { describe, expect, it } from '@jest/globals';
import { DEFAULT_HLS_SETTINGS } from '@streamvault/capture';
import { Connections, ProxyList } from '@streamvault/network';
import type { SourceSecret } from '@streamvault/secrets';
import { DEFAULT_TWITCH_SETTINGS, SourceUnavailable } from '@streamvault/platforms';
import { ServerSources } from './server-sources.js';

const never = new AbortController().signal;
const environment = { SOURCE_PROXIES: 'home=socks5h://me:secret@proxy.example.org, direct, far=http://far.example' };
const HOME = 'home=socks5h://me:secret@proxy.example.org';

const settingsOf = ({ SOURCE_PROXIES = '' }: Record<string, string>) => ({
  SOURCE_PROXIES: new ProxyList(
    SOURCE_PROXIES.split(',')
      .map((route) => route.trim())
      .filter(Boolean),
  ),
  STREAMLINK_PATH: undefined,
  TWITCH_CODECS: DEFAULT_TWITCH_SETTINGS.codecs,
  TWITCH_GQL_URL: DEFAULT_TWITCH_SETTINGS.gqlUrl,
  TWITCH_USER_TOKEN: undefined,
  TWITCH_USHER_URL: DEFAULT_TWITCH_SETTINGS.usherUrl,
  TWITCH_WEB_CLIENT_ID: DEFAULT_TWITCH_SETTINGS.clientId,
});

function sources(settings: Record<string, string>) {
  const warnings: string[] = [];
  const connections = new Connections(DEFAULT_HLS_SETTINGS);
  const logger = { warn: (words: string) => void warnings.push(words) };
  return { warnings, sources: new ServerSources(settingsOf(settings), { connections, logger }) };
}
const resolve = (url: string, settings = {}, proxies: readonly string[] | null = null, platform = 'hls') =>
  sources(settings).sources.resolve({ url, platform, quality: 'best', proxies }, never);
const anywhere = 'https://cdn.example.org/live.m3u8';

describe('the credentials of a camera', () => {
  const url = 'rtsp://camera.example/1';
  const wanted = { url, platform: 'stream', quality: 'best', proxies: null };
  const withSecrets = (get: (url: string) => Promise<SourceSecret | undefined>) => {
    const connections = new Connections(DEFAULT_HLS_SETTINGS);
    const services = { connections, logger: { warn: () => undefined }, secrets: { get } };
    return new ServerSources(settingsOf({}), services);
  };

  it('go with its address, and with no other', async () => {
    const login = { user: 'me', password: 'secret' };
    const sources = withSecrets((asked) => Promise.resolve(asked === url ? login : undefined));
    expect(await sources.resolve(wanted, never)).toMatchObject({ url, credentials: login });
    const other = { ...wanted, url: 'rtsp://camera.example/2' };
    expect(await sources.resolve(other, never)).not.toHaveProperty('credentials');
  });

  it('that cannot be read are the reported reason, with what to do', async () => {
    const sources = withSecrets(() => Promise.reject(new Error('Put the key back.')));
    await expect(sources.resolve(wanted, never)).rejects.toMatchObject({
      code: 'source.token-refused',
      message: expect.stringContaining('Put the key back.'),
    });
  });
});

describe('a source', () => {
  it('is reached through the proxies of the settings', async () => {
    expect(await resolve(anywhere, environment)).toMatchObject({ proxies: [HOME, 'direct', 'far=http://far.example'] });
  });

  const own = ['http://camera.lan/live.m3u8', 'http://192.168.1.4/live.m3u8', 'http://localhost:8000/demo/live.m3u8'];
  it.each(own)('in the own network is reached directly: %s', async (url) => {
    expect(await resolve(url, environment)).not.toHaveProperty('proxies');
  });

  it('is reached directly if there are no proxies', async () => {
    expect(await resolve(anywhere)).not.toHaveProperty('proxies');
  });

  it.each([anywhere, ...own])('is reached through what its streamer asks for, wherever it is: %s', async (url) => {
    expect(await resolve(url, environment, ['far', 'direct'])).toMatchObject({
      proxies: ['far=http://far.example', 'direct'],
    });
  });

  it('that this server makes is reached directly', async () => {
    expect(await resolve('demo:channel', environment, ['gone'], 'demo')).not.toHaveProperty('proxies');
  });

  it('does not bypass a proxy that is gone from the settings', async () => {
    const failure = await resolve(anywhere, environment, ['gone']).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SourceUnavailable);
    expect(failure).toMatchObject({ code: 'source.proxy-missing', definitive: true });
    expect(String(failure)).toContain('gone');
  });

  it('uses the other proxies asked for if one is gone, and reports that', async () => {
    const { sources: some, warnings } = sources(environment);
    const wanted = { url: anywhere, platform: 'hls', quality: 'best', proxies: ['gone', 'home'] };
    expect(await some.resolve(wanted, never)).toMatchObject({ proxies: [HOME] });
    expect(warnings).toEqual([expect.stringContaining('gone')]);
    expect(some.missingProxies).toEqual(['gone']);
  });

  it('whose platform does not answer is not offline', async () => {
    const wanted = { url: 'https://www.twitch.tv/x', platform: 'twitch', quality: 'best', proxies: ['gone'] };
    expect(await sources(environment).sources.isLive(wanted, never)).toBe('unknown');
  });
});

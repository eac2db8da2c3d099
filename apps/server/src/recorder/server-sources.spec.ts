import { describe, expect, it } from '@jest/globals';
import { parseSettings } from '../settings/settings.js';
import { ServerSources } from './server-sources.js';

const resolve = (url: string, environment = {}) =>
  new ServerSources(parseSettings(environment, false)).resolve(
    { url, platform: 'hls', quality: 'best' },
    new AbortController().signal,
  );

describe('a source', () => {
  const environment = { SOURCE_PROXIES: 'socks5h://me:secret@proxy.example.org, direct' };

  it('is had through the proxies of the settings', async () => {
    expect(await resolve('https://cdn.example.org/live.m3u8', environment)).toMatchObject({
      proxies: ['socks5h://me:secret@proxy.example.org', 'direct'],
    });
  });

  it.each(['http://camera.lan/live.m3u8', 'http://192.168.1.4/live.m3u8', 'http://localhost:8000/demo/live.m3u8'])(
    'in the own network is had directly: %s',
    async (url) => {
      expect(await resolve(url, environment)).not.toHaveProperty('proxies');
    },
  );

  it('is had directly where there are none', async () => {
    expect(await resolve('https://cdn.example.org/live.m3u8')).not.toHaveProperty('proxies');
  });
});

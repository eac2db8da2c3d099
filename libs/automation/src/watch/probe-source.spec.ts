import { describe, expect, it } from '@jest/globals';
import { SourceUnavailable } from '@streamvault/platforms';
import type { ServerSources } from '@streamvault/recording';
import { probeSource } from './probe-source.js';

const { signal } = new AbortController();
const sources = {
  look: ({ url }: { url: string }) => Promise.resolve(url.includes('live') ? 'live' : 'unknown'),
  resolve: ({ url }: { url: string }) => {
    if (url.includes('asleep')) return Promise.reject(new SourceUnavailable('offline', 'Nobody is live.'));
    if (url.includes('nobody')) return Promise.reject(new SourceUnavailable('not-found', 'There is no such channel.'));
    return Promise.resolve({ url });
  },
} as unknown as ServerSources;
const probe = (url: string) => probeSource({ url, proxies: null }, sources, signal);

describe('a probe of an address', () => {
  it.each([
    ['https://cdn.example/live.m3u8', 'hls', 'live', undefined],
    ['https://cdn.example/dead.m3u8', 'hls', 'unknown', 'source.unknown'],
    ['twitch.tv/SomeBody', 'twitch', 'live', undefined],
    ['twitch.tv/asleep', 'twitch', 'offline', undefined],
    ['twitch.tv/nobody', 'twitch', 'unknown', 'source.not-found'],
    ['rtsp://me:secret@camera.example/1', 'stream', 'unknown', undefined],
  ])('%s is %s and %s', async (url, platform, word, code) => {
    const found = await probe(url);
    expect([found.platform, found.word, found.problem?.code]).toEqual([platform, word, code]);
    expect(found.url).not.toContain('secret');
  });

  it('says what may be recorded instead of what may not', async () => {
    await expect(probe('mailto:ada@example.org')).rejects.toMatchObject({ code: 'streamer.source-not-supported' });
  });
});

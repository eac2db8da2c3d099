import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DEFAULT_HLS_SETTINGS } from '@streamvault/capture';
import { locateTools } from '@streamvault/media';
import { Connections } from '@streamvault/network';
import { ConnectProbe, PlaylistProbe, TwitchPublicLive } from '@streamvault/platforms';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FfmpegSource, freePort, isListening } from '../capture/ffmpeg-source.js';
import { until } from '../e2e/support/until.js';
import { FakeTwitch } from '../fake-twitch/fake-twitch.js';

const { signal } = new AbortController();
let connections: Connections;
beforeAll(() => {
  connections = new Connections({
    ...DEFAULT_HLS_SETTINGS,
    connectTimeoutSeconds: 2,
    allowedPrivateHosts: ['127.0.0.1'],
  });
});
afterAll(() => connections.close());

describe('a look at a playlist', () => {
  const media = (sequence: number, ...more: string[]) =>
    ['#EXTM3U', '#EXT-X-TARGETDURATION:2', `#EXT-X-MEDIA-SEQUENCE:${sequence}`, '#EXTINF:2,', 'a.ts', ...more].join(
      '\n',
    );
  const master = '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n#comment\n\nsub/media.m3u8\n';
  let server: Server;
  let base: string;
  let answers: Record<string, (response: ServerResponse) => void>;
  const says =
    (body: string, status = 200) =>
    (response: ServerResponse) =>
      response.writeHead(status).end(body);
  const look = (path = '/live.m3u8', probe = new PlaylistProbe(connections)) =>
    probe.look(base + path, undefined, signal);

  beforeEach(async () => {
    answers = {};
    server = createServer((request, response) => {
      const answer = answers[request.url ?? ''];
      if (answer) answer(response);
      else response.writeHead(404).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    jest.useRealTimers();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  it.each<[string, string, string]>([
    ['one that goes on', media(5), 'live'],
    ['one that ended', media(5, '#EXT-X-ENDLIST'), 'offline'],
    ['one without media', '#EXTM3U\n#EXT-X-TARGETDURATION:2', 'offline'],
    ['parts alone', '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-PART:DURATION=0.3,URI="p"', 'live'],
    ['a manifest that changes', '<?xml version="1.0"?><MPD xmlns="x" type="dynamic">', 'live'],
    ['a manifest that does not', '<MPD type="static">', 'offline'],
    ['a master playlist that names nothing', '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n', 'unknown'],
    ['the page of somebody on the way', '<html>Sign in</html>', 'unknown'],
    ['nothing', '', 'unknown'],
  ])('at %s', async (_, body, word) => {
    answers['/live.m3u8'] = says(body);
    expect(await look()).toBe(word);
  });

  it.each([
    [404, 'offline'],
    [410, 'offline'],
    [403, 'unknown'],
    [500, 'unknown'],
    [503, 'unknown'],
  ])('that is answered by %i: %s', async (status, word) => {
    answers['/live.m3u8'] = says('', status);
    expect(await look()).toBe(word);
  });

  it('goes on to the first variant, and to where it was moved once', async () => {
    answers['/live.m3u8'] = (response) => response.writeHead(302, { location: '/moved/master.m3u8' }).end();
    answers['/moved/master.m3u8'] = says(media(1));
    expect(await look()).toBe('live');
    answers['/master.m3u8'] = says(master);
    answers['/sub/media.m3u8'] = says(media(5));
    expect(await look('/master.m3u8')).toBe('live');
    delete answers['/sub/media.m3u8'];
    expect(await look('/master.m3u8')).toBe('offline');
    answers['/moved/master.m3u8'] = (response) => response.writeHead(302, { location: '/live.m3u8' }).end();
    expect(await look()).toBe('unknown');
  });

  it('finds out that one stands still, and that it moves again', async () => {
    jest.useFakeTimers({
      now: Date.now(),
      doNotFake: [
        'nextTick',
        'setImmediate',
        'setTimeout',
        'setInterval',
        'clearTimeout',
        'clearInterval',
        'clearImmediate',
        'performance',
        'queueMicrotask',
        'hrtime',
      ],
    });
    const probe = new PlaylistProbe(connections);
    answers['/live.m3u8'] = says(media(5));
    expect(await look('/live.m3u8', probe)).toBe('live');
    jest.setSystemTime(Date.now() + 30_000);
    expect(await look('/live.m3u8', probe)).toBe('live');
    jest.setSystemTime(Date.now() + 15_000);
    expect(await look('/live.m3u8', probe)).toBe('offline');
    answers['/live.m3u8'] = says(media(6));
    expect(await look('/live.m3u8', probe)).toBe('live');
  });

  it('says nothing of a broadcast where nobody answers', async () => {
    answers['/live.m3u8'] = (response) => response.destroy();
    expect(await look()).toBe('unknown');
    const port = await freePort('tcp');
    expect(await new PlaylistProbe(connections).look(`http://127.0.0.1:${port}/live.m3u8`, undefined, signal)).toBe(
      'unknown',
    );
  });
});

describe('a look at a stream', () => {
  it('is live while it is sent, and not when nobody is there', async () => {
    const { ffprobe } = await locateTools({});
    const probe = new ConnectProbe(ffprobe.path, connections);
    const port = await freePort('tcp');
    const address = `rtmp://127.0.0.1:${port}/live/one`;
    expect(await probe.look(address, signal)).toBe('offline');
    const source = new FfmpegSource(['-f', 'flv', '-listen', '1', address]);
    try {
      await until('the sender listens', () => isListening(port));
      expect(await probe.look(address, signal)).toBe('live');
    } finally {
      await source.kill();
    }
  }, 60_000);

  it('is unknown for what is no address, and where it may not go', async () => {
    const { ffprobe } = await locateTools({});
    const guarded = new Connections({ ...DEFAULT_HLS_SETTINGS, allowedPrivateHosts: [] });
    try {
      expect(await new ConnectProbe(ffprobe.path, guarded).look('no address', signal)).toBe('unknown');
      expect(await new ConnectProbe(ffprobe.path, guarded).look('rtmp://169.254.169.254/live', signal)).toBe('unknown');
    } finally {
      await guarded.close();
    }
  });
});

describe('Twitch, as everybody may ask it', () => {
  let twitch: FakeTwitch;
  let live: TwitchPublicLive;
  const ask = (...logins: string[]) => live.channels(logins, undefined, signal);

  beforeEach(async () => {
    twitch = await FakeTwitch.start();
    live = new TwitchPublicLive({ gqlUrl: twitch.settings.TWITCH_GQL_URL, timeoutSeconds: 2 }, connections);
  });
  afterEach(() => twitch.close());

  it('tells who is live, who is not, and who is not there', async () => {
    twitch.channels.set('alpha', { title: 'My show', category: 'Art' });
    twitch.channels.set('beta', {});
    await twitch.goLive('alpha', { id: '900', startedAt: '2026-11-30T12:00:00Z' });
    const found = await ask('alpha', 'beta', 'nobody');
    expect(found.get('alpha')).toMatchObject({
      stream: { id: '900', kind: 'live', startedAt: '2026-11-30T12:00:00Z' },
      title: 'My show',
      category: 'Art',
    });
    expect(found.get('beta')).toMatchObject({ stream: null });
    expect(found.get('nobody')).toBeNull();
  });

  it('is asked about many in few questions', async () => {
    const logins = Array.from({ length: 60 }, (_, index) => `channel_${index}`);
    for (const login of logins) twitch.channels.set(login, {});
    expect((await ask(...logins)).size).toBe(60);
    expect(twitch.questions).toHaveLength(3);
  });

  it.each([
    ['an error', { status: 200, body: { errors: [{ message: 'Cannot query field' }] } }],
    ['a fault of its own', { status: 503, body: 'away' }],
    ['a page', { status: 200, body: '<html>' }],
  ])('says nothing of anybody where it answers %s', async (_, said) => {
    twitch.channels.set('alpha', {});
    twitch.saysInstead = said;
    expect((await ask('alpha')).size).toBe(0);
  });
});

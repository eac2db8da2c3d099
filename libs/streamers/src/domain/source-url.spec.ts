import { describe, expect, it } from '@jest/globals';
import { requireUse, sourceFrom } from './source-url.js';
import { SourceNotSupported } from './streamer-errors.js';

describe('an address', () => {
  it.each([
    ['https://www.twitch.tv/SomeBody', 'twitch', 'https://www.twitch.tv/somebody', 'SomeBody'],
    ['twitch.tv/somebody', 'twitch', 'https://www.twitch.tv/somebody', 'somebody'],
    ['http://m.twitch.tv/some_body/?referrer=raid', 'twitch', 'https://www.twitch.tv/some_body', 'some_body'],
    ['https://player.twitch.tv/?channel=somebody&parent=x', 'twitch', 'https://www.twitch.tv/somebody', 'somebody'],
    ['https://example.org/a/live.M3U8?x=1#top', 'hls', 'https://example.org/a/live.M3U8?x=1', 'example.org a'],
    ['https://example.org/channel/one', 'web', 'https://example.org/channel/one', 'example.org one'],
    ['https://example.org/a/live.mpd', 'stream', 'https://example.org/a/live.mpd', 'example.org live.mpd'],
    ['rtmp://example.org/app/secret', 'stream', 'rtmp://example.org/app/secret', 'example.org'],
    ['rtsps://camera.example/1', 'stream', 'rtsps://camera.example/1', 'camera.example'],
    ['srt://example.org:9000?latency=2000', 'stream', 'srt://example.org:9000?latency=2000', 'example.org:9000'],
    ['demo:channel', 'demo', 'demo:channel', 'Demo channel'],
    [' https://nottwitch.tv/somebody ', 'web', 'https://nottwitch.tv/somebody', 'nottwitch.tv somebody'],
  ])('%s has the platform %s', (text, platform, url, name) => {
    expect(sourceFrom(text)).toEqual({ url, platform, name });
  });

  it.each([
    ['https://www.twitch.tv/', /not a channel/],
    ['https://www.twitch.tv/directory', /not a channel/],
    ['https://www.twitch.tv/videos/1234', /not a channel/],
    ['https://www.twitch.tv/somebody/clip/Word', /not a channel/],
    ['https://clips.twitch.tv/Word', /not a channel/],
    ['https://www.twitch.tv/no%20name', /not a channel/],
    ['https://player.twitch.tv/?video=1', /not a channel/],
    ['somebody', /not a URL/],
    ['file:///etc/passwd', /file:/],
    ['https://me:secret@example.org/live.m3u8', /password/],
    ['rtmp://me:secret@example.org/app', /password/],
    ['srt://example.org:9000?passphrase=short', /10 to 79/],
    ['srt:somewhere', /no host/],
    ['concat:/etc/passwd', /concat:/],
  ])('%s is refused', (text, words) => {
    expect(() => sourceFrom(text)).toThrow(SourceNotSupported);
    expect(() => sourceFrom(text)).toThrow(words);
  });

  it.each([
    ['rtsp://me:p%40ss@camera.example/1', 'rtsp://camera.example/1', { user: 'me', password: 'p@ss' }],
    ['rtsps://me@camera.example/1?x=1', 'rtsps://camera.example/1?x=1', { user: 'me', password: '' }],
    [
      'srt://example.org:9000?passphrase=0123456789&latency=20',
      'srt://example.org:9000?latency=20',
      { passphrase: '0123456789' },
    ],
  ])('%s is split: what is secret in it is kept elsewhere', (text, url, credentials) => {
    expect(sourceFrom(text)).toMatchObject({ url, platform: 'stream', credentials });
  });

  it.each([
    ['srt://example.org:9000', { user: 'me' }, /RTSP/],
    ['https://example.org/live.m3u8', { password: 'x' }, /RTSP/],
    ['rtsp://camera.example/1', { passphrase: '0123456789' }, /SRT/],
  ])('%s does not need %j', (url, credentials, words) => {
    expect(() => requireUse(url, credentials)).toThrow(words);
  });
});

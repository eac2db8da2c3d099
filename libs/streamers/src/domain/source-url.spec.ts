import { describe, expect, it } from '@jest/globals';
import { sourceFrom } from './source-url.js';
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
  ])('%s is of %s', (text, platform, url, name) => {
    expect(sourceFrom(text)).toEqual({ url, platform, name });
  });

  it.each([
    ['https://www.twitch.tv/', /no channel/],
    ['https://www.twitch.tv/directory', /no channel/],
    ['https://www.twitch.tv/videos/1234', /no channel/],
    ['https://www.twitch.tv/somebody/clip/Word', /no channel/],
    ['https://clips.twitch.tv/Word', /no channel/],
    ['https://www.twitch.tv/no%20name', /no channel/],
    ['https://player.twitch.tv/?video=1', /no channel/],
    ['somebody', /no URL/],
    ['file:///etc/passwd', /file:/],
    ['https://me:secret@example.org/live.m3u8', /password/],
    ['rtsp://me:secret@camera.example/1', /password/],
    ['srt://example.org:9000?passphrase=secret', /password/],
    ['srt:somewhere', /no host/],
    ['concat:/etc/passwd', /concat:/],
  ])('%s is refused', (text, words) => {
    expect(() => sourceFrom(text)).toThrow(SourceNotSupported);
    expect(() => sourceFrom(text)).toThrow(words);
  });
});

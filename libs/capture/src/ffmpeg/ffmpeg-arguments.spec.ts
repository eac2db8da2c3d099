import { describe, expect, it } from '@jest/globals';
import { SourceUnavailable } from '@streamvault/platforms';
import { ffmpegArguments, withoutSecrets } from './ffmpeg-arguments.js';

const after = (args: readonly string[], name: string) => args[args.indexOf(name) + 1];

describe('the arguments', () => {
  it.each(['rtmp://a.example/app/key', 'rtsp://a.example/1', 'srt://a.example:9000', 'https://a.example/live.mpd'])(
    'let ffmpeg copy %s, and open nothing on this machine on its way',
    (url) => {
      const args = ffmpegArguments({ url });
      expect(after(args, '-i')).toBe(url);
      expect(after(args, '-c')).toBe('copy');
      expect(after(args, '-protocol_whitelist')?.split(',')).not.toEqual(expect.arrayContaining(['file']));
      expect(args.at(-1)).toBe('pipe:1');
    },
  );

  it.each(['file:///etc/passwd', 'concat:/etc/passwd', 'pipe:0', '/etc/passwd', '-i', 'constructor://x', 'gopher://x'])(
    'are refused for %s',
    (url) => {
      expect(() => ffmpegArguments({ url })).toThrow(SourceUnavailable);
    },
  );

  it('have the sound made into AAC where that is wanted, and nothing else', () => {
    const args = ffmpegArguments({ url: 'rtsp://a.example/1', sound: 'encoded' });
    expect([after(args, '-c'), after(args, '-c:a')]).toEqual(['copy', 'aac']);
    expect(ffmpegArguments({ url: 'rtsp://a.example/1' })).not.toContain('-c:a');
  });

  it('take headers along, one each, and only to the web', () => {
    const headers = { 'User-Agent': 'me', Referer: 'https://x.example/', 'X-Bad': 'a\r\nHost: b' };
    const args = ffmpegArguments({ url: 'https://a.example/live.mpd', headers });
    expect(after(args, '-user_agent')).toBe('me');
    expect(after(args, '-headers')).toBe('Referer: https://x.example/\r\n');
    expect(ffmpegArguments({ url: 'rtmp://a.example/x', headers })).not.toContain('-headers');
  });
});

it.each([
  ['rtmp://a.example/app/secret: Input/output error', 'rtmp://a.example/… Input/output error'],
  ['[http @ 0x1] https://u:secret@a.example/x?token=secret failed', '[http @ 0x1] https://a.example/… failed'],
  ["Error opening 'srt://a.example:1?passphrase=secret'", "Error opening 'srt://a.example:1/…'"],
])('its words keep no secrets: %s', (words, shown) => {
  expect(withoutSecrets(words)).toBe(shown);
});

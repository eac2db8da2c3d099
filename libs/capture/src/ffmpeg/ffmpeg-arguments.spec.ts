import { describe, expect, it } from '@jest/globals';
import { SourceUnavailable } from '@streamvault/platforms';
import { ffmpegArguments } from './ffmpeg-arguments.js';

const after = (args: readonly string[], name: string) => args[args.indexOf(name) + 1];

describe('the arguments', () => {
  it.each(['rtmp://a.example/app/key', 'rtsp://a.example/1', 'srt://a.example:9000', 'http://source.invalid/'])(
    'let ffmpeg copy %s and open nothing on this machine',
    (url) => {
      const args = ffmpegArguments({ url });
      expect(after(args, '-i')).toBe(url);
      expect(after(args, '-c')).toBe('copy');
      const allowed = after(args, '-protocol_whitelist')?.split(',') ?? [];
      // ffmpeg would dial `httpproxy` directly from a manifest, past the proxy that it is given.
      for (const way of ['file', 'httpproxy', 'https', 'udp', 'rtp', 'crypto', 'data', 'pipe', 'concat', 'unix'])
        expect(allowed).not.toContain(way);
      expect(args.at(-1)).toBe('pipe:1');
    },
  );

  it.each(['file:///etc/passwd', 'concat:/etc/passwd', 'pipe:0', '/etc/passwd', '-i', 'constructor://x', 'https://x/'])(
    'are refused for %s',
    (url) => {
      expect(() => ffmpegArguments({ url })).toThrow(SourceUnavailable);
    },
  );

  it('encode only the audio as AAC when that is wanted', () => {
    const args = ffmpegArguments({ url: 'rtsp://a.example/1', sound: 'encoded' });
    expect([after(args, '-c'), after(args, '-c:a')]).toEqual(['copy', 'aac']);
    expect(ffmpegArguments({ url: 'rtsp://a.example/1' })).not.toContain('-c:a');
  });
});

import { describe, expect, it } from '@jest/globals';
import { concatArguments, concatList, remuxArguments, thumbnailArguments } from './ffmpeg-arguments.js';
import type { RunStream } from './runs.js';

const h264: RunStream = { kind: 'video', index: 2, codec: 'h264', coding: 'h264 High 1280x720' };
const hevc: RunStream = { kind: 'video', index: 0, codec: 'hevc', coding: 'hevc Main 1280x720' };
const aac: RunStream = { kind: 'audio', index: 5, codec: 'aac', coding: 'aac LC 48000 stereo' };
const output = { output: '/videos/-x.mp4', comment: 'streamvault:1', fastStart: true };

describe('ffmpeg arguments', () => {
  it('copies exactly the streams that were found, from a pipe', () => {
    const args = remuxArguments('mpegts', [h264, aac], output);
    expect(args.join(' ')).toContain('-f mpegts -i pipe:0 -map 0:2 -map 0:5 ');
    expect(args.join(' ')).toContain(' -c copy ');
    expect(args.slice(-3)).toEqual(['-f', 'mp4', 'file:/videos/-x.mp4']);
    expect(args).toContain('+faststart');
    expect(args).not.toContain('-tag:v');
  });

  it('tags HEVC so that Apple plays it, joined or not', () => {
    expect(remuxArguments('mp4', [hevc], output).join(' ')).toContain('-tag:v hvc1');
    expect(concatArguments('/work/list', [hevc, aac], output).join(' ')).toContain('-tag:v hvc1');
  });

  it('takes control characters out of a title, which no process could be given', () => {
    const args = remuxArguments('mpegts', [aac], { ...output, title: ' -y\u0000 two\n\tlines \u007f"quoted" ' });
    expect(args).toContain('title=-y two lines "quoted"');
  });

  it('quotes every path of a list, apostrophes too', () => {
    expect(concatList(["/it's/a 'b' #c.mp4", '/日本/%03d\\.mp4'])).toBe(
      "ffconcat version 1.0\nfile 'file:/it'\\''s/a '\\''b'\\'' #c.mp4'\nfile 'file:/日本/%03d\\.mp4'\n",
    );
    expect(() => concatList(['/a\nfile /etc/passwd'])).toThrow(/line break/);
  });

  it('asks for even widths only, which JPEG encoders need', () => {
    const filters = (width: number) =>
      thumbnailArguments({ input: 'x', atSeconds: 1, width }).find((arg) => arg.startsWith('scale'));
    expect(filters(481)).toContain('min(480,');
    expect(filters(0)).toContain('min(2,');
  });
});

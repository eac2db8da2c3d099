import { describe, expect, it } from '@jest/globals';
import {
  concatInput,
  concatList,
  joinArguments,
  type OutputOptions,
  runInput,
  thumbnailArguments,
} from './ffmpeg-arguments.js';
import type { RunStream } from './runs.js';

const hevc: RunStream = { kind: 'video', index: 0, codec: 'hevc', coding: 'hevc Main 1280x720' };
const outputs = ['-map', '0:2', '-c:0', 'copy'];
const output: OutputOptions = {
  output: '/videos/-x.mp4',
  muxer: 'mp4',
  tags: [],
  comment: 'streamvault:1',
  fastStart: true,
};

describe('ffmpeg arguments', () => {
  it('maps exactly the streams that were found', () => {
    const source = { input: runInput('mpegts', 'subfile,,start,0,end,9,,:file:a.ts'), inputs: 1, outputs };
    const args = joinArguments(source, undefined, output);
    expect(args.join(' ')).toContain('-f mpegts -i subfile,,start,0,end,9,,:file:a.ts -map 0:2 -c:0 copy ');
    expect(args.slice(-3)).toEqual(['-f', 'mp4', 'file:/videos/-x.mp4']);
    expect(args).toContain('+faststart');
    expect(args).not.toContain('-tag:v');
    expect(args.join(' ')).toContain('-map_chapters -1');
  });

  it('tags HEVC so that Apple plays it, in MP4 only', () => {
    const source = { input: concatInput('/folder/list'), inputs: 1, outputs };
    expect(joinArguments(source, undefined, { ...output, tags: [hevc] }).join(' ')).toContain('-tag:v hvc1');
    const ts = joinArguments(source, undefined, { ...output, muxer: 'mpegts', tags: [hevc] });
    expect(ts.join(' ')).not.toContain('-tag:v');
  });

  it('takes chapters from the last input', () => {
    const args = joinArguments({ input: [], inputs: 2, outputs }, '/folder/chapters', output);
    expect(args.join(' ')).toContain('-f ffmetadata -i file:/folder/chapters');
    expect(args.join(' ')).toContain('-map_chapters 2');
  });

  it('removes control characters from a title, which an argument cannot contain', () => {
    const args = joinArguments({ input: [], inputs: 1, outputs }, undefined, {
      ...output,
      title: ' -y\u0000 two\n\tlines \u007f"quoted" ',
    });
    expect(args).toContain('title=-y two lines "quoted"');
  });

  it('quotes every path of a list, including apostrophes', () => {
    expect(concatList([{ url: "/it's/a 'b' #c.mp4" }, { url: '/日本/%03d\\.mp4', durationSeconds: 2 }])).toBe(
      "ffconcat version 1.0\nfile '/it'\\''s/a '\\''b'\\'' #c.mp4'\nfile '/日本/%03d\\.mp4'\nduration 2.000000\n",
    );
    expect(() => concatList([{ url: '/a\nfile /etc/passwd' }])).toThrow(/line break/);
  });

  it('asks for even widths only, which JPEG encoders need', () => {
    const filters = (width: number) =>
      thumbnailArguments({ input: 'x', atSeconds: 1, width }).find((arg) => arg.startsWith('scale'));
    expect(filters(481)).toContain('min(480,');
    expect(filters(0)).toContain('min(2,');
  });
});

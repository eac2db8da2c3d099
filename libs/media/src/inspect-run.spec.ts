import { describe, expect, it } from '@jest/globals';
import { parseDescription } from './inspect-run.js';

describe('parseDescription', () => {
  it("reads ffmpeg 4.1's description of a transport stream", () => {
    const description = `Input #0, mpegts, from 'pipe:0':
  Duration: N/A, start: 1001.378667, bitrate: N/A
  Program 1
    Stream #0:0[0x100]: Video: h264 (High) ([27][0][0][0] / 0x001B), yuv420p(progressive), 640x360 [SAR 1:1 DAR 16:9], 30 fps, 30 tbr, 90k tbn, 60 tbc
    Stream #0:1[0x101](eng): Audio: aac (LC) ([15][0][0][0] / 0x000F), 48000 Hz, stereo, fltp, 71 kb/s
    Stream #0:2[0x102]: Data: timed_id3 (ID3  / 0x20334449)
`;
    expect(parseDescription(description)).toEqual([
      { kind: 'video', index: 0, codec: 'h264', coding: 'h264 High 640x360' },
      { kind: 'audio', index: 1, codec: 'aac', coding: 'aac LC 48000 stereo' },
    ]);
  });

  it("reads later versions' description of fragmented MP4", () => {
    const description = `Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'pipe:0':
  Stream #0:0[0x1](und): Video: hevc (Main 10) (hvc1 / 0x31637668), yuv420p10le(tv, bt709), 2560x1440, 719 kb/s, 60 fps, 60 tbr (default)
  Stream #0:1[0x2](und): Audio: aac (mp4a / 0x6134706D), 44100 Hz, 5.1(side), fltp, 69 kb/s (default)
  Stream #0:2[0x0]: Video: mjpeg (Baseline), yuvj444p(pc), 640x640, 90k tbn (attached pic)`;
    expect(parseDescription(description)).toEqual([
      { kind: 'video', index: 0, codec: 'hevc', coding: 'hevc Main 10 2560x1440' },
      { kind: 'audio', index: 1, codec: 'aac', coding: 'aac  44100 5.1(side)' },
    ]);
  });

  it('leaves out streams that are announced without any detail', () => {
    const description = `  Stream #0:0[0x100]: Video: h264 ([27][0][0][0] / 0x001B), none, 90k tbr, 90k tbn
  Stream #0:1[0x101]: Audio: aac ([15][0][0][0] / 0x000F), 0 channels
  Stream #0:2[0x102]: Audio: aac ([15][0][0][0] / 0x000F), 48000 Hz, 0 channels, fltp`;
    expect(parseDescription(description)).toEqual([]);
  });

  it('finds nothing in complaints', () => {
    expect(parseDescription('pipe:0: Invalid data found when processing input\n')).toEqual([]);
    expect(parseDescription('')).toEqual([]);
  });
});

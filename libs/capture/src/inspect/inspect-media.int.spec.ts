import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ffmpeg } from './ffmpeg.testing.js';
import { FragmentCheck, TsCheck } from './body-check.js';
import { inspectInit } from './inspect-mp4.js';
import { inspectTs, inspectTsPieces } from './inspect-ts.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'inspect-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** One second of video and audio, as ffmpeg muxes it with the given parameters. */
async function made(name: string, ...parameters: string[]): Promise<Buffer> {
  const file = path.join(folder, name);
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=426x240:rate=30'];
  const sound = ['-f', 'lavfi', '-i', 'sine'];
  await ffmpeg([...picture, ...sound, '-t', '1', '-pix_fmt', 'yuv420p', '-preset', 'ultrafast', ...parameters, file]);
  return readFile(file);
}

describe('inspectTs', () => {
  it.each([
    ['main', '426x240', ['-c:v', 'libx264', '-profile:v', 'main', '-c:a', 'aac'], /^h264:426x240:[\da-f]{8}\+aac$/],
    ['high', '4:4:4', ['-c:v', 'libx264', '-pix_fmt', 'yuv444p', '-c:a', 'aac'], /^h264:426x240:[\da-f]{8}\+aac$/],
    [
      'interlaced',
      'fields',
      ['-c:v', 'libx264', '-flags', '+ilme+ildct', '-c:a', 'mp3'],
      /^h264:426x240:[\da-f]{8}\+mp3$/,
    ],
    ['hevc', 'HEVC', ['-c:v', 'libx265', '-x265-params', 'log-level=none', '-c:a', 'aac'], /^hevc:[\da-f]{8}\+aac$/],
    ['mpeg2', 'MPEG-2', ['-c:v', 'mpeg2video', '-c:a', 'ac3'], /^mpeg2\+ac3$/],
    ['audio', 'audio only', ['-vn', '-c:a', 'aac'], /^aac$/],
  ])('recognizes %s (%s)', async (name, _, parameters, signature) => {
    const bytes = await made(`${name}.ts`, ...parameters);
    expect(inspectTs(bytes.subarray(0, 64 * 1024))).toMatch(signature);
    const check = new TsCheck();
    expect(check.push(bytes) ?? check.finish()).toBeUndefined();
  });

  it('gives another word for another video size, and the same word for the same size', async () => {
    const small = await made('small.ts', '-vf', 'scale=320:180', '-c:v', 'libx264', '-c:a', 'aac');
    const again = await made('again.ts', '-vf', 'scale=320:180', '-c:v', 'libx264', '-c:a', 'aac', '-ss', '0.2');
    const large = await made('large.ts', '-c:v', 'libx264', '-c:a', 'aac');
    expect(inspectTs(small)).toBe(inspectTs(again));
    expect(inspectTs(small)).not.toBe(inspectTs(large));
  });

  it.each([
    ['aac', '44100', '1', /\+aac@2:44100:1$/],
    ['aac', '48000', '2', /\+aac@2:48000:2$/],
    ['mp3', '32000', '2', /\+mp3@3:32000:2$/],
    ['ac3', '48000', '6', /\+ac3@48000:6$/],
    ['eac3', '48000', '2', /\+eac3@48000:2$/],
  ])(
    'reads rate and channels of %s at %s Hz in %s channels, however the head is cut',
    async (codec, rate, count, word) => {
      const sound = ['-c:a', codec, '-ar', rate, '-ac', count];
      const bytes = await made(`${codec}-${rate}.ts`, '-c:v', 'libx264', ...sound);
      const whole = inspectTsPieces([bytes]);
      expect(whole).toMatch(word);
      const pieces = Array.from({ length: Math.ceil(bytes.length / 5000) }, (_, index) =>
        bytes.subarray(index * 5000, (index + 1) * 5000),
      );
      expect(inspectTsPieces(pieces)).toBe(whole);
    },
  );

  it('names only the codec if no audio frame has begun or none is complete', async () => {
    const bytes = await made('later.ts', '-c:v', 'libx264', '-c:a', 'aac', '-af', 'adelay=100');
    const words = new Set<string | undefined>();
    for (let length = 188; length <= bytes.length; length += 188)
      words.add(inspectTsPieces([bytes.subarray(0, length)]));
    const known = [...words].filter((word) => word !== undefined);
    expect(known).toEqual([inspectTs(bytes), inspectTsPieces([bytes])]);
  });

  it('gives nothing for bytes that do not tell', () => {
    expect(inspectTs(Buffer.alloc(188 * 10, 0x47))).toBeUndefined();
    expect(inspectTs(Buffer.from('<html>'))).toBeUndefined();
    expect(inspectTs(Buffer.alloc(0))).toBeUndefined();
  });
});

describe('inspectInit', () => {
  const fragmented = ['-movflags', '+frag_keyframe+empty_moov+default_base_moof', '-f', 'mp4'];

  it('finds codecs and video size, and recognizes fragments as valid', async () => {
    const bytes = await made('a.mp4', '-c:v', 'libx264', '-c:a', 'aac', ...fragmented);
    expect(inspectInit(bytes)).toMatch(/^avc1:426x240:[\da-f]{8}\+mp4a:[\da-f]{8}$/);
    const check = new FragmentCheck();
    expect(check.push(bytes) ?? check.finish()).toBeUndefined();
  });

  it('gives nothing for bytes without tracks', () => {
    expect(inspectInit(Buffer.from('<html>'))).toBeUndefined();
    expect(inspectInit(Buffer.from([0, 0, 0, 8, 0x6d, 0x6f, 0x6f, 0x76]))).toBeUndefined();
    expect(inspectInit(Buffer.alloc(0))).toBeUndefined();
  });
});

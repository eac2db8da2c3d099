import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ffmpeg } from './ffmpeg.testing.js';
import { FragmentClock, TsClock, type MediaClock } from './media-clock.js';

const FRAME = 1 / 30;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'clock-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** So many seconds of picture with reordered frames, and sound. */
async function made(name: string, seconds: number, ...parameters: string[]): Promise<Buffer> {
  const file = path.join(folder, name);
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=160x90:rate=30'];
  const coding = ['-c:v', 'libx264', '-bf', '2', '-pix_fmt', 'yuv420p', '-preset', 'veryfast', '-c:a', 'aac'];
  await ffmpeg([...picture, '-f', 'lavfi', '-i', 'sine', '-t', String(seconds), ...coding, ...parameters, file]);
  return readFile(file);
}

/** The bytes as a connection brings them, in pieces of a size that fits nothing. */
function follow(clock: MediaClock, bytes: Buffer, piece: number): number | undefined {
  for (let at = 0; at < bytes.length; at += piece) clock.push(bytes.subarray(at, at + piece));
  return clock.seconds();
}

describe.each([1, 7, 1000, 65_536])('in pieces of %d bytes', (piece) => {
  it('a transport stream is measured to the frame', async () => {
    const bytes = await made('stream.ts', 2.4);
    expect(Math.abs(follow(new TsClock(), bytes, piece)! - 2.4)).toBeLessThan(FRAME / 2);
  });

  it('fragmented mp4 is measured to the frame', async () => {
    const bytes = await made('stream.mp4', 2.4, '-movflags', '+frag_keyframe+empty_moov+default_base_moof');
    const moof = bytes.indexOf('moof') - 4;
    const clock = new FragmentClock(bytes.subarray(0, moof));
    expect(Math.abs(follow(clock, bytes.subarray(moof), piece)! - 2.4)).toBeLessThan(FRAME / 2);
  });
});

describe('TsClock', () => {
  it('is not misled by a counter that wraps', async () => {
    const bytes = await made('wrapping.ts', 2, '-output_ts_offset', String(2 ** 33 / 90_000 - 1.5));
    expect(Math.abs(follow(new TsClock(), bytes, 9000)! - 2)).toBeLessThan(FRAME / 2);
  });

  it('goes by the sound where the picture stands still', async () => {
    const file = path.join(folder, 'still.ts');
    const [picture, sound] = ['testsrc2=size=160x90:rate=30:duration=0.2', 'sine=duration=3'];
    await ffmpeg(['-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', sound, '-c:v', 'libx264', '-c:a', 'aac', file]);
    expect(follow(new TsClock(), await readFile(file), 9000)).toBeCloseTo(3, 0);
  });

  it('measures sound where there is nothing to be seen', async () => {
    const bytes = await made('sound.ts', 2, '-vn');
    expect(follow(new TsClock(), bytes, 9000)).toBeCloseTo(2, 0);
  });

  it('says nothing about what it cannot know', () => {
    expect(new TsClock().seconds()).toBeUndefined();
    expect(follow(new TsClock(), Buffer.alloc(188 * 9, 0x47), 100)).toBeUndefined();
    expect(follow(new FragmentClock(Buffer.from('no boxes at all')), Buffer.alloc(1000), 100)).toBeUndefined();
  });
});

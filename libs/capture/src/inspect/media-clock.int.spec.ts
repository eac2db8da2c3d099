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

/** Video with reordered frames, and audio, of the given length. */
async function made(name: string, seconds: number, ...parameters: string[]): Promise<Buffer> {
  const file = path.join(folder, name);
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=160x90:rate=30'];
  const coding = ['-c:v', 'libx264', '-bf', '2', '-pix_fmt', 'yuv420p', '-preset', 'veryfast', '-c:a', 'aac'];
  await ffmpeg([...picture, '-f', 'lavfi', '-i', 'sine', '-t', String(seconds), ...coding, ...parameters, file]);
  return readFile(file);
}

/** The bytes as a connection delivers them, in pieces of an odd size. */
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

it('audio alone in a transport stream is measured by the bytes in each packet, the last of which is short', async () => {
  const list = path.join(folder, 'radio.m3u8');
  const cut = ['-f', 'hls', '-hls_time', '2', '-hls_list_size', '0'];
  await ffmpeg(['-f', 'lavfi', '-i', 'sine=sample_rate=48000', '-t', '8', '-c:a', 'aac', ...cut, list]);
  const stated = [...(await readFile(list, 'utf8')).matchAll(/#EXTINF:([\d.]+)/g)].map(([, seconds]) =>
    Number(seconds),
  );
  expect(stated.length).toBeGreaterThan(2);
  for (const [index, seconds] of stated.entries()) {
    // The times of a single packet give no length.
    if (seconds < 0.1) continue;
    const measured = follow(new TsClock(), await readFile(path.join(folder, `radio${index}.ts`)), 1000);
    expect(Math.abs((measured ?? 0) - seconds)).toBeLessThan(seconds * 0.01);
  }
});

/** What the clock's tracks, video and audio, say about beginning and end. */
function expectTimes(clock: MediaClock, from: number, to: number): void {
  const tracks = [...(clock.times()?.tracks.values() ?? [])];
  expect(tracks).toHaveLength(2);
  for (const track of tracks) {
    expect(Math.abs(track.from - from)).toBeLessThan(0.15);
    expect(Math.abs(track.to - to)).toBeLessThan(0.15);
  }
}

describe('the times on the clock of the source', () => {
  it('are those of a transport stream', async () => {
    const offset = ['-muxdelay', '0', '-muxpreload', '0', '-output_ts_offset', '30'];
    const clock = new TsClock();
    follow(clock, await made('times.ts', 2.4, ...offset), 1000);
    expectTimes(clock, 30, 32.4);
  });

  it('are those of fragments, from the first of them to the last', async () => {
    const fragmented = ['-g', '30', '-movflags', '+frag_keyframe+empty_moov+default_base_moof'];
    const bytes = await made('times.mp4', 3.4, ...fragmented);
    const first = bytes.indexOf('moof') - 4;
    const clock = new FragmentClock(bytes.subarray(0, first));
    follow(clock, bytes.subarray(bytes.indexOf('moof', first + 8) - 4), 1000);
    expectTimes(clock, 1, 3.4);
  });
});

describe('TsClock', () => {
  it('is not misled by a counter that wraps', async () => {
    const bytes = await made('wrapping.ts', 2, '-output_ts_offset', String(2 ** 33 / 90_000 - 1.5));
    expect(Math.abs(follow(new TsClock(), bytes, 9000)! - 2)).toBeLessThan(FRAME / 2);
  });

  it('uses the audio if the video stands still', async () => {
    const file = path.join(folder, 'still.ts');
    const [picture, sound] = ['testsrc2=size=160x90:rate=30:duration=0.2', 'sine=duration=3'];
    await ffmpeg(['-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', sound, '-c:v', 'libx264', '-c:a', 'aac', file]);
    expect(follow(new TsClock(), await readFile(file), 9000)).toBeCloseTo(3, 0);
  });

  it('measures audio if there is no video', async () => {
    const bytes = await made('sound.ts', 2, '-vn');
    expect(follow(new TsClock(), bytes, 9000)).toBeCloseTo(2, 0);
  });

  it('says nothing about what it cannot know', () => {
    expect(new TsClock().seconds()).toBeUndefined();
    expect(follow(new TsClock(), Buffer.alloc(188 * 9, 0x47), 100)).toBeUndefined();
    expect(follow(new FragmentClock(Buffer.from('no boxes at all')), Buffer.alloc(1000), 100)).toBeUndefined();
  });
});

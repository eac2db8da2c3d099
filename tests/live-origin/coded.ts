import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { findFfmpeg, run } from './media.js';

export interface CodedRequest {
  readonly container: 'ts' | 'fmp4';
  readonly seconds?: number;
  /** ffmpeg's parameters for the video, apart from its size; without them there is none. */
  readonly video?: string;
  readonly size?: string;
  readonly frameRate?: number;
  /** ffmpeg's parameters for the audio; without them there is none. */
  readonly audio?: string;
  readonly startSeconds?: number;
}

export interface CodedSegment {
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly durationSeconds: number;
}

export interface Coded {
  readonly init?: Buffer;
  readonly segments: readonly CodedSegment[];
}

export const H264 = '-c:v libx264 -preset ultrafast -profile:v main';
export const AAC = '-c:a aac -b:a 64k -ac 2 -ar 48000';

/** A few seconds in segments of one, coded as wanted. */
export async function makeCoded(directory: string, request: CodedRequest): Promise<Coded> {
  const { container, seconds = 3, size = '160x90', frameRate = 25, video, audio, startSeconds = 0 } = request;
  await mkdir(directory, { recursive: true });
  const picture = `testsrc2=size=${size}:rate=${frameRate}:duration=${seconds}`;
  const parameters = [
    ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y'],
    video === undefined ? [] : ['-f', 'lavfi', '-i', picture],
    audio === undefined ? [] : ['-f', 'lavfi', '-i', `sine=duration=${seconds}`],
    video === undefined
      ? []
      : [...video.split(' '), '-pix_fmt', 'yuv420p', '-g', String(frameRate), '-sc_threshold', '0'],
    audio === undefined ? [] : audio.split(' '),
    ['-output_ts_offset', String(startSeconds), '-f', 'hls', '-hls_time', '1', '-hls_list_size', '0'],
    ['-hls_segment_type', container === 'ts' ? 'mpegts' : 'fmp4', '-hls_fmp4_init_filename', 'init.mp4'],
    ['-hls_segment_filename', '%03d', 'index.m3u8'],
  ].flat();
  await run(await findFfmpeg(), parameters, directory);
  const index = await readFile(path.join(directory, 'index.m3u8'), 'utf8');
  const segments = [...index.matchAll(/#EXTINF:([\d.]+),\n(\d+)/g)].map(async ([, duration, file = '']) => {
    const bytes = await readFile(path.join(directory, file));
    return { bytes, sha256: createHash('sha256').update(bytes).digest('hex'), durationSeconds: Number(duration) };
  });
  const init = container === 'ts' ? undefined : await readFile(path.join(directory, 'init.mp4'));
  return { ...(init && { init }), segments: await Promise.all(segments) };
}

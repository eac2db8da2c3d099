import { execFile } from 'node:child_process';
import { access, mkdir, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const segmentSeconds = 2;

/** A test picture as transport-stream segments, as one MP4, and as a still; made once and kept in the temporary folder. */
export interface FakeMedia {
  readonly folder: string;
  readonly segments: readonly string[];
  readonly mp4: string;
  readonly stills: readonly string[];
}

export async function makeFakeMedia(seconds = 120): Promise<FakeMedia> {
  const folder = join(tmpdir(), `streamvault-fake-media-${seconds}`);
  const mp4 = join(folder, 'whole.mp4');
  const hues = [0, 70, 160, 250];
  const stills = hues.map((hue) => join(folder, `still-${hue}.jpg`));
  const isThere = await access(stills.at(-1) ?? mp4).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    await mkdir(folder, { recursive: true });
    const picture = `testsrc2=size=640x360:rate=25:duration=${seconds}`;
    const encode = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-keyint_min', '50', '-sc_threshold', '0'];
    await run('ffmpeg', [
      '-y',
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      picture,
      '-f',
      'lavfi',
      '-i',
      `sine=frequency=330:duration=${seconds}`,
      ...encode,
      '-pix_fmt',
      'yuv420p',
      '-c:a',
      'aac',
      '-b:a',
      '96k',
      '-movflags',
      '+faststart',
      mp4,
    ]);
    await run('ffmpeg', [
      '-y',
      '-v',
      'error',
      '-i',
      mp4,
      '-c',
      'copy',
      '-f',
      'segment',
      '-segment_time',
      String(segmentSeconds),
      '-segment_format',
      'mpegts',
      join(folder, 'segment-%03d.ts'),
    ]);
    for (const [index, still] of stills.entries()) {
      await run('ffmpeg', [
        '-y',
        '-v',
        'error',
        '-f',
        'lavfi',
        '-i',
        'mandelbrot=size=640x360:rate=1:start_scale=0.3',
        '-frames:v',
        '1',
        '-vf',
        `hue=h=${hues[index] ?? 0},eq=brightness=-0.05`,
        still,
      ]);
    }
  }
  const names = await readdir(folder);
  const segments = names.filter((name) => name.endsWith('.ts')).toSorted();
  return { folder, segments, mp4, stills };
}

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Profile {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  /** Bits per second of the picture. */
  readonly bitrate: number;
  /** Default: h264. */
  readonly codec?: 'h264' | 'hevc';
  /** Of the sound, in hertz. Default: 48000. */
  readonly sampleRate?: number;
}

export interface MediaRequest {
  readonly profile: Profile;
  readonly container: 'ts' | 'fmp4';
  readonly segmentSeconds: number;
  /** How long the broadcast runs before it has to start again. */
  readonly seconds: number;
}

export interface MediaSegmentFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly durationSeconds: number;
}

export interface Media {
  readonly directory: string;
  /** File name of the initialisation section, for fMP4. */
  readonly init?: string;
  readonly segments: readonly MediaSegmentFile[];
}

const CACHE =
  process.env['LIVE_ORIGIN_CACHE'] ?? path.resolve(import.meta.dirname, '../../node_modules/.cache/live-origin');
const FORMAT = 3;

const making = new Map<string, Promise<Media>>();

/**
 * H.264 (or HEVC) and AAC cut into segments of exactly one length, with continuous timestamps. Made by ffmpeg once and
 * kept in a cache, which several processes may share.
 */
export function makeMedia(request: MediaRequest): Promise<Media> {
  const key = createHash('sha256')
    .update(JSON.stringify([FORMAT, request]))
    .digest('hex')
    .slice(0, 16);
  const known = making.get(key) ?? fromCacheOrMade(key, request);
  making.set(key, known);
  return known;
}

async function fromCacheOrMade(key: string, request: MediaRequest): Promise<Media> {
  const root = await usableCache();
  const directory = path.join(root, key);
  for (;;) {
    const cached = await readManifest(directory);
    if (cached) return cached;
    const turn = await takeTurn(path.join(root, `${key}.lock`));
    if (!turn) {
      // Another process makes it: many begin with the same media.
      await new Promise((resolve) => setTimeout(resolve, 50));
      continue;
    }
    try {
      // It may have been made since.
      return (await readManifest(directory)) ?? (await make(request, directory));
    } finally {
      await turn();
    }
  }
}

async function make(request: MediaRequest, directory: string): Promise<Media> {
  const workshop = `${directory}.${process.pid}.${Date.now()}.tmp`;
  await mkdir(workshop);
  try {
    await runFfmpeg(ffmpegArguments(request), workshop);
    await writeFile(path.join(workshop, 'manifest.json'), JSON.stringify(await describe(workshop, request)));
    await rename(workshop, directory);
  } catch (error) {
    await rm(workshop, { recursive: true, force: true });
    throw error;
  }
  const made = await readManifest(directory);
  if (!made) throw new Error(`The media in ${directory} vanished as soon as they were made`);
  return made;
}

/** What gives the turn back; undefined while another living process has it. */
async function takeTurn(lock: string): Promise<(() => Promise<void>) | undefined> {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' });
    return () => rm(lock, { force: true });
  } catch (error) {
    // Under Jest it is of another realm, so it is no `Error` here.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const owner = await readFile(lock, 'utf8').catch(() => '');
  // A file that is still empty was created a moment ago, or by a process that was killed in that moment.
  if (owner === '' ? await isOld(lock) : !lives(Number(owner))) await rm(lock, { force: true });
  return undefined;
}

async function isOld(file: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(file)).mtimeMs > 5000;
  } catch {
    // It has been given back.
    return false;
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // It ended without giving its turn back.
    return false;
  }
}

async function usableCache(): Promise<string> {
  for (const directory of [CACHE, path.join(tmpdir(), 'live-origin')]) {
    try {
      await mkdir(directory, { recursive: true });
      return directory;
    } catch {
      // A read-only checkout: the system's temporary folder works as well.
    }
  }
  throw new Error('There is no folder to keep the test media in; set LIVE_ORIGIN_CACHE');
}

type Manifest = Omit<Media, 'directory'>;

async function readManifest(directory: string): Promise<Media | undefined> {
  try {
    const manifest: Manifest = JSON.parse(await readFile(path.join(directory, 'manifest.json'), 'utf8'));
    return { ...manifest, directory };
  } catch {
    // Not made yet.
    return undefined;
  }
}

const CODERS = { h264: ['libx264', '-profile:v', 'main'], hevc: ['libx265', '-tag:v', 'hvc1'] } as const;

function ffmpegArguments({ profile, container, segmentSeconds, seconds }: MediaRequest): string[] {
  const { width, height, frameRate, bitrate, codec = 'h264', sampleRate = 48_000 } = profile;
  const keyframes = String(Math.round(segmentSeconds * frameRate));
  const extension = container === 'ts' ? 'ts' : 'm4s';
  return [
    ['-hide_banner', '-loglevel', 'error', '-nostdin'],
    ['-f', 'lavfi', '-i', `testsrc2=size=${width}x${height}:rate=${frameRate}`],
    ['-f', 'lavfi', '-i', `sine=frequency=440:beep_factor=4:sample_rate=${sampleRate}`],
    // One segment more than needed, because the last is cut by the end rather than by a keyframe and is discarded.
    ['-t', String(seconds + segmentSeconds)],
    ['-c:v', ...CODERS[codec], '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-threads', '2'],
    ['-g', keyframes, '-keyint_min', keyframes, '-sc_threshold', '0'],
    codec === 'hevc' ? ['-x265-params', `log-level=none:open-gop=0:scenecut=0:keyint=${keyframes}`] : [],
    ['-b:v', String(bitrate), '-maxrate', String(bitrate), '-bufsize', String(bitrate)],
    ['-c:a', 'aac', '-b:a', '64k', '-ac', '2'],
    ['-f', 'hls', '-hls_time', String(segmentSeconds), '-hls_list_size', '0'],
    ['-hls_segment_type', container === 'ts' ? 'mpegts' : 'fmp4', '-hls_fmp4_init_filename', 'init.mp4'],
    ['-hls_segment_filename', `seg-%05d.${extension}`, 'index.m3u8'],
  ].flat();
}

async function describe(directory: string, { container, seconds, segmentSeconds }: MediaRequest): Promise<Manifest> {
  const index = await readFile(path.join(directory, 'index.m3u8'), 'utf8');
  const listed = [...index.matchAll(/#EXTINF:([\d.]+),[^\n]*\n(?:#[^\n]*\n)*([^\n#]+)/g)];
  const segments: MediaSegmentFile[] = [];
  for (const [, duration, file] of listed.slice(0, Math.floor(seconds / segmentSeconds))) {
    if (duration === undefined || file === undefined) throw new Error('ffmpeg wrote a playlist that is not understood');
    if (Math.abs(Number(duration) - segmentSeconds) > 0.001) throw new Error(`Segment ${file} lasts ${duration} s`);
    const bytes = await readFile(path.join(directory, file));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    segments.push({ file, bytes: bytes.length, sha256, durationSeconds: segmentSeconds });
  }
  return { segments, ...(container === 'fmp4' && { init: 'init.mp4' }) };
}

async function runFfmpeg(parameters: readonly string[], directory: string): Promise<void> {
  await run(await findFfmpeg(), parameters, directory);
}

let found: Promise<string> | undefined;

/** `FFMPEG_PATH`, else the system's, else the one npm brings. */
export const findFfmpeg = (): Promise<string> => (found ??= lookForFfmpeg());

async function lookForFfmpeg(): Promise<string> {
  for (const program of [process.env['FFMPEG_PATH'], 'ffmpeg', installedFfmpeg()]) {
    if (program !== undefined && (await run(program, ['-version'], '.'))) return program;
  }
  throw new Error('There is no ffmpeg to make the test media with; set FFMPEG_PATH');
}

function installedFfmpeg(): string | undefined {
  try {
    const installer: { path: string } = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg');
    return installer.path;
  } catch {
    // An optional dependency, so its absence is ordinary.
    return undefined;
  }
}

/** False if there is no such program. */
export function run(program: string, parameters: readonly string[], directory: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('error', (error) => ('code' in error && error.code === 'ENOENT' ? resolve(false) : reject(error)));
    child.on('close', (code) =>
      code === 0 ? resolve(true) : reject(new Error(`ffmpeg ended with ${code}: ${said.slice(-2000)}`)),
    );
  });
}

import { errorCode } from '@streamvault/failures';
import { open, stat } from 'node:fs/promises';
import { oneAtATime, writeContentDurably } from './durable-file.js';
import { asStorageError, NoVideoStream } from './errors.js';
import { thumbnailArguments } from './ffmpeg-arguments.js';
import { probe } from './probe.js';
import { runTool } from './run-tool.js';
import type { MediaTools } from './tools.js';

export interface ThumbnailRequest {
  readonly input: string;
  /** The JPEG's final path. */
  readonly output: string;
  /** Where to look first. Default: a tenth into the video. */
  readonly atSeconds?: number;
  /** Pixels, at most. Default: 640. */
  readonly width?: number;
  readonly signal?: AbortSignal;
}

export interface Thumbnail {
  readonly path: string;
  readonly bytes: number;
  /** It already existed, complete and newer than the video. */
  readonly reused: boolean;
}

interface Picture {
  readonly jpeg: Uint8Array;
  /** The difference between bright and dark: 90th minus 10th percentile of the luma, 0 to 255. */
  readonly contrast: number;
}

/** Below this a picture is black, white, or one colour: a fade, or a stream that has not begun. */
const CONTENT_CONTRAST = 16;

/**
 * Takes a picture with something on it: the first place that has content, else the best of the places examined.
 * Idempotent, and under the final name there is a complete JPEG or nothing.
 * @throws NoVideoStream for audio only or if no frame can be decoded, StorageFull, StorageRefused, MediaToolFailed,
 * MediaToolTimedOut, or the signal's reason
 */
export async function makeThumbnail(tools: MediaTools, request: ThumbnailRequest): Promise<Thumbnail> {
  request.signal?.throwIfAborted();
  return oneAtATime(request.output, async () => {
    const there = await findThumbnail(request);
    if (there !== undefined) return there;
    const { jpeg } = await takePicture(tools, request);
    await writeContentDurably(request.output, jpeg);
    return { path: request.output, bytes: jpeg.length, reused: false };
  });
}

async function takePicture(tools: MediaTools, request: ThumbnailRequest): Promise<Picture> {
  const { video, durationSeconds } = await probe(
    tools,
    request.input,
    request.signal ? { signal: request.signal } : {},
  );
  if (video === undefined) throw new NoVideoStream(request.input);

  let best: Picture | undefined;
  for (const atSeconds of placesToLook(video.durationSeconds ?? durationSeconds ?? 0, request.atSeconds)) {
    const picture = await takePictureAt(tools, request, atSeconds);
    if (picture !== undefined && picture.contrast > (best?.contrast ?? -1)) best = picture;
    if (best !== undefined && best.contrast >= CONTENT_CONTRAST) break;
  }
  if (best === undefined) throw new NoVideoStream(request.input, 'contains no frame that can be decoded');
  return best;
}

/**
 * The requested place first, then places all over the video. The beginning comes last: it always exists, and it is
 * mostly black.
 */
export function placesToLook(durationSeconds: number, wishSeconds: number | undefined): readonly number[] {
  const wish = Math.max(0, wishSeconds ?? durationSeconds / 10);
  const places = [
    wish < durationSeconds ? wish : durationSeconds / 10,
    durationSeconds / 4,
    durationSeconds / 2,
    durationSeconds * 0.75,
  ];
  return durationSeconds < 1 ? [0] : [...new Set([...places, 0])];
}

async function takePictureAt(
  tools: MediaTools,
  { input, width, signal }: ThumbnailRequest,
  atSeconds: number,
): Promise<Picture | undefined> {
  const { stdout, lastWords } = await runTool({
    program: tools.ffmpeg.path,
    args: thumbnailArguments({ input, atSeconds, width: width ?? 640 }),
    timeLimitSeconds: 120,
    maxStdoutBytes: 32 * 1024 * 1024,
    ...(signal && { signal }),
  });
  return isWholeJpeg(stdout.subarray(0, 2), stdout.subarray(-2))
    ? { jpeg: stdout, contrast: contrastIn(lastWords) }
    : undefined;
}

/** The filter works a frame or two ahead. The first frame in its output is the one that became the picture. */
export function contrastIn(lines: readonly string[]): number {
  const value = (name: string) =>
    Number(lines.find((line) => line.startsWith(`lavfi.signalstats.${name}=`))?.split('=')[1] ?? Number.NaN);
  const contrast = value('YHIGH') - value('YLOW');
  return Number.isFinite(contrast) ? contrast : 0;
}

async function findThumbnail({ input, output }: ThumbnailRequest): Promise<Thumbnail | undefined> {
  try {
    const [video, picture] = await Promise.all([stat(input), stat(output)]);
    if (!picture.isFile() || picture.mtimeMs < video.mtimeMs) return undefined;
    await using handle = await open(output, 'r');
    const ends = Buffer.alloc(4);
    await handle.read(ends, 0, 2, 0);
    await handle.read(ends, 2, 2, Math.max(0, picture.size - 2));
    const whole = isWholeJpeg(ends.subarray(0, 2), ends.subarray(2));
    return whole ? { path: output, bytes: picture.size, reused: true } : undefined;
  } catch (error) {
    // No thumbnail yet; or no video, which the probe will report.
    if (errorCode(error) === 'ENOENT') return undefined;
    throw asStorageError(error, output);
  }
}

/** JPEG files begin with SOI and end with EOI (ITU-T T.81, B.1.1.3). */
function isWholeJpeg(head: Uint8Array, tail: Uint8Array): boolean {
  return head[0] === 0xff && head[1] === 0xd8 && tail[0] === 0xff && tail[1] === 0xd9;
}

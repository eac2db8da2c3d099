import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeDurably } from './durable-file.js';
import { DurationMismatch } from './errors.js';
import { QUIET } from './ffmpeg-arguments.js';
import { FfmpegProgress } from './ffmpeg-progress.js';
import { requireSpace } from './free-space.js';
import type { MediaProbe } from './media-probe.js';
import { probe } from './probe.js';
import { runTool } from './run-tool.js';
import type { MediaTools } from './tools.js';

export interface CutRequest {
  readonly input: string;
  /** An MP4. Another file of that name is left alone. */
  readonly output: string;
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** Codes it again, so that it begins and ends to the frame; else it is copied from the key frame before. */
  readonly exact: boolean;
  readonly title?: string;
  readonly signal?: AbortSignal;
  /** From 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** How much longer a copy may be than was asked for: key frames lie no further apart in what plays at all. */
const longestGroupSeconds = 30;

export function cutArguments(
  { input, fromSeconds, toSeconds, exact, title }: CutRequest,
  output: string,
): readonly string[] {
  const coding = exact
    ? ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-b:a', '160k']
    : ['-c', 'copy', '-avoid_negative_ts', 'make_zero'];
  return [
    QUIET,
    ['-progress', 'pipe:1', '-nostats'],
    ['-ss', fromSeconds.toFixed(3), '-i', `file:${input}`, '-t', (toSeconds - fromSeconds).toFixed(3)],
    // Chapters of the whole are not those of a piece.
    ['-map', '0:V:0?', '-map', '0:a:0?', '-map_chapters', '-1', '-map_metadata', '-1'],
    coding,
    title === undefined ? [] : ['-metadata', `title=${title.toWellFormed().replaceAll('\0', '')}`],
    ['-movflags', '+faststart', '-f', 'mp4', `file:${output}`],
  ].flat();
}

/**
 * Makes a range of a video a file of its own, checked and synced.
 *
 * @throws TargetTaken, DurationMismatch, StorageFull, StorageRefused, MediaToolFailed, MediaToolTimedOut, or the signal's reason.
 */
export async function cutVideo(tools: MediaTools, request: CutRequest): Promise<MediaProbe> {
  const { input, output, fromSeconds, toSeconds, exact, signal, onProgress } = request;
  const seconds = toSeconds - fromSeconds;
  const whole = await probe(tools, input, signal ? { signal } : {});
  const { size } = await stat(input);
  const share = seconds / Math.max(seconds, whole.durationSeconds ?? seconds);
  await requireSpace([{ directory: dirname(output), bytes: Math.ceil(size * Math.min(1, share * (exact ? 2 : 1))) }]);
  const progress = new FfmpegProgress((done) => onProgress?.(Math.min(1, done / seconds)));
  return writeDurably(
    output,
    async (temporary) => {
      await runTool({
        program: tools.ffmpeg.path,
        args: cutArguments(request, temporary),
        timeLimitSeconds: Math.ceil(600 + size / (512 * 1024) + (exact ? 20 * seconds : 0)),
        onStdout: (chunk) => progress.push(chunk),
        writes: output,
        ...(signal && { signal }),
      });
      const found = await probe(tools, temporary, signal ? { signal } : {});
      const got = found.durationSeconds ?? 0;
      if (got < seconds - 2 || got > seconds + (exact ? 2 : longestGroupSeconds))
        throw new DurationMismatch(output, seconds, got);
      return found;
    },
    { mayReplace: false },
  );
}

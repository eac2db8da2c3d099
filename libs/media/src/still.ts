import { MediaToolFailed } from './errors.js';
import { stillArguments } from './ffmpeg-arguments.js';
import { isPacked, DEMUXERS, type MediaRun } from './runs.js';
import { isPiped, requireWhole, urlOf } from './run-input.js';
import { runTool } from './run-tool.js';
import type { MediaTools } from './tools.js';

export interface StillRequest {
  readonly run: MediaRun;
  /** Exactly; else as it is, at most 480 wide. */
  readonly size?: { readonly width: number; readonly height: number };
  readonly signal?: AbortSignal;
}

/**
 * The first key frame of some recorded bytes as a small JPEG; undefined if there is none: audio alone, or bytes that do not decode.
 *
 * @throws SourceUnreadable, MediaToolTimedOut, MediaToolGone, or the signal's reason.
 */
export async function takeStill(
  tools: MediaTools,
  { run, size, signal }: StillRequest,
): Promise<Uint8Array | undefined> {
  if (isPacked(run) || isPiped(run)) return undefined;
  await requireWhole(run);
  try {
    const { stdout } = await runTool({
      program: tools.ffmpeg.path,
      args: stillArguments(DEMUXERS[run.container], urlOf(run), size),
      timeLimitSeconds: 20,
      ...(signal && { signal }),
    });
    return stdout.length > 0 ? stdout : undefined;
  } catch (error) {
    if (!(error instanceof MediaToolFailed)) throw error;
    return undefined;
  }
}

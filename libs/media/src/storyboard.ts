import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { oneAtATime } from './durable-file.js';
import { asStorageError, NoVideoStream } from './errors.js';
import { storyboardArguments } from './ffmpeg-arguments.js';
import { FfmpegProgress } from './ffmpeg-progress.js';
import { probe } from './probe.js';
import { runTool } from './run-tool.js';
import type { MediaTools } from './tools.js';

export const TILE = { width: 160, height: 90, columns: 10, rows: 10 } as const;

export interface StoryboardRequest {
  readonly input: string;
  /** The folder that will hold `0.jpg`, `1.jpg`, …, whole or not at all. */
  readonly output: string;
  /** Else {@link TILE}. */
  readonly tile?: { readonly width: number; readonly height: number; readonly columns: number; readonly rows: number };
  /** Else {@link storyboardInterval}. */
  readonly intervalSeconds?: number;
  readonly signal?: AbortSignal;
  /** From 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** Seconds from tile to tile: close for short videos, far apart for long ones. */
export const storyboardInterval = (durationSeconds: number): number => Math.min(10, Math.max(2, durationSeconds / 600));

/**
 * Small pictures of the whole video in sprites of 10 × 10, made from key frames only. Idempotent.
 * @throws NoVideoStream, StorageFull, StorageRefused, MediaToolFailed, MediaToolTimedOut, or the signal's reason
 */
export async function makeStoryboard(tools: MediaTools, request: StoryboardRequest): Promise<void> {
  const { input, output, tile = TILE, intervalSeconds, signal, onProgress } = request;
  return oneAtATime(output, async () => {
    const { video, durationSeconds = 0 } = await probe(tools, input, signal ? { signal } : {});
    if (video === undefined) throw new NoVideoStream(input);
    const temporary = join(dirname(output), `.streamvault-${basename(output)}.partial`.slice(-200));
    try {
      await rm(temporary, { recursive: true, force: true });
      await mkdir(temporary, { recursive: true });
      const progress = new FfmpegProgress((seconds) =>
        onProgress?.(Math.min(1, seconds / Math.max(1, durationSeconds))),
      );
      await runTool({
        program: tools.ffmpeg.path,
        args: storyboardArguments(input, temporary, intervalSeconds ?? storyboardInterval(durationSeconds), tile),
        timeLimitSeconds: Math.ceil(600 + durationSeconds),
        onStdout: (chunk) => progress.push(chunk),
        writes: output,
        ...(signal && { signal }),
      });
      if ((await readdir(temporary)).length === 0)
        throw new NoVideoStream(input, 'contains no frame that can be decoded');
      await rm(output, { recursive: true, force: true });
      await rename(temporary, output);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      throw asStorageError(error, output);
    }
  });
}

/**
 * Which tile belongs to which time (WebVTT; Media Fragments URI 1.0, "xywh").
 * @param spriteUrl relative to the text's own address
 */
export function storyboardVtt(durationSeconds: number, spriteUrl: (number: number) => string): string {
  const interval = storyboardInterval(durationSeconds);
  const tiles = Math.max(1, Math.ceil(durationSeconds / interval));
  const perSprite = TILE.columns * TILE.rows;
  const cues = Array.from({ length: tiles }, (_, tile) => {
    const place = tile % perSprite;
    const x = (place % TILE.columns) * TILE.width;
    const y = Math.floor(place / TILE.columns) * TILE.height;
    const end = Math.min(durationSeconds, (tile + 1) * interval);
    return [
      `${vttTime(tile * interval)} --> ${vttTime(end)}`,
      `${spriteUrl(Math.floor(tile / perSprite))}#xywh=${x},${y},${TILE.width},${TILE.height}`,
    ].join('\n');
  });
  return `${['WEBVTT', ...cues].join('\n\n')}\n`;
}

/** `HH:MM:SS.mmm` */
export function vttTime(seconds: number): string {
  const milliseconds = Math.max(0, Math.round(seconds * 1000));
  const pad = (value: number, digits = 2) => String(Math.floor(value)).padStart(digits, '0');
  return `${pad(milliseconds / 3_600_000)}:${pad((milliseconds / 60_000) % 60)}:${pad((milliseconds / 1000) % 60)}.${pad(milliseconds % 1000, 3)}`;
}

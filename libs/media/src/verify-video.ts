import { DurationMismatch, VideoNotDecodable } from './errors.js';
import { decodeAtArguments } from './ffmpeg-arguments.js';
import { probe } from './probe.js';
import { runTool } from './run-tool.js';
import type { MediaTools } from './tools.js';

export interface VerifyRequest {
  readonly file: string;
  /** The duration according to the ledger. */
  readonly ledgerSeconds: number;
  /** By how much the ledger may be off, because the source rounds. */
  readonly slackSeconds?: number;
  /** Where stretches were joined, in the file's own time. */
  readonly joins: readonly number[];
  readonly signal?: AbortSignal;
  /** From 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** A broadcast with hundreds of advertising breaks has as many joins. This many places are enough. */
const mostPlaces = 24;

/**
 * Checks whether a finished video may replace its parts: it lasts as long as the ledger says (within 1 %), and has
 * video and audio at its start, middle, end and around the joins.
 * @throws DurationMismatch, VideoNotDecodable, MediaToolFailed, MediaToolTimedOut, or the signal's reason
 */
export async function verifyVideo(tools: MediaTools, request: VerifyRequest): Promise<void> {
  const { file, ledgerSeconds, slackSeconds = 0, joins, signal, onProgress } = request;
  const found = await probe(tools, file, signal ? { signal } : {});
  const seconds = found.durationSeconds ?? 0;
  const tolerance = Math.max(1, ledgerSeconds / 100) + 0.1 * joins.length + slackSeconds;
  if (Math.abs(seconds - ledgerSeconds) > tolerance) throw new DurationMismatch(file, ledgerSeconds, seconds);
  const streams = (found.video ? 1 : 0) + (found.audio ? 1 : 0);
  const places = placesToVerify(seconds, joins);
  for (const [index, place] of places.entries()) {
    onProgress?.(index / places.length);
    const { stdout, lastWords } = await runTool({
      program: tools.ffmpeg.path,
      args: decodeAtArguments(file, place),
      timeLimitSeconds: 120,
      ...(signal && { signal }),
    });
    const decoded = new Set([...new TextDecoder().decode(stdout).matchAll(/^(\d+),/gm)].map(([, stream]) => stream));
    if (decoded.size < streams) throw new VideoNotDecodable(file, place, lastWords);
  }
}

/**
 * Start, middle, a little before the end, and a second before each join. If there are many joins, they are thinned out
 * evenly.
 */
export function placesToVerify(seconds: number, joins: readonly number[]): readonly number[] {
  const step = Math.max(1, joins.length / mostPlaces);
  const chosen = Array.from(
    { length: Math.min(joins.length, mostPlaces) },
    (_, index) => joins[Math.floor(index * step)] ?? 0,
  );
  const places = [0, seconds / 2, Math.max(0, seconds - 3), ...chosen.map((join) => Math.max(0, join - 1))];
  return [...new Set(places.filter((place) => place < Math.max(seconds, 1)))].toSorted((left, right) => left - right);
}

import { DurationMismatch, StreamsMissing } from './errors.js';
import type { MediaProbe } from './media-probe.js';
import { identityOf, type MediaRun, type RunStream } from './runs.js';

/** What a finished video must be. */
export interface Expectation {
  readonly ledgerSeconds: number;
  readonly toleranceSeconds: number;
  readonly video: boolean;
  readonly audio: boolean;
  /** Written into the file's comment. */
  readonly mark: string;
}

export interface SomeRun {
  readonly run: MediaRun;
  /** The streams in its bytes, if they were inspected. */
  readonly streams?: readonly RunStream[];
}

/**
 * The tolerance is 1 % or a second, whichever is more, because playlists round their durations. Every join adds a
 * little, because audio and video never end at the same instant. If a source rounds to whole seconds, the ledger says
 * by how much it may be off.
 */
export function expectationOf(runs: readonly SomeRun[]): Expectation {
  const holds = (wanted: RunStream['kind']) =>
    runs.some(({ streams }) => streams?.some(({ kind }) => kind === wanted) === true);
  const ledgerSeconds = runs.reduce((sum, { run }) => sum + run.durationSeconds, 0);
  const slackSeconds = runs.reduce((sum, { run }) => sum + (run.slackSeconds ?? 0), 0);
  return {
    ledgerSeconds,
    toleranceSeconds: Math.max(ledgerSeconds / 100, 1) + 0.1 * (runs.length - 1) + slackSeconds,
    video: holds('video'),
    audio: holds('audio'),
    mark: `streamvault:${identityOf(runs.map(({ run }) => run))}`,
  };
}

/** Why the file is not the whole video, or undefined. `name` is the file that the message names. */
export function whyNotWhole(
  found: MediaProbe,
  name: string,
  expected: Expectation,
): DurationMismatch | StreamsMissing | undefined {
  const missing: ('video' | 'audio')[] = [
    ...(expected.video && found.video === undefined ? ['video' as const] : []),
    ...(expected.audio && found.audio === undefined ? ['audio' as const] : []),
  ];
  if (found.video === undefined && found.audio === undefined && missing.length === 0) missing.push('video', 'audio');
  if (missing.length > 0) return new StreamsMissing(name, missing);
  const actual = found.durationSeconds ?? 0;
  const off = Math.abs(actual - expected.ledgerSeconds);
  return off > expected.toleranceSeconds ? new DurationMismatch(name, expected.ledgerSeconds, actual) : undefined;
}

/** How long a recording waits, and how often it retries. All values in seconds. */
export interface RecordingPolicy {
  /** For a recorder to take up a request. */
  readonly pickUpSeconds: number;
  /** For the first bytes, counted from opening the source. */
  readonly firstBytesSeconds: number;
  /** For bytes to return after an interruption, before the broadcast counts as over. */
  readonly patienceSeconds: number;
  /** If the platform does not say whether the streamer is live, an interruption of this length ends the recording. */
  readonly unansweredSeconds: number;
  readonly finalizeSeconds: number;
  readonly postProcessSeconds: number;
  readonly finalizeAttempts: number;
  readonly stepAttempts: number;
  /** Pause before the second attempt of a finalize or step; doubles each time. */
  readonly backoffSeconds: number;
  /** For filling a gap, from the request to the exchanged file. */
  readonly gapFillSeconds: number;
  /** Pause before a finalize or step without disk or disk space is retried, as often as necessary. */
  readonly roomSeconds: number;
}

export const defaultRecordingPolicy: RecordingPolicy = {
  pickUpSeconds: 60,
  firstBytesSeconds: 60,
  patienceSeconds: 180,
  unansweredSeconds: 3600,
  finalizeSeconds: 12 * 3600,
  postProcessSeconds: 2 * 3600,
  finalizeAttempts: 5,
  stepAttempts: 5,
  backoffSeconds: 5,
  gapFillSeconds: 6 * 3600,
  roomSeconds: 10,
};

/** `seconds` after `instant`, as ISO 8601 UTC. */
export const later = (instant: string, seconds: number): string =>
  new Date(Date.parse(instant) + seconds * 1000).toISOString();

/**
 * A number between 0.75 and 1.25, always the same for the same word. Recordings that failed together should not all
 * retry at once, and a decider has no randomness.
 */
export function jitterOf(word: string): number {
  // FNV-1a, 32 bits.
  let hash = 0x811c9dc5;
  for (const letter of word) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return 0.75 + ((hash >>> 0) / 2 ** 32) * 0.5;
}

/** When the attempt after `attempt` may begin, or null if that was the last one. */
export function retryAt(
  at: string,
  attempt: number,
  { attempts, backoffSeconds, of }: { attempts: number; backoffSeconds: number; of: string },
): string | null {
  if (attempt >= attempts) return null;
  return later(at, backoffSeconds * 2 ** (attempt - 1) * jitterOf(`${of} ${attempt}`));
}

/** How long a recording waits, and how often it tries. Seconds throughout. */
export interface RecordingPolicy {
  /** For a recorder to take up a request. */
  readonly pickUpSeconds: number;
  /** For the first bytes after the source is being opened. */
  readonly firstBytesSeconds: number;
  /** For bytes to come back after an interruption, before the broadcast is taken for over. */
  readonly patienceSeconds: number;
  /** For a platform that cannot be asked whether the channel is live: so long an interruption ends the recording all the same. */
  readonly unansweredSeconds: number;
  readonly finalizeSeconds: number;
  readonly postProcessSeconds: number;
  readonly finalizeAttempts: number;
  readonly stepAttempts: number;
  /** Wait before the second attempt of a finalize or step; doubles each time. */
  readonly backoffSeconds: number;
  /** Before a finalize or step that had no room on the disk, or no disk, is tried again, for as long as it takes. */
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
  roomSeconds: 10,
};

/** `seconds` after `instant`, as ISO 8601 UTC. */
export const later = (instant: string, seconds: number): string =>
  new Date(Date.parse(instant) + seconds * 1000).toISOString();

/**
 * Between 0.75 and 1.25, the same for the same word: what failed together at many recordings is not tried again all at once, and
 * a decider has no dice.
 */
export function jitterOf(word: string): number {
  // FNV-1a, 32 bits.
  let hash = 0x811c9dc5;
  for (const letter of word) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return 0.75 + ((hash >>> 0) / 2 ** 32) * 0.5;
}

/** When the attempt after `attempt` may begin, or null where that was the last one. */
export function retryAt(
  at: string,
  attempt: number,
  { attempts, backoffSeconds, of }: { attempts: number; backoffSeconds: number; of: string },
): string | null {
  if (attempt >= attempts) return null;
  return later(at, backoffSeconds * 2 ** (attempt - 1) * jitterOf(`${of} ${attempt}`));
}

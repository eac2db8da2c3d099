/** A stretch of the broadcast without a hole, as the server's timelines list them. */
export interface Stretch {
  readonly startsAt: string;
  readonly mediaSeconds: number;
  readonly durationSeconds: number;
}

/** A picture is not found to the millisecond. */
const toleranceSeconds = 0.001;

/**
 * Where in the file the moment (ms) is: what was not captured is no second of it, so that a moment in a gap is the picture after it. Null where
 * the file ends before, or there is no timeline.
 */
export function secondsAtInstant(timeline: readonly Stretch[], moment: number): number | null {
  for (const { startsAt, mediaSeconds, durationSeconds } of timeline) {
    const into = (moment - Date.parse(startsAt)) / 1000;
    if (into <= durationSeconds + toleranceSeconds) return mediaSeconds + Math.min(durationSeconds, Math.max(0, into));
  }
  return null;
}

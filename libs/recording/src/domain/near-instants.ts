/**
 * How far a source's clock may be off from ours. A broadcast that is recorded happens now; a camera with an empty battery, or a playlist
 * that somebody wrote with malice, says 1970 or the year 40000.
 */
const DAYS = 7;
const REACH_MS = DAYS * 24 * 3600 * 1000;

/** Whether an instant that a source named is one that a recording begun at `reference` can be of. */
export function isNear(instant: string, reference: string, lastingMs = 0): boolean {
  const apart = Date.parse(instant) - Date.parse(reference);
  return apart >= -REACH_MS && apart <= REACH_MS + Math.max(0, lastingMs);
}

export interface Span {
  readonly from: string;
  readonly to: string;
  readonly seconds: number;
}

/**
 * A span as it can have been. One that lies where no recording can reach, or lasts longer than the recording does, is told at the
 * recording's own beginning and with no length: that something is missing is known, and how much is not.
 *
 * @param begunAt when the recording was asked for @param now when the span is told
 */
export function plausible<Told extends Span>(span: Told, begunAt: string, now: string): Told {
  const lastingMs = Date.parse(now) - Date.parse(begunAt);
  const near = isNear(span.from, begunAt, lastingMs) && isNear(span.to, begunAt, lastingMs);
  const longest = (lastingMs + REACH_MS) / 1000;
  if (near && span.seconds >= 0 && span.seconds <= longest) return span;
  return { ...span, from: begunAt, to: begunAt, seconds: 0 };
}

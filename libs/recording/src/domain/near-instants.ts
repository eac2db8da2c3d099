/**
 * How far a source's clock may differ from ours. A recorded broadcast happens now; a camera with an empty battery, or a
 * malicious playlist, says 1970 or the year 40000.
 */
const DAYS = 7;
const REACH_MS = DAYS * 24 * 3600 * 1000;

/** Whether a recording that began at `reference` can contain an instant that a source named. */
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
 * The span, made plausible. A span out of the recording's reach, or longer than the recording, is placed at the
 * recording's beginning with no length: that something is missing is known, but not how much.
 * @param begunAt when the recording was requested
 * @param now when the span is reported
 */
export function plausible<SomeSpan extends Span>(span: SomeSpan, begunAt: string, now: string): SomeSpan {
  const lastingMs = Date.parse(now) - Date.parse(begunAt);
  const near = isNear(span.from, begunAt, lastingMs) && isNear(span.to, begunAt, lastingMs);
  const longest = (lastingMs + REACH_MS) / 1000;
  if (near && span.seconds >= 0 && span.seconds <= longest) return span;
  return { ...span, from: begunAt, to: begunAt, seconds: 0 };
}

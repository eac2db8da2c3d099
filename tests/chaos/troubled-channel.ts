import type { LiveOrigin, OriginSegment, PlaylistFault, SegmentFault } from '../live-origin/live-origin.js';

interface Span {
  readonly what: string;
  readonly fromMs: number;
  readonly toMs: number;
}

const watchMilliseconds = 100;

/**
 * How long a source has to work, while the server runs too, to be sure that it was read: with every back-off, on a busy
 * machine.
 */
const lookedAtMilliseconds = 12_000;

/** A live origin, with a record of its trouble, and therefore of what could be fetched. */
export class TroubledChannel {
  readonly troubles: Span[] = [];
  readonly #troubled = new Set<number>();
  /** By index: when it was first listed, and until when. */
  readonly #listed: { readonly fromMs: number; toMs: number }[] = [];
  readonly #timer: ReturnType<typeof setInterval>;
  #lifts: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly number: number,
    readonly origin: LiveOrigin,
  ) {
    this.#watch();
    this.#timer = setInterval(() => this.#watch(), watchMilliseconds);
  }

  /** The playlist fails for a while. */
  playlist(fault: PlaylistFault, milliseconds: number): void {
    const now = Date.now();
    this.lift();
    this.origin.faults.playlist(fault);
    this.troubles.push({
      what: `playlist ${'status' in fault ? fault.status : fault.kind}`,
      fromMs: now,
      toMs: now + milliseconds,
    });
    this.#lifts = setTimeout(() => this.lift(), milliseconds);
  }

  /** The next segments fail this many times each. */
  segments(fault: SegmentFault, count: number, times: number): void {
    const next = this.origin.broadcast.published.length;
    const indexes = Array.from({ length: count }, (_, offset) => next + offset);
    for (const index of indexes) {
      this.#troubled.add(index);
      this.origin.faults.segments(fault, [index], times);
    }
    this.troubles.push({ what: `${times} × ${fault.kind} of ${indexes.join()}`, fromMs: Date.now(), toMs: Date.now() });
  }

  lift(): void {
    clearTimeout(this.#lifts);
    this.origin.faults.playlist();
  }

  /** No more trouble. */
  calm(): void {
    this.lift();
    this.origin.faults.clear();
  }

  /** Nothing new is listed any more. */
  end(): void {
    clearInterval(this.#timer);
    this.#watch();
  }

  /**
   * Segments that were listed where the list could be read for long enough, with the server running, and never failed
   * themselves.
   */
  obtainable(downs: readonly Span[], sinceMs: number, untilMs: number): readonly OriginSegment[] {
    const bad = [...this.troubles.filter(({ toMs, fromMs }) => toMs > fromMs), ...downs];
    return this.origin.segments().filter(({ index }) => {
      const listed = this.#listed[index];
      if (listed === undefined || this.#troubled.has(index)) return false;
      const from = Math.max(listed.fromMs, sinceMs);
      const to = Math.min(listed.toMs, untilMs);
      return longestOutside(bad, from, to) >= lookedAtMilliseconds;
    });
  }

  #watch(): void {
    const now = Date.now();
    for (const { index } of this.origin.broadcast.listed()) {
      const listed = (this.#listed[index] ??= { fromMs: now, toMs: now });
      listed.toMs = now;
    }
  }
}

/** Milliseconds of the longest stretch between two instants outside of all spans. */
function longestOutside(spans: readonly Span[], fromMs: number, toMs: number): number {
  let [at, longest] = [fromMs, 0];
  for (const span of spans.toSorted((left, right) => left.fromMs - right.fromMs)) {
    if (span.toMs <= at || span.fromMs >= toMs) continue;
    longest = Math.max(longest, span.fromMs - at);
    at = Math.max(at, span.toMs);
  }
  return Math.max(longest, toMs - at);
}

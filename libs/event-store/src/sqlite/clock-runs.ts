import type { Database, Statement } from 'better-sqlite3';
import type { Span } from '../event-query.js';
import { isSearchable } from './schema.js';

type Setback = readonly [position: number, recordedAt: number, recordedBefore: number];

/**
 * Finds instants in the log. Events are recorded in the order of the clock, except where it was set back (or where an
 * imported log begins). The log keeps those places, so it consists of a few runs, in each of which instants are in
 * order.
 */
export class ClockRuns {
  readonly #setbacks: Statement<[], Setback> | undefined;
  readonly #from: Statement<[number], [position: number, recordedAt: number]>;

  constructor(db: Database) {
    this.#setbacks = isSearchable(db)
      ? db.prepare<[], Setback>('SELECT * FROM clock_setback ORDER BY position').raw()
      : undefined;
    this.#from = db
      .prepare<[number], [position: number, recordedAt: number]>(
        'SELECT position, recorded_at FROM event WHERE position >= ? ORDER BY position LIMIT 1',
      )
      .raw();
  }

  /** If not, each event has to be checked for its instant. */
  get areKnown(): boolean {
    return this.#setbacks !== undefined;
  }

  /**
   * The parts of a span whose events were recorded between two instants (milliseconds, inclusive), in the span's
   * direction. For a log that only older versions have written, the whole span: each event has to be checked there.
   * @param head of the log
   */
  within(span: Span, from: number, to: number, head: number): readonly Span[] {
    const { after, before, direction } = span;
    const begin = Math.max(1, after + 1);
    const end = Math.min(before, head + 1);
    const isBounded = from > Number.MIN_SAFE_INTEGER || to < Number.MAX_SAFE_INTEGER;
    if (begin >= end || from > to) return [];
    if (!isBounded || this.#setbacks === undefined) return [{ ...span, after: begin - 1, before: end }];
    const parts: Span[] = [];
    for (const run of runsOf(this.#setbacks.all(), head)) {
      if (run.end <= begin || run.start >= end || run.last < from || run.first > to) continue;
      const [low, high] = [Math.max(run.start, begin), Math.min(run.end, end)];
      const start = run.first >= from ? low : this.#firstFrom(from, low, high);
      const stop = run.last <= to ? high : this.#firstFrom(to + 1, start, high);
      const previous = parts.at(-1);
      if (previous?.before === start) parts[parts.length - 1] = { ...previous, before: stop };
      else if (start < stop) parts.push({ after: start - 1, before: stop, direction });
    }
    return direction === 'forwards' ? parts : parts.toReversed();
  }

  /** Within a run: the first position recorded at that instant or later, `high` if there is none below. */
  #firstFrom(instant: number, low: number, high: number): number {
    let [start, end] = [low, high];
    while (start < end) {
      const middle = Math.floor((start + end) / 2);
      const [position, recordedAt] = this.#from.get(middle) ?? [end, Number.MAX_SAFE_INTEGER];
      if (position >= end || recordedAt >= instant) end = middle;
      else start = position + 1;
    }
    return start;
  }
}

/** Positions from `start` up to `end` (exclusive); recorded from `first` to `last`, as far as known. */
interface Run {
  readonly start: number;
  readonly end: number;
  readonly first: number;
  readonly last: number;
}

function* runsOf(setbacks: readonly Setback[], head: number): Generator<Run> {
  let [start, first] = [1, Number.MIN_SAFE_INTEGER];
  for (const [position, recordedAt, recordedBefore] of setbacks) {
    yield { start, end: position, first, last: recordedBefore };
    [start, first] = [position, recordedAt];
  }
  yield { start, end: head + 1, first, last: Number.MAX_SAFE_INTEGER };
}

import { childrenOf, numberOf, ticksOf } from './mpd-values.js';
import type { XmlElement } from './xml.js';

/** How many segments of a long window are considered: with segments of two seconds, more than five hours. */
export const MOST_SEGMENTS = 10_000;

/** A segment's number, and its time and length in ticks of its timescale. */
export interface Stretch {
  readonly number: number;
  readonly time: bigint;
  readonly length: bigint;
}

/** What the clock and the place of a period say about its segments. All values in seconds. */
export interface PeriodTimes {
  readonly startSeconds: number;
  /** Undefined while the period goes on. */
  readonly endSeconds: number | undefined;
  /** From the period's start to now. */
  readonly liveSeconds: number;
  readonly windowSeconds: number;
}

interface Repeated extends Stretch {
  readonly count: number;
}

/**
 * Segments of `S` elements with start, duration and repeats. A negative repeat goes on to the next element, or to the
 * live edge. Of an excessively long list only the end is kept.
 */
export function byTimeline(timeline: XmlElement, firstNumber: number, liveTime: bigint): readonly Stretch[] {
  const entries = childrenOf(timeline, 'S');
  const repeated: Repeated[] = [];
  let number = firstNumber;
  let time = 0n;
  for (const [index, { attributes }] of entries.entries()) {
    time = ticksOf(attributes['t']) ?? time;
    const length = ticksOf(attributes['d']) ?? 0n;
    if (length <= 0n) break;
    const end = ticksOf(entries[index + 1]?.attributes['t']) ?? liveTime;
    const repeats = Math.trunc(numberOf(attributes['r'], 0));
    const count = repeats < 0 ? Math.max(1, Number((end - time) / length)) : repeats + 1;
    repeated.push({ number, time, length, count });
    number += count;
    time += BigInt(count) * length;
  }
  return lastOf(repeated);
}

function lastOf(repeated: readonly Repeated[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (let at = repeated.length - 1; at >= 0 && stretches.length < MOST_SEGMENTS; at -= 1) {
    const entry = repeated[at];
    if (entry === undefined) continue;
    const first = Math.max(0, entry.count - (MOST_SEGMENTS - stretches.length));
    for (let nth = entry.count - 1; nth >= first; nth -= 1)
      stretches.push({
        number: entry.number + nth,
        time: entry.time + BigInt(nth) * entry.length,
        length: entry.length,
      });
  }
  return stretches.toReversed();
}

/** By the clock: a segment can be fetched once it has wholly happened, or earlier by the time it is offered early. */
export function byDuration(
  { length, timescale, firstNumber, offset }: SegmentClock,
  { startSeconds, endSeconds, liveSeconds, windowSeconds }: PeriodTimes,
): readonly Stretch[] {
  if (length <= 0n || !(timescale > 0)) return [];
  const lengthSeconds = Number(length) / timescale;
  const happened = Math.floor(liveSeconds / lengthSeconds);
  const all = endSeconds === undefined ? Infinity : Math.ceil((endSeconds - startSeconds) / lengthSeconds - 1e-6);
  const there = Math.min(happened, all);
  const oldest = Math.floor((liveSeconds - windowSeconds) / lengthSeconds);
  const stretches: Stretch[] = [];
  for (let nth = Math.max(0, oldest, there - MOST_SEGMENTS); nth < there; nth += 1)
    stretches.push({ number: firstNumber + nth, time: offset + BigInt(nth) * length, length });
  return stretches;
}

export interface SegmentClock {
  readonly length: bigint;
  readonly timescale: number;
  readonly firstNumber: number;
  /** The media time at the start of the period (`presentationTimeOffset`). */
  readonly offset: bigint;
}

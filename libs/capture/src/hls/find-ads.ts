import type { DateRange, MediaPlaylist, MediaSegment } from './playlist.js';

/** How Twitch marks the advertising that its server inserts into the broadcast. */
const AD_CLASS = 'twitch-stitched-ad';
const AD_ID = 'stitched-ad-';
const AD_TITLE = 'Amazon';

/**
 * An open date range counts as advertising for this long at most: losing the rest of a broadcast would be worse than
 * recording an advertisement.
 */
const LONGEST_OPEN_MS = 600_000;

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Finds the segments of a playlist that are advertising, by the date ranges that cover them or by their titles. */
export function findAds({ dateRanges }: Pick<MediaPlaylist, 'dateRanges'>): (segment: MediaSegment) => boolean {
  const spans = apart(spansOf(dateRanges.filter((range) => isAd(range))));
  return ({ title, programDateTimeMs, durationSeconds }) => {
    if (title.includes(AD_TITLE)) return true;
    if (programDateTimeMs === undefined || spans.length === 0) return false;
    // Compared by its middle, because the edges of ranges and segments are rounded differently.
    const middle = programDateTimeMs + durationSeconds * 500;
    const last = firstAfter(spans, ({ fromMs }) => fromMs > middle) - 1;
    return middle < (spans[last]?.toMs ?? -Infinity);
  };
}

const isAd = (range: DateRange): boolean => range.class === AD_CLASS || range.id.startsWith(AD_ID);

/** Tags with one ID describe one range (RFC 8216 section 4.3.2.7). The end often arrives later than the start. */
function spansOf(ranges: readonly DateRange[]): readonly Span[] {
  const byId = Map.groupBy(ranges, ({ id }) => id);
  const starts = startsByClass(ranges);
  return [...byId.values()].map((tags) => {
    const fromMs = tags.reduce((least, { startMs }) => Math.min(least, startMs), Infinity);
    const ends = tags.flatMap((tag) => endOf(tag, starts) ?? []);
    const toMs = ends.reduce((most, end) => Math.max(most, end), -Infinity);
    return { fromMs, toMs: ends.length > 0 ? toMs : fromMs + LONGEST_OPEN_MS };
  });
}

/** In order, with overlapping and touching ones merged. */
function apart(spans: readonly Span[]): readonly Span[] {
  const joined: { fromMs: number; toMs: number }[] = [];
  for (const { fromMs, toMs } of spans.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = joined.at(-1);
    if (last !== undefined && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else joined.push({ fromMs, toMs });
  }
  return joined;
}

type StartsByClass = ReadonlyMap<string | undefined, readonly number[]>;

function startsByClass(ranges: readonly DateRange[]): StartsByClass {
  const byClass = Map.groupBy(ranges, ({ class: kind }) => kind);
  return new Map(
    [...byClass].map(([kind, all]) => [kind, all.map(({ startMs }) => startMs).toSorted((a, b) => a - b)] as const),
  );
}

function endOf({ startMs, endMs, class: kind, attributes }: DateRange, starts: StartsByClass): number | undefined {
  if (endMs !== undefined) return endMs;
  if (attributes.get('END-ON-NEXT') === 'YES') {
    const ofClass = starts.get(kind) ?? [];
    const next = ofClass[firstAfter(ofClass, (start) => start > startMs)];
    if (next !== undefined) return next;
  }
  const planned = Number(attributes.get('PLANNED-DURATION'));
  return planned > 0 ? startMs + planned * 1000 : undefined;
}

/**
 * The index of the first item for which `isAfter` is true, if it is true for all that follow; the list's length if
 * there is none.
 */
function firstAfter<Item>(list: readonly Item[], isAfter: (item: Item) => boolean): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = list[middle];
    if (item !== undefined && isAfter(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}

import type { DateRange, MediaPlaylist, MediaSegment } from './playlist.js';

/** How Twitch marks the advertising that its server puts in place of the broadcast. */
const AD_CLASS = 'twitch-stitched-ad';
const AD_ID = 'stitched-ad-';
const AD_TITLE = 'Amazon';

/** A range that nobody ends is not believed for longer: leaving out the rest of a broadcast would be worse than an advertisement. */
const LONGEST_OPEN_MS = 600_000;

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Tells which segments of a playlist are advertising: by the date ranges that cover them, or by their titles. */
export function findAds({ dateRanges }: Pick<MediaPlaylist, 'dateRanges'>): (segment: MediaSegment) => boolean {
  const spans = apart(spansOf(dateRanges.filter((range) => isAd(range))));
  return ({ title, programDateTimeMs, durationSeconds }) => {
    if (title.includes(AD_TITLE)) return true;
    if (programDateTimeMs === undefined || spans.length === 0) return false;
    // By its middle: the edges of ranges and segments are rounded differently.
    const middle = programDateTimeMs + durationSeconds * 500;
    const last = firstAfter(spans, ({ fromMs }) => fromMs > middle) - 1;
    return middle < (spans[last]?.toMs ?? -Infinity);
  };
}

const isAd = (range: DateRange): boolean => range.class === AD_CLASS || range.id.startsWith(AD_ID);

/** Tags of one ID are one range, told of bit by bit (RFC 8216 section 4.3.2.7): its end often comes later than its start. */
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

/** In order, and none within or touching another. */
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

/** The index of the first that is true of, in a list that it is true of from there on; the list's length where it never is. */
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

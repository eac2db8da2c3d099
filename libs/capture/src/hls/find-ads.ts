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
  const spans = spansOf(dateRanges.filter((range) => isAd(range)));
  return ({ title, programDateTimeMs, durationSeconds }) => {
    if (title.includes(AD_TITLE)) return true;
    if (programDateTimeMs === undefined) return false;
    // By its middle: the edges of ranges and segments are rounded differently.
    const middle = programDateTimeMs + durationSeconds * 500;
    return spans.some(({ fromMs, toMs }) => fromMs <= middle && middle < toMs);
  };
}

const isAd = (range: DateRange): boolean => range.class === AD_CLASS || range.id.startsWith(AD_ID);

/** Tags of one ID are one range, told of bit by bit (RFC 8216 section 4.3.2.7): its end often comes later than its start. */
function spansOf(ranges: readonly DateRange[]): readonly Span[] {
  const byId = new Map<string, DateRange[]>();
  for (const range of ranges) byId.set(range.id, [...(byId.get(range.id) ?? []), range]);
  return [...byId.values()].map((tags) => {
    const fromMs = Math.min(...tags.map(({ startMs }) => startMs));
    const ends = tags.flatMap((tag) => endOf(tag, ranges) ?? []);
    return { fromMs, toMs: ends.length > 0 ? Math.max(...ends) : fromMs + LONGEST_OPEN_MS };
  });
}

function endOf({ startMs, endMs, class: kind, attributes }: DateRange, all: readonly DateRange[]): number | undefined {
  if (endMs !== undefined) return endMs;
  if (attributes.get('END-ON-NEXT') === 'YES') {
    const later = all.filter((other) => other.class === kind && other.startMs > startMs).map((other) => other.startMs);
    if (later.length > 0) return Math.min(...later);
  }
  const planned = Number(attributes.get('PLANNED-DURATION'));
  return planned > 0 ? startMs + planned * 1000 : undefined;
}

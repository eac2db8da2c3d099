import type { Ledger, LedgerGap } from '../ledger/ledger.js';
import type { CaptureFact } from '../port.js';
import type { EarlierSegment } from './plan-segments.js';

/** The longest window that a resumed capture has to recognize. */
const REMEMBERED = 1024;

/** What a ledger holds, as the facts that were or should have been reported about it. */
export function factsOf(ledger: Ledger): readonly CaptureFact[] {
  const facts: CaptureFact[] = [];
  for (const part of ledger.parts) {
    const { number, container, reason, openedAt, closedAt, bytes, segments, durationSeconds } = part;
    facts.push({ kind: 'partOpened', at: openedAt, number, container, reason });
    if (closedAt === undefined) continue;
    facts.push({ kind: 'partClosed', at: closedAt, number, bytes, segments, durationSeconds });
  }
  for (const { from, to, seconds, cause } of ledger.gaps) facts.push({ kind: 'gap', from, to, seconds, cause });
  for (const ad of ledger.ads) {
    // Advertising that may go on is reported when it has ended.
    if (ad === ledger.openAd) continue;
    const { from, to, seconds, kept } = ad;
    facts.push({ kind: 'ad', from, to, seconds, kept });
  }
  return facts;
}

/** The last segments, for a planner that continues from them. */
export function knownSegments(ledger: Ledger): readonly EarlierSegment[] {
  const gap = ledger.gaps.at(-1);
  const known = stored(ledger, gap);
  const ad = ledger.ads.at(-1);
  if (ad?.last === undefined || ad.segmentsBefore < ledger.segments.length) return known;
  // The source was in the middle of advertising, which has left no segment.
  const toMs = Date.parse(ad.to);
  const before = known.at(-1);
  const endsAtMs = Math.max(toMs, before?.endsAtMs ?? toMs);
  return [...known, { ...ad.last, startsAtMs: toMs, endsAtMs, estimated: before?.estimated ?? true }];
}

function stored(ledger: Ledger, gap: LedgerGap | undefined): readonly EarlierSegment[] {
  return ledger.segments.slice(-REMEMBERED).map((segment, index, all) => {
    const { mediaSequence, identity, startsAtMs, durationSeconds, estimated } = segment;
    const endsAtMs = startsAtMs + durationSeconds * 1000;
    const isLast = index === all.length - 1;
    // A gap after the last segment is recorded already, so what follows begins where the gap ends.
    const recorded = isLast && gap?.atMediaSeconds === ledger.totals.durationSeconds ? Date.parse(gap.to) : endsAtMs;
    return { mediaSequence, identity, startsAtMs, endsAtMs: Math.max(endsAtMs, recorded), estimated };
  });
}

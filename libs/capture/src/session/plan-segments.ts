import { findAds } from '../hls/find-ads.js';
import { inOrder } from '../hls/listed-order.js';
import type { MediaPlaylist, MediaSegment } from '../hls/playlist.js';
import type { AdChoice, Cause } from '../port.js';
import { EarlierSegments } from './earlier-segments.js';
import { LISTED_LATE, MOVED_ON, SOURCE_GAP, SOURCE_RESTARTED, WAS_AWAY } from './gap-causes.js';

/** A segment that was taken before, with what a planner needs to recognize it. */
export interface EarlierSegment {
  readonly mediaSequence: number;
  readonly identity: string;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  /** The start was calculated, not given by the source. */
  readonly estimated: boolean;
}

export interface SegmentStep {
  readonly kind: 'segment';
  readonly segment: MediaSegment;
  readonly startsAtMs: number;
  /** The source gives no date-time, so the start is calculated. */
  readonly estimated: boolean;
  readonly discontinuity: boolean;
  /** Advertising that is kept. */
  readonly ad: boolean;
  /** The first segment after the source restarted its numbers. */
  readonly reset: boolean;
  /** Number of resets before it. */
  readonly epoch: number;
}

export interface GapStep {
  readonly kind: 'gap';
  readonly fromMs: number;
  readonly toMs: number;
  readonly cause: Cause;
}

/** A segment of advertising that is left out. */
export interface AdStep {
  readonly kind: 'ad';
  readonly fromMs: number;
  readonly toMs: number;
  readonly mediaSequence: number;
  readonly identity: string;
}

export type PlanStep = SegmentStep | GapStep | AdStep;

/** Where a segment stands in its list. */
interface Place {
  readonly lengths: Lengths;
  readonly index: number;
  readonly loadedAtMs: number;
}

type Relation = 'first' | 'forward' | 'stale' | 'reset';

/** A smaller hole between two consecutive segments comes from inexact dates and durations. */
const LEAST_PAUSE_MS = 750;
const LEAST_PAUSE_ROUNDED_MS = 1000;
/**
 * A playlist that is behind by the clock is believed at once. One that is behind by numbers only is believed after this
 * many changed playlists, without or with known segments.
 */
const BEHIND_UNKNOWN = 2;
const BEHIND_KNOWN = 4;

/**
 * Decides which segments of a live playlist are new, from one reload to the next. A segment is recognized by its
 * sequence number, the name in its address and its date together, never by the number alone. Packagers restart and
 * count from the beginning again, edge servers serve a playlist that is some seconds old, and addresses change their
 * tokens.
 */
export class SegmentPlanner {
  #last: EarlierSegment | undefined;
  #resuming: boolean;
  /** How the last list began, and whether its numbers stand still. */
  #listed: Pick<EarlierSegment, 'mediaSequence' | 'identity'> | undefined;
  #isStuck = false;
  #epoch = 0;
  #behind = 0;
  #behindTail: number | undefined;
  #discontinuityPending = false;
  #hasMore = false;
  readonly #known = new EarlierSegments();

  /**
   * @param before what a recovered ledger holds, newest last; `endsAtMs` of the last may lie later, after a recorded
   * gap
   * @param away why nothing was captured since then
   */
  constructor(
    before: readonly EarlierSegment[] = [],
    private readonly ads: AdChoice = 'skip',
    private readonly away: Cause = WAS_AWAY,
  ) {
    this.#last = before.at(-1);
    this.#resuming = this.#last !== undefined;
    for (const segment of before) this.#known.add(segment.identity, segment, before.length);
    this.#known.settle();
  }

  /** The last plan was cut off: planning the same playlist again gives what follows. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /**
   * The list with numbers that go on. In some sources the list moves and the media sequence does not. There, addresses
   * and byte ranges show where the segment that was taken last stands now.
   */
  numbered(listed: MediaPlaylist): MediaPlaylist {
    const { mediaSequence, segments } = listed;
    const [first] = segments;
    const before = this.#listed;
    if (first === undefined) return listed;
    this.#listed = { mediaSequence, identity: first.identity };
    const isStill = before === undefined ? mediaSequence === 0 : before.mediaSequence === mediaSequence;
    if (!isStill) this.#isStuck = false;
    const last = this.#last;
    if (!isStill || last === undefined || (!this.#isStuck && before?.identity === first.identity)) return listed;
    // A number that is an initialisation vector has to stay with its segment.
    if (segments.some(({ key }) => key !== undefined && key.iv === undefined)) return listed;
    const at = segments.findLast(({ identity }) => identity === last.identity)?.mediaSequence;
    if (at === undefined && !this.#isStuck) return listed;
    const shift = at === undefined ? last.mediaSequence + 1 - first.mediaSequence : last.mediaSequence - at;
    if (shift <= 0) return listed;
    this.#isStuck = true;
    const moved = segments.map((segment) => ({ ...segment, mediaSequence: segment.mediaSequence + shift }));
    return { ...listed, mediaSequence: mediaSequence + shift, segments: moved };
  }

  /**
   * What the playlist, loaded at that moment, adds.
   * @param most as many steps are enough for now: a list of days need not be planned to its end before its first segment
   * is fetched
   */
  plan(listed: MediaPlaylist, loadedAtMs: number, most = Infinity): readonly PlanStep[] {
    this.#hasMore = false;
    if (listed.segments.length === 0) return [];
    const playlist = inOrder(listed);
    const relation = this.#relate(playlist);
    if (relation === 'stale') return [];
    this.#behind = 0;
    this.#behindTail = undefined;
    if (relation === 'reset') this.#epoch += 1;
    const slipped = relation === 'forward' ? this.#whereLastSlipped(playlist) : undefined;
    const steps = [...this.#listedLate(playlist.segments.slice(0, slipped ?? 0), playlist.segments.length)];
    const isAd = findAds(playlist);
    const lengths = new Lengths(playlist.segments);
    let anew = relation === 'reset' || slipped !== undefined;
    const isHad = this.#hadBefore(playlist, relation, slipped);
    const { segments } = playlist;
    for (let index = this.#firstOpen(playlist, relation, slipped); index < segments.length; index += 1) {
      const segment = segments[index];
      if (segment === undefined) continue;
      this.#hasMore = steps.length >= most;
      if (this.#hasMore) break;
      const had = isHad(segment, index);
      if (had === 'passed') continue;
      if (had === 'known') {
        // Known segments are listed again under other numbers, so the numbers that follow say nothing about what is
        // missing.
        anew = true;
        continue;
      }
      this.#place(steps, { lengths, index, loadedAtMs }, segment, isAd(segment), anew);
      anew = false;
      this.#resuming = false;
    }
    this.#known.settle();
    return steps;
  }

  /** The index of the first segment that was not passed yet: the numbers of a list go up by one. */
  #firstOpen({ mediaSequence }: MediaPlaylist, relation: Relation, slipped: number | undefined): number {
    if (relation !== 'forward') return 0;
    return slipped === undefined ? Math.max(0, (this.#last?.mediaSequence ?? -1) + 1 - mediaSequence) : slipped + 1;
  }

  /** For each segment, tells whether it was passed already, is known under another number, or neither. */
  #hadBefore(
    { segments }: MediaPlaylist,
    relation: Relation,
    slipped: number | undefined,
  ): (segment: MediaSegment, index: number) => 'passed' | 'known' | undefined {
    const before = this.#last;
    const [beforeSequence, beforeEndsAtMs] = [before?.mediaSequence ?? -1, before?.endsAtMs];
    // Numbers that go on can be trusted. Only after a jump may old segments appear under new numbers.
    const jumped = relation === 'reset' || (segments[0]?.mediaSequence ?? 0) > (before?.mediaSequence ?? Infinity) + 1;
    const tail = segments.at(-1);
    const tailMs = tail?.programDateTimeMs ?? -Infinity;
    const newer = tail !== undefined && !startsBefore(tail, beforeEndsAtMs ?? Infinity);
    // If a list reaches as far as what was taken, its dates show what is new. If it does not, its clock was set back.
    const dated = before?.estimated === false && tailMs > before.startsAtMs - 500;
    return (segment, index) => {
      const had = slipped === undefined ? segment.mediaSequence <= beforeSequence : index <= slipped;
      if (relation === 'forward' && had) return 'passed';
      if (relation === 'reset' && newer && startsBefore(segment, beforeEndsAtMs ?? 0)) return 'passed';
      const known = jumped
        ? this.#isKnown(segment) || (relation === 'forward' && dated && startsBefore(segment, beforeEndsAtMs ?? 0))
        : this.#isTwin(segment);
      return known ? 'known' : undefined;
    };
  }

  /** Where the last segment is listed now, if it has another number there. The numbers then say nothing. */
  #whereLastSlipped({ segments }: MediaPlaylist): number | undefined {
    const last = this.#last;
    const same = segments[(last?.mediaSequence ?? 0) - (segments[0]?.mediaSequence ?? 0)];
    if (last === undefined || same === undefined || same.identity === last.identity) return undefined;
    const found = segments.findLastIndex((segment) => segment.identity === last.identity);
    return found >= 0 && this.#isKnown(segments[found]) ? found : undefined;
  }

  /** Segments that were added to the list in front of those taken, and no longer have a place. */
  *#listedLate(segments: readonly MediaSegment[], window: number): Generator<GapStep> {
    if (segments.length === 0) return;
    const { oldestMs } = this.#known;
    for (const { identity, mediaSequence, programDateTimeMs: fromMs = 0, durationSeconds } of segments) {
      if (fromMs <= oldestMs || this.#known.has(identity)) continue;
      yield { kind: 'gap', fromMs, toMs: fromMs + durationSeconds * 1000, cause: LISTED_LATE };
      this.#known.add(identity, { mediaSequence, startsAtMs: fromMs }, window);
    }
  }

  #relate({ segments, targetDurationSeconds }: MediaPlaylist): Relation {
    const last = this.#last;
    const first = segments[0];
    const tail = segments.at(-1);
    if (last === undefined || first === undefined || tail === undefined) return 'first';
    if (tail.mediaSequence >= last.mediaSequence) {
      const same = segments[last.mediaSequence - first.mediaSequence];
      return this.#isAnother(same, last, targetDurationSeconds) ? 'reset' : 'forward';
    }
    if (tail.programDateTimeMs !== undefined && tail.programDateTimeMs > last.startsAtMs + tail.durationSeconds * 500) {
      return 'reset';
    }
    if (this.#behindTail !== tail.mediaSequence) this.#behind += 1;
    this.#behindTail = tail.mediaSequence;
    const known = segments.some(({ identity }) => this.#known.has(identity));
    return this.#behind >= (known ? BEHIND_KNOWN : BEHIND_UNKNOWN) ? 'reset' : 'stale';
  }

  /** A segment with the same number, but with neither the same name nor the same time: the numbers were reused. */
  #isAnother(same: MediaSegment | undefined, last: EarlierSegment, targetDurationSeconds: number): boolean {
    if (same?.programDateTimeMs === undefined || last.estimated || same.identity === last.identity) return false;
    return Math.abs(same.programDateTimeMs - last.startsAtMs) > (targetDurationSeconds * 2 + 1) * 1000;
  }

  /** Taken already under the same name, at the same time or (if times are not given) under another number. */
  #isKnown(segment: MediaSegment | undefined): boolean {
    if (segment === undefined) return false;
    const { identity, programDateTimeMs, mediaSequence, durationSeconds } = segment;
    const before = this.#known.get(identity);
    if (before === undefined) return false;
    if (programDateTimeMs === undefined) return before.mediaSequence !== mediaSequence;
    return Math.abs(programDateTimeMs - before.startsAtMs) <= durationSeconds * 1000;
  }

  /** Listed a second time: with the same name and the same time. (A picture that is shown again has another time.) */
  #isTwin({ identity, programDateTimeMs, durationSeconds }: MediaSegment): boolean {
    // Usually the segment is later than all before. Then none of them is its twin, and no name has to be looked up.
    if (programDateTimeMs === undefined || programDateTimeMs - this.#known.latestMs >= durationSeconds * 500)
      return false;
    const before = this.#known.get(identity);
    if (before === undefined) return false;
    return Math.abs(programDateTimeMs - before.startsAtMs) < durationSeconds * 500;
  }

  /** Adds the steps for a segment, and for what is missing before it. */
  #place(
    steps: PlanStep[],
    { index, lengths, loadedAtMs }: Place,
    segment: MediaSegment,
    ad: boolean,
    anew: boolean,
  ): void {
    const last = this.#last;
    const missing = last === undefined || anew ? 0 : segment.mediaSequence - last.mediaSequence - 1;
    const startsAtMs =
      segment.programDateTimeMs ?? reckonStart(lengths, index, loadedAtMs, anew ? undefined : last, missing);
    const durationMs = segment.durationSeconds * 1000;
    const lostMs = last === undefined ? 0 : startsAtMs - last.endsAtMs;
    // Numbers that jump while time does not: the source restarted its count, and nothing is missing.
    const jumped = missing > 0 && lostMs < durationMs / 4;
    const lost = jumped ? false : missing > 0 || (anew && lostMs > Math.max(500, durationMs / 2));
    if (last !== undefined && lost) {
      const cause = this.#resuming ? this.away : anew ? SOURCE_RESTARTED : MOVED_ON;
      steps.push({ kind: 'gap', fromMs: last.endsAtMs, toMs: startsAtMs, cause });
    }
    const reset = last !== undefined && (anew || jumped);
    const leastMs = Math.max(segment.rounded === true ? LEAST_PAUSE_ROUNDED_MS : LEAST_PAUSE_MS, durationMs / 2);
    const paused = missing === 0 && last?.estimated === false && lostMs > leastMs;
    // Nothing was broadcast for a while. The media's timestamps may have a hole there too, whether the source says so
    // or not.
    const broken = segment.discontinuity || reset || paused || this.#discontinuityPending;
    const discontinuity = last !== undefined && broken;
    const endsAtMs = startsAtMs + durationMs;
    const estimated = segment.programDateTimeMs === undefined;
    const { mediaSequence, identity } = segment;
    let knownUntilMs = endsAtMs;
    if (ad && this.ads === 'skip') {
      // What was recorded before a restart is not reported a second time.
      const fromMs = Math.max(startsAtMs, last?.endsAtMs ?? startsAtMs);
      if (fromMs < endsAtMs) steps.push({ kind: 'ad', fromMs, toMs: endsAtMs, mediaSequence, identity });
      else knownUntilMs = fromMs;
      this.#discontinuityPending = discontinuity;
    } else if (segment.gap) {
      steps.push({ kind: 'gap', fromMs: startsAtMs, toMs: endsAtMs, cause: SOURCE_GAP });
      this.#discontinuityPending = discontinuity;
    } else {
      steps.push({ kind: 'segment', segment, startsAtMs, estimated, discontinuity, ad, reset, epoch: this.#epoch });
      this.#discontinuityPending = false;
    }
    this.#last = { mediaSequence, identity, startsAtMs, endsAtMs: knownUntilMs, estimated };
    this.#known.add(identity, this.#last, lengths.count);
  }
}

const startsBefore = ({ programDateTimeMs, durationSeconds }: MediaSegment, ms: number): boolean =>
  programDateTimeMs !== undefined && programDateTimeMs < ms - durationSeconds * 500;

/**
 * The lengths of a list's segments: in total, and from each segment to the end. Calculated once, and only if needed.
 */
class Lengths {
  #ahead: Float64Array | undefined;

  constructor(private readonly segments: readonly MediaSegment[]) {}

  get count(): number {
    return this.segments.length;
  }

  get mean(): number {
    return this.aheadOf(0) / this.segments.length;
  }

  /** In seconds, from the start of that segment to the end of the last one. */
  aheadOf(index: number): number {
    if (this.#ahead === undefined) {
      this.#ahead = new Float64Array(this.segments.length);
      let sum = 0;
      for (let at = this.segments.length - 1; at >= 0; at -= 1)
        this.#ahead[at] = sum += this.segments[at]?.durationSeconds ?? 0;
    }
    return this.#ahead[index] ?? 0;
  }
}

/**
 * Without date-times, the start follows from the segment before plus what is missing; else it is counted back from the
 * live edge, which is about now.
 */
const reckonStart = (
  lengths: Lengths,
  index: number,
  loadedAtMs: number,
  last: EarlierSegment | undefined,
  missing: number,
): number =>
  last === undefined
    ? loadedAtMs - lengths.aheadOf(index) * 1000
    : last.endsAtMs + (missing > 0 ? missing * lengths.mean * 1000 : 0);

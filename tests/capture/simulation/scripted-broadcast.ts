import { seeded } from './virtual-clock.js';

/** What goes wrong for a while. All but `hiccup` leave the broadcast itself unchanged. */
export type TroubleKind =
  | 'playlist-error'
  | 'playlist-forbidden'
  | 'playlist-silent'
  | 'playlist-frozen'
  | 'stale-edge'
  | 'hiccup'
  | 'sequence-reset'
  | 'sequence-jump'
  | 'discontinuity'
  | 'segment-missing'
  | 'segment-cut'
  | 'segment-cut-once'
  | 'segment-stalled'
  | 'segment-stalled-once'
  | 'segment-slow';

/** Trouble of a single segment. */
export type SegmentTrouble = Extract<TroubleKind, `segment-${string}`>;

export interface Trouble {
  readonly kind: TroubleKind;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ScriptedSegment {
  readonly index: number;
  /** Its number, as long as the numbers do not jump. */
  readonly sequence: number;
  /** Number of resets before it: only segments of one epoch are listed together. */
  readonly epoch: number;
  readonly discontinuity: boolean;
  readonly startsAtMs: number;
  readonly publishedAtMs: number;
  readonly trouble: SegmentTrouble | undefined;
}

export const SEGMENT_MS = 2000;

/** In segments. */
export interface Retention {
  readonly listed: number;
  /** Still served after they left the list. */
  readonly kept: number;
}

const RETENTIONS: readonly Retention[] = [
  { listed: 10, kept: 20 },
  { listed: 3, kept: 0 },
  { listed: 6, kept: 2 },
  { listed: 4, kept: 0 },
];

/** How often each occurs, of a hundred. */
const WEIGHTS: Readonly<Record<TroubleKind, number>> = {
  'playlist-error': 14,
  'playlist-forbidden': 8,
  'playlist-silent': 6,
  'playlist-frozen': 12,
  'stale-edge': 8,
  hiccup: 8,
  'sequence-reset': 6,
  'sequence-jump': 6,
  discontinuity: 8,
  'segment-missing': 6,
  'segment-cut': 4,
  'segment-cut-once': 8,
  'segment-stalled': 6,
  'segment-stalled-once': 6,
  'segment-slow': 6,
};
const LASTING: ReadonlySet<TroubleKind> = new Set([
  'playlist-error',
  'playlist-forbidden',
  'playlist-silent',
  'playlist-frozen',
  'stale-edge',
  'hiccup',
]);

/** A broadcast with all its trouble. */
export class ScriptedBroadcast {
  readonly segments: readonly ScriptedSegment[];
  readonly endsAtMs: number;

  constructor(
    readonly startsAtMs: number,
    seconds: number,
    /** In the order of their beginnings. */
    readonly troubles: readonly Trouble[],
    readonly retention: Retention = { listed: 10, kept: 20 },
  ) {
    this.endsAtMs = startsAtMs + seconds * 1000;
    this.segments = broadcast(startsAtMs, this.endsAtMs, troubles);
  }

  /** One full of trouble, the same for the same seed. */
  static ofSeed(startsAtMs: number, seconds: number, seed: number): ScriptedBroadcast {
    const troubles = script(startsAtMs, startsAtMs + seconds * 1000, seeded(seed));
    return new ScriptedBroadcast(startsAtMs, seconds, troubles, RETENTIONS[seed % RETENTIONS.length]);
  }

  troubleAt(ms: number): Trouble | undefined {
    return this.troubles.find(({ kind, fromMs, toMs }) => LASTING.has(kind) && fromMs <= ms && ms < toMs);
  }

  /** What the packager lists at that time. */
  listedAt(ms: number): readonly ScriptedSegment[] {
    const published = this.segments.filter(({ publishedAtMs }) => publishedAtMs <= ms);
    const epoch = published.at(-1)?.epoch;
    return published.filter((segment) => segment.epoch === epoch).slice(-this.retention.listed);
  }

  /** What is added to every number at that time, also to those of segments listed before. */
  jumpedBy(ms: number): number {
    const reset = this.troubles.findLast(({ kind, fromMs }) => kind === 'sequence-reset' && fromMs <= ms);
    const jumps = this.troubles.filter(
      ({ kind, fromMs }) => kind === 'sequence-jump' && fromMs <= ms && fromMs > (reset?.fromMs ?? 0),
    );
    return jumps.length * 1000;
  }

  servedUntilMs({ publishedAtMs }: ScriptedSegment): number {
    return publishedAtMs + (this.retention.listed + this.retention.kept) * SEGMENT_MS;
  }

  isOver(ms: number): boolean {
    return ms >= this.endsAtMs;
  }
}

function script(startMs: number, endMs: number, random: () => number): readonly Trouble[] {
  const troubles: Trouble[] = [];
  const quiet = () => 15_000 + random() * 60_000;
  // Neither the first seconds nor the last: whether a source can be opened, and ends, is not tested here.
  for (let at = startMs + 30_000; at < endMs - 180_000;) {
    const kind = pick(random);
    const toMs = at + (LASTING.has(kind) ? 3000 + random() ** 3 * 120_000 : 0);
    troubles.push({ kind, fromMs: at, toMs });
    at = toMs + quiet();
  }
  return troubles;
}

function pick(random: () => number): TroubleKind {
  const kinds = Object.entries(WEIGHTS) as [TroubleKind, number][];
  let left = random() * kinds.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [kind, weight] of kinds) {
    left -= weight;
    if (left < 0) return kind;
  }
  return 'playlist-error';
}

const isOfSegment = (kind: TroubleKind): kind is SegmentTrouble => kind.startsWith('segment-');

function broadcast(startMs: number, endMs: number, troubles: readonly Trouble[]): readonly ScriptedSegment[] {
  const segments: ScriptedSegment[] = [];
  const left = [...troubles];
  let [sequence, epoch] = [100, 0];
  for (let at = startMs; at + SEGMENT_MS <= endMs;) {
    let discontinuity = false;
    let trouble: ScriptedSegment['trouble'];
    while (left[0] !== undefined && left[0].fromMs <= at) {
      const { kind, toMs } = left.shift()!;
      if (kind === 'hiccup') at = Math.max(at, toMs);
      if (kind === 'sequence-reset') [sequence, epoch] = [0, epoch + 1];
      if (kind === 'discontinuity' || kind === 'sequence-reset') discontinuity = true;
      if (isOfSegment(kind)) trouble = kind;
    }
    const publishedAtMs = at + SEGMENT_MS;
    segments.push({ index: segments.length, sequence, epoch, discontinuity, startsAtMs: at, publishedAtMs, trouble });
    sequence += 1;
    at = publishedAtMs;
  }
  return segments;
}

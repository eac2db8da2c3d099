import type { Gap, Part, Recording } from '@streamvault/api-contract';
import { formatBytes, formatSpan, formatTime, spokenDuration } from '../ui/formats';

/** A span of the broadcast; places in percent of the whole. */
export interface Span {
  readonly key: string;
  readonly kind: 'part' | 'gap';
  readonly left: number;
  readonly width: number;
  readonly title: string;
  readonly detail: string;
  /** Where a part begins in the recording's media time. */
  readonly mediaStart: number | null;
}
export interface Tick {
  readonly left: number;
  readonly label: string;
}
export interface Timeline {
  readonly spans: readonly Span[];
  readonly ticks: readonly Tick[];
  readonly from: number;
  readonly to: number;
}

/** Gaps nearer to each other than this share of the whole cannot be told apart by a finger: they are shown as one. */
const mergeShare = 0.006;

type Source = Pick<Recording, 'parts' | 'gaps' | 'startedAt' | 'endedAt'>;

/** Parts and gaps on the wall clock, to scale; `now` (ms) is the end while it goes on. Undefined while nothing was captured. */
export function layoutTimeline({ parts, gaps, startedAt, endedAt }: Source, now: number): Timeline | undefined {
  if (startedAt === null || parts.length === 0) return undefined;
  const end = endedAt === null ? now : Date.parse(endedAt);
  const closing = (part: Part): number => (part.closedAt === null ? end : Date.parse(part.closedAt));
  const from = Math.min(
    Date.parse(startedAt),
    ...parts.map((part) => Date.parse(part.openedAt)),
    ...gaps.map((gap) => Date.parse(gap.from)),
  );
  const to = Math.max(end, ...parts.map(closing), ...gaps.map((gap) => Date.parse(gap.to)), from + 1000);
  const at = (instant: number): number => ((instant - from) / (to - from)) * 100;

  let mediaStart = 0;
  const partSpans = parts.map((part): Span => {
    const left = at(Date.parse(part.openedAt));
    const span = {
      key: `part-${part.number}`,
      kind: 'part' as const,
      left,
      width: at(closing(part)) - left,
      title: `Part ${part.number}`,
      detail: `${spokenDuration(part.durationSeconds)}, ${formatBytes(part.bytes)}, ${partReason(part.reason)}`,
      mediaStart,
    };
    mediaStart += part.durationSeconds;
    return span;
  });
  const gapSpans = cluster(gaps, (to - from) * mergeShare).map((group, index): Span => {
    const first = Date.parse(group[0].from);
    const last = Math.max(...group.map((gap) => Date.parse(gap.to)));
    const seconds = group.reduce((sum, gap) => sum + gap.seconds, 0);
    const causes = [...new Set(group.map((gap) => gap.cause.message))].join(' ');
    return {
      key: `gap-${index}`,
      kind: 'gap',
      left: at(first),
      width: at(last) - at(first),
      title:
        group.length === 1 ? `Gap of ${formatSpan(seconds)}` : `${group.length} gaps, ${formatSpan(seconds)} in all`,
      detail: `${formatTime(new Date(first).toISOString())} to ${formatTime(new Date(last).toISOString())}. ${causes}`,
      mediaStart: null,
    };
  });
  return { spans: [...partSpans, ...gapSpans], ticks: ticksOf(from, to, at), from, to };
}

/**
 * The instant (ms) at which what is at a media time was captured: exact at the ends of a part, evenly spread between
 * them. For a file, which says nothing of the wall clock itself.
 */
export function instantAt({ parts, endedAt }: Pick<Source, 'parts' | 'endedAt'>, mediaSeconds: number): number | null {
  let mediaStart = 0;
  for (const part of parts) {
    const opened = Date.parse(part.openedAt);
    const end = part.closedAt ?? endedAt;
    const lasted = end === null ? part.durationSeconds * 1000 : Date.parse(end) - opened;
    const share = part.durationSeconds > 0 ? (mediaSeconds - mediaStart) / part.durationSeconds : 0;
    if (share <= 1) return opened + Math.max(0, share) * lasted;
    mediaStart += part.durationSeconds;
  }
  return null;
}

function cluster(gaps: readonly Gap[], nearMilliseconds: number): [Gap, ...Gap[]][] {
  const groups: [Gap, ...Gap[]][] = [];
  for (const gap of gaps.toSorted((left, right) => Date.parse(left.from) - Date.parse(right.from))) {
    const group = groups.at(-1);
    const before = group?.at(-1);
    if (group && before && Date.parse(gap.from) - Date.parse(before.to) < nearMilliseconds) group.push(gap);
    else groups.push([gap]);
  }
  return groups;
}

const reasons: Readonly<Record<string, string>> = {
  start: 'begun at the start',
  restart: 'begun after an interruption',
  discontinuity: 'begun because the stream changed',
  rotation: 'begun to keep files small',
  'sequence-reset': 'begun because the source counted anew',
};
export const partReason = (reason: string): string => reasons[reason] ?? `begun: ${reason}`;

const minute = 60;
const hour = 3600;
const steps = [
  1,
  2,
  5,
  10,
  15,
  30,
  minute,
  2 * minute,
  5 * minute,
  10 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  3 * hour,
  6 * hour,
  12 * hour,
  24 * hour,
];
const mostTicks = 6;
const lastLabelPercent = 94;

function ticksOf(from: number, to: number, at: (instant: number) => number): Tick[] {
  const step = 1000 * (steps.find((seconds) => (to - from) / 1000 / seconds <= mostTicks) ?? 24 * hour);
  const ticks: Tick[] = [];
  // Ticks stand on round local times.
  const offset = new Date(from).getTimezoneOffset() * minute * 1000;
  for (let instant = Math.ceil((from - offset) / step) * step + offset; instant <= to; instant += step) {
    const label = formatTime(new Date(instant).toISOString());
    // A label at the very end would be cut off.
    if (at(instant) <= lastLabelPercent)
      ticks.push({ left: at(instant), label: step >= minute * 1000 ? label.slice(0, 5) : label });
  }
  return ticks;
}

import type { Part, Recording } from '@streamvault/api-contract';
import { formatBytes, formatSpan, formatTime, spokenDuration } from '../ui/formats';

/** A span of the broadcast; places in percent of the whole. */
export interface Span {
  readonly key: string;
  /** Captured; could not be fetched; advertising, left out or kept; a time without any bytes. */
  readonly kind: 'part' | 'gap' | 'ad' | 'stall';
  readonly left: number;
  readonly width: number;
  readonly title: string;
  readonly detail: string;
  /** Where to play from, in the recording's media time, to see it; null: there is nothing behind it. */
  readonly mediaStart: number | null;
  /** How much of its width it really took, 0 to 1: the time between spans that are shown as one was captured. */
  readonly share: number;
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

/**
 * Spans of one kind that are closer together than this share of the whole cannot be distinguished. They are shown as
 * one, which is never wider than that, so that many small spans do not look like a large one.
 */
const mergeShare = 0.01;
/** Parts that are shown as one may be wider, because they can be played from and look the same. */
const partsMergeShare = 0.04;

/** Ads and stalls may be missing: earlier versions did not record them. */
export type TimelineSource = Pick<Recording, 'parts' | 'gaps' | 'startedAt' | 'endedAt'> &
  Partial<Pick<Recording, 'ads' | 'stalls'>>;

/** The broadcast on the wall clock, to scale; `now` (ms) is the end while it goes on. Undefined while nothing was captured. */
export function layoutTimeline(source: TimelineSource, now: number): Timeline | undefined {
  const { parts, gaps, ads = [], stalls = [], startedAt, endedAt } = source;
  if (startedAt === null || parts.length === 0) return undefined;
  const end = endedAt === null ? now : Date.parse(endedAt);
  const closing = (part: Part): number => (part.closedAt === null ? end : Date.parse(part.closedAt));
  const from = Math.min(
    Date.parse(startedAt),
    ...parts.map((part) => Date.parse(part.openedAt)),
    ...[...gaps, ...ads].map((span) => Date.parse(span.from)),
  );
  const to = Math.max(end, ...parts.map(closing), ...[...gaps, ...ads].map((span) => Date.parse(span.to)), from + 1000);
  const at = (instant: number): number => ((instant - from) / (to - from)) * 100;

  const near = (to - from) * mergeShare;
  let mediaStart = 0;
  const partSpans = clusterParts(parts, closing, (to - from) * partsMergeShare).map((group): Span => {
    const [first] = group;
    const last = group.at(-1) ?? first;
    const left = at(Date.parse(first.openedAt));
    const seconds = group.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
    const bytes = group.reduce((sum, part) => sum + part.bytes, 0);
    const begun = group.length === 1 ? `, ${partReason(first.reason)}` : '';
    const span = {
      key: `part-${first.number}`,
      kind: 'part' as const,
      left,
      width: at(closing(last)) - left,
      title: group.length === 1 ? `Part ${first.number}` : `Parts ${first.number} to ${last.number}`,
      detail: `${spokenDuration(seconds)}, ${formatBytes(bytes)}${begun}`,
      mediaStart,
      share: 1,
    };
    mediaStart += seconds;
    return span;
  });
  const spanOf = (kind: Span['kind'], group: Group<Happened>, index: number, title: string, why: string): Span => {
    const first = Date.parse(group[0].from);
    const last = Math.max(...group.map((one) => Date.parse(one.to)));
    const detail = `${formatTime(new Date(first).toISOString())} to ${formatTime(new Date(last).toISOString())}. ${why}`;
    return {
      key: `${kind}-${index}`,
      kind,
      left: at(first),
      width: at(last) - at(first),
      title,
      detail,
      mediaStart: mediaAt(source, first),
      share: group.length === 1 ? 1 : Math.min(1, (total(group) * 1000) / Math.max(1, last - first)),
    };
  };
  const gapSpans = cluster(gaps, near).map((group, index) => {
    const seconds = formatSpan(total(group));
    const title = group.length === 1 ? `Gap of ${seconds}` : `${group.length} gaps, ${seconds} in total`;
    return spanOf('gap', group, index, title, causesOf(group));
  });
  const adSpans = cluster(ads, near).map((group, index) => {
    const kept = group.filter((ad) => ad.kept).length;
    const fate = kept === 0 ? 'Left out.' : kept === group.length ? 'Kept in the video.' : 'Some kept, some left out.';
    return spanOf('ad', group, index, `Advertising of ${formatSpan(total(group))}`, fate);
  });
  const silences = stalls.map((stall) => {
    const until = stall.to === null ? end : Date.parse(stall.to);
    const seconds = Math.max(0, until - Date.parse(stall.from)) / 1000;
    return { ...stall, to: new Date(Math.max(until, Date.parse(stall.from))).toISOString(), seconds };
  });
  const stallSpans = cluster(silences, near).map((group, index) => {
    const title = `No bytes for ${formatSpan(Math.round(total(group)))}${group.length === 1 ? '' : ' in total'}`;
    return spanOf('stall', group, index, title, causesOf(group));
  });
  // In order of time, for the keyboard and screen readers; styles decide what lies on top.
  const spans = [...partSpans, ...gapSpans, ...adSpans, ...stallSpans].toSorted((one, other) => one.left - other.left);
  return { spans, ticks: ticksOf(from, to, at), from, to };
}

interface Happened {
  readonly from: string;
  readonly to: string;
  readonly seconds: number;
}
type Group<One> = readonly [One, ...One[]];

const total = (group: readonly Happened[]): number => group.reduce((sum, { seconds }) => sum + seconds, 0);
const causesOf = (group: readonly { readonly cause: { readonly message: string } }[]): string =>
  [...new Set(group.map(({ cause }) => cause.message))].join(' ');

/**
 * The instant (ms) at which what is at a media time was captured: exact at the ends of a part, evenly spread between
 * them. For a file, which says nothing of the wall clock itself.
 */
export function instantAt(
  { parts, endedAt }: Pick<TimelineSource, 'parts' | 'endedAt'>,
  mediaSeconds: number,
): number | null {
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

/** The media time of what was captured at an instant (ms), or next after it; the inverse of {@link instantAt}. */
export function mediaAt({ parts, endedAt }: Pick<TimelineSource, 'parts' | 'endedAt'>, instant: number): number | null {
  let mediaStart = 0;
  for (const part of parts) {
    const opened = Date.parse(part.openedAt);
    if (instant <= opened) return mediaStart;
    const end = part.closedAt ?? endedAt;
    const lasted = end === null ? part.durationSeconds * 1000 : Date.parse(end) - opened;
    if (instant <= opened + lasted) return mediaStart + ((instant - opened) / lasted) * part.durationSeconds;
    mediaStart += part.durationSeconds;
  }
  return null;
}

function cluster<One extends Happened>(all: readonly One[], nearMilliseconds: number): Group<One>[] {
  const groups: [One, ...One[]][] = [];
  for (const one of all.toSorted((left, right) => Date.parse(left.from) - Date.parse(right.from))) {
    const group = groups.at(-1);
    const isWithin = group !== undefined && Date.parse(one.to) - Date.parse(group[0].from) < nearMilliseconds;
    if (isWithin) group.push(one);
    else groups.push([one]);
  }
  return groups;
}

/**
 * Parts that are too short to be distinguished are merged with their neighbours, so a day of interruptions is still
 * readable.
 */
function clusterParts(parts: readonly Part[], closing: (part: Part) => number, near: number): Group<Part>[] {
  const groups: [Part, ...Part[]][] = [];
  for (const part of parts) {
    const group = groups.at(-1);
    if (group && closing(part) - Date.parse(group[0].openedAt) < near) group.push(part);
    else groups.push([part]);
  }
  return groups;
}

const reasons: Readonly<Record<string, string>> = {
  start: 'begun at the start',
  restart: 'begun after an interruption',
  discontinuity: 'begun because the stream changed',
  rotation: 'begun to keep files small',
  'sequence-reset': 'begun because the numbering of the source restarted',
  gap: 'begun after a gap',
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
  const seconds = (to - from) / 1000;
  const days = Math.ceil(seconds / (24 * hour) / mostTicks);
  const step = 1000 * (steps.find((each) => seconds / each <= mostTicks) ?? days * 24 * hour);
  const ticks: Tick[] = [];
  // Ticks are at round local times.
  const offset = new Date(from).getTimezoneOffset() * minute * 1000;
  for (let instant = Math.ceil((from - offset) / step) * step + offset; instant <= to; instant += step) {
    // A label at the very end would be cut off.
    if (at(instant) <= lastLabelPercent) ticks.push({ left: at(instant), label: tickLabel(instant, step) });
  }
  return ticks;
}

/** At midnight, the label is the day instead of 00:00. */
function tickLabel(instant: number, step: number): string {
  const date = new Date(instant);
  const time = formatTime(date.toISOString());
  if (step < minute * 1000) return time;
  // Browsers do not agree on how midnight is written.
  if (date.getHours() > 0 || date.getMinutes() > 0) return time.slice(0, 5);
  return date.toLocaleDateString(undefined, { day: 'numeric', month: 'short' });
}

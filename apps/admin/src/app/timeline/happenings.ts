import type { Gap } from '@streamvault/api-contract';
import type { TimelineSource } from './timeline-layout';

/** Something that took time from the broadcast. */
export interface Happening {
  readonly key: string;
  readonly kind: 'gap' | 'ad' | 'stall';
  readonly from: string;
  /** null: it lasts. */
  readonly to: string | null;
  readonly seconds: number | null;
  /** Its cause, or what happened to it. */
  readonly why: string;
}

/** Every gap, advertising break and stall, in order of time. */
export function happeningsOf({ gaps, ads = [], stalls = [] }: TimelineSource): Happening[] {
  const all: Omit<Happening, 'key'>[] = [
    ...gaps.map(({ from, to, seconds, cause }) => ({ kind: 'gap' as const, from, to, seconds, why: cause.message })),
    ...ads.map(({ from, to, seconds, kept }) => {
      const why = kept ? 'Advertising, kept in the recording.' : 'Advertising, left out.';
      return { kind: 'ad' as const, from, to, seconds, why };
    }),
    ...stalls.map(({ from, to, cause }) => {
      const seconds = to === null ? null : Math.max(0, Date.parse(to) - Date.parse(from)) / 1000;
      return { kind: 'stall' as const, from, to, seconds, why: cause.message };
    }),
  ];
  return all
    .toSorted((one, other) => Date.parse(one.from) - Date.parse(other.from))
    .map((one, index) => ({ ...one, key: `${one.kind}-${one.from}-${index}` }));
}

/** What was lost, by cause. */
export interface Loss {
  readonly why: string;
  readonly count: number;
  readonly seconds: number;
}

/** The gaps by cause, the one that cost the most first. */
export function lossesOf(gaps: readonly Gap[]): Loss[] {
  const losses = new Map<string, Loss>();
  for (const { cause, seconds } of gaps) {
    const before = losses.get(cause.message) ?? { why: cause.message, count: 0, seconds: 0 };
    losses.set(cause.message, { ...before, count: before.count + 1, seconds: before.seconds + seconds });
  }
  return [...losses.values()].toSorted((one, other) => other.seconds - one.seconds);
}

import type { Gap } from '@streamvault/api-contract';

/** A gap with its place in what can be watched; null if nothing follows it. */
export interface PlacedGap extends Gap {
  readonly mediaAt: number | null;
}

/**
 * The gaps of a file of which only the start by the clock is known. What was lost before a gap is not in the file, unless it was filled.
 */
export function placedInFile(recordedAt: string, durationSeconds: number, gaps: readonly Gap[]): PlacedGap[] {
  let lost = 0;
  return gaps
    .toSorted((one, other) => Date.parse(one.from) - Date.parse(other.from))
    .map((gap) => {
      const at = (Date.parse(gap.from) - Date.parse(recordedAt)) / 1000 - lost;
      lost += gap.seconds - (gap.filled?.seconds ?? 0);
      return { ...gap, mediaAt: at < 0 || at > durationSeconds ? null : at };
    });
}

/** How much of everything. Seconds where it says nothing else. */
export interface Extent {
  readonly rounds: number;
  readonly events: number;
  readonly recordings: readonly number[];
  readonly windows: number;
  readonly windowSeconds: number;
  readonly settleSeconds: number;
}

export interface Figures {
  readonly title: string;
  /** For reading. */
  readonly rows: readonly Readonly<Record<string, string | number>>[];
  /** For programs: one JSON line each. */
  readonly figures: readonly Readonly<Record<string, unknown>>[];
  /** In words; empty where everything is as it must be. */
  readonly beyondLimits: readonly string[];
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** The median with the least and the greatest, which say how far to trust it. */
export function spread(numbers: readonly number[], digits = 2) {
  const [middle, least, greatest] = [median(numbers), Math.min(...numbers), Math.max(...numbers)];
  return { median: round(middle, digits), least: round(least, digits), greatest: round(greatest, digits) };
}

export const round = (number: number, digits: number): number => Number(number.toFixed(digits));

export const megabytes = (bytes: number): number => round(bytes / 1e6, 1);

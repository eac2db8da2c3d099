/** The size of each measurement. In seconds unless stated otherwise. */
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
  /** Sentences; empty if everything is within its limits. */
  readonly beyondLimits: readonly string[];
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** The median with the minimum and the maximum, which show how reliable it is. */
export function spread(numbers: readonly number[], digits = 2) {
  const [middle, least, greatest] = [median(numbers), Math.min(...numbers), Math.max(...numbers)];
  return { median: round(middle, digits), least: round(least, digits), greatest: round(greatest, digits) };
}

export const round = (number: number, digits: number): number => Number(number.toFixed(digits));

export const megabytes = (bytes: number): number => round(bytes / 1e6, 1);

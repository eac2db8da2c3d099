import type { LibraryStatistics } from '@streamvault/api-contract';

type Month = LibraryStatistics['months'][number];

const numberOf = (month: string): number => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;
const textOf = (number: number): string =>
  `${String(Math.floor(number / 12)).padStart(4, '0')}-${String((number % 12) + 1).padStart(2, '0')}`;

/** An imported video may claim to be of 1970: only holes up to this long are filled. */
const longestHole = 36;

/** A month without recordings is still in the list. */
export function monthsWithoutHoles(months: readonly Month[]): readonly Month[] {
  return months.flatMap((month, index) => {
    const next = months[index + 1];
    if (!next) return [month];
    const [here, there] = [numberOf(month.month), numberOf(next.month)];
    if (!(there - here <= longestHole)) return [month];
    const none = Object.fromEntries(
      Object.entries(month).map(([name, value]) => [name, typeof value === 'number' ? 0 : value]),
    );
    const between = Array.from({ length: Math.max(0, there - here - 1) }, (_, hole) => ({
      ...month,
      ...none,
      month: textOf(here + hole + 1),
    }));
    return [month, ...between];
  });
}

/** `November 2026`, in the reader's words. */
export const monthName = (month: string): string =>
  new Date(`${month}-15T12:00:00Z`).toLocaleDateString(undefined, { month: 'long', year: 'numeric', timeZone: 'UTC' });

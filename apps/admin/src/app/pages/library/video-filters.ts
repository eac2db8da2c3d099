import type { VideoSort, VideosQuery } from '../../api/console-api';

export const sorts: readonly { value: VideoSort; label: string }[] = [
  { value: '-recordedAt', label: 'Newest first' },
  { value: 'recordedAt', label: 'Oldest first' },
  { value: '-durationSeconds', label: 'Longest first' },
  { value: 'durationSeconds', label: 'Shortest first' },
  { value: '-bytes', label: 'Largest first' },
  { value: 'bytes', label: 'Smallest first' },
];

export const lengths = [
  { value: 'short', label: 'Under 30 min', maxSeconds: 1800 },
  { value: 'medium', label: '30 min to 2 h', minSeconds: 1800, maxSeconds: 7200 },
  { value: 'long', label: 'Over 2 h', minSeconds: 7200 },
] as const;

/** The parameters of the library's address. */
export interface FiltersInAddress {
  readonly q?: string | undefined;
  readonly sort?: string | undefined;
  readonly streamer?: string | undefined;
  readonly category?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly length?: string | undefined;
  readonly gaps?: string | undefined;
  readonly kept?: string | undefined;
  readonly watched?: string | undefined;
}

const dayPattern = /^\d{4}-\d\d-\d\d$/;
/** The user's own midnight. Undefined if it is not a day. */
function midnight(day: string | undefined, daysLater = 0): string | undefined {
  if (day === undefined || !dayPattern.test(day)) return undefined;
  const date = new Date(`${day}T00:00:00`);
  date.setDate(date.getDate() + daysLater);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
const yesOrNo = (text: string | undefined): 'true' | 'false' | undefined =>
  text === 'yes' ? 'true' : text === 'no' ? 'false' : undefined;
const textOf = (text: string | undefined): string | undefined => (text?.trim() ? text.trim() : undefined);

/** The query for the server. Invalid parameters are ignored. */
export function queryOf(filters: FiltersInAddress): VideosQuery {
  const length = lengths.find(({ value }) => value === filters.length);
  const named = {
    q: textOf(filters.q),
    streamerId: /^[1-9]\d*$/.test(filters.streamer ?? '') ? Number(filters.streamer) : undefined,
    category: textOf(filters.category),
    from: midnight(filters.from),
    // The named day is included.
    to: midnight(filters.to, 1),
    minSeconds: length && 'minSeconds' in length ? length.minSeconds : undefined,
    maxSeconds: length && 'maxSeconds' in length ? length.maxSeconds : undefined,
    hasGaps: yesOrNo(filters.gaps),
    kept: yesOrNo(filters.kept),
    watched: yesOrNo(filters.watched),
    sort: sorts.find(({ value }) => value === filters.sort)?.value ?? '-recordedAt',
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only what is undefined is left out
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)) as unknown as VideosQuery;
}

const filterNames = ['streamer', 'category', 'from', 'to', 'length', 'gaps', 'kept', 'watched'] as const;
/** How many filters are set, without search words and order. */
export const countFilters = (filters: FiltersInAddress): number =>
  filterNames.filter((name) => textOf(filters[name]) !== undefined).length;
export const noFilters: Readonly<Record<string, null>> = Object.fromEntries(filterNames.map((name) => [name, null]));

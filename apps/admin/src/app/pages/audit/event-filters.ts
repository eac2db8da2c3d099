import { formatInstant } from '../../ui/formats';

/** The filters of the log: all must match; of several categories or types, any. */
export interface EventFilters {
  readonly category: readonly string[];
  readonly type: readonly string[];
  readonly stream: string | null;
  readonly correlationId: string | null;
  /** Instants, ISO 8601 UTC: recorded then or later, then or earlier. */
  readonly from: string | null;
  readonly to: string | null;
}
export type FilterName = keyof EventFilters;
export type FilterParams = Partial<Record<FilterName, string | null>>;

export interface FilterChip {
  readonly label: string;
  readonly value: string;
  /** The change of the address that removes it. */
  readonly without: FilterParams;
}

export const noFilters: EventFilters = {
  category: [],
  type: [],
  stream: null,
  correlationId: null,
  from: null,
  to: null,
};
/** Removes every filter from the address. */
export const withoutFilters: FilterParams = {
  category: null,
  type: null,
  stream: null,
  correlationId: null,
  from: null,
  to: null,
};

/** Streams of what users did, and of what matters to them. Everything else is the system's bookkeeping. */
const categoriesOfPeople = [
  'recording',
  'streamer',
  'streamerdefaults',
  'video',
  'library',
  'broadcast',
  'rules',
  'preflight',
  'cleanup',
  'cleanuprun',
  'notification_targets',
  'accounts',
  'sign_ins',
  'api_keys',
  'shares',
] as const;

/** If a kind, a type, a stream or a request is named, all of its events are shown. */
export const withoutSystem = (filters: EventFilters): EventFilters =>
  filters.category.length + filters.type.length > 0 || filters.stream !== null || filters.correlationId !== null
    ? filters
    : { ...filters, category: categoriesOfPeople };

// The limits of the contract's `auditEventsQuery`.
const mostChoices = 50;
const longestChoice = 200;
const longest = { stream: 500, correlationId: 200 } as const;

const labels: Readonly<Record<FilterName, string>> = {
  category: 'Kind',
  type: 'Type',
  stream: 'Stream',
  correlationId: 'Request',
  from: 'From',
  to: 'To',
};

/** A parameter that is in the address several times comes as an array. */
const texts = (raw: unknown): string[] =>
  (Array.isArray(raw) ? raw : [raw])
    .filter((each) => typeof each === 'string')
    .map((each) => each.trim())
    .filter((each) => each !== '');

/**
 * The filters in the address, and the names of those that are invalid and left out: people type, shorten and share
 * addresses.
 */
export function readFilters(raw: Readonly<Partial<Record<FilterName, unknown>>>): {
  readonly filters: EventFilters;
  readonly ignored: readonly string[];
} {
  const ignored: string[] = [];
  const ignore = (name: FilterName): null => {
    ignored.push(labels[name]);
    return null;
  };
  const choices = (name: 'category' | 'type'): string[] => {
    const all = [...new Set(texts(raw[name]).flatMap((text) => texts(text.split(','))))];
    const usable = all.filter((choice) => choice.length <= longestChoice).slice(0, mostChoices);
    if (usable.length < all.length) ignore(name);
    return usable;
  };
  const word = (name: 'stream' | 'correlationId'): string | null => {
    const text = texts(raw[name]).at(-1) ?? null;
    return text !== null && text.length > longest[name] ? ignore(name) : text;
  };
  const instant = (name: 'from' | 'to'): string | null => {
    const text = texts(raw[name]).at(-1) ?? null;
    if (text === null) return null;
    // In an address a plus that nobody escaped is a space.
    const moment = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text.replace(' ', '+')) : Number.NaN;
    return Number.isNaN(moment) ? ignore(name) : new Date(moment).toISOString();
  };
  const filters = {
    category: choices('category'),
    type: choices('type'),
    stream: word('stream'),
    correlationId: word('correlationId'),
    from: instant('from'),
    to: instant('to'),
  };
  return { filters, ignored };
}

/** As parameters, of the address and of the API alike. */
export function filterParams({ category, type, stream, correlationId, from, to }: EventFilters): FilterParams {
  return {
    category: category.length > 0 ? category.join(',') : null,
    type: type.length > 0 ? type.join(',') : null,
    stream,
    correlationId,
    from,
    to,
  };
}

export function filterQuery(filters: EventFilters): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filterParams(filters)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

export function filterChips(filters: EventFilters): FilterChip[] {
  const choices = (['category', 'type'] as const).flatMap((name) =>
    filters[name].map((value) => {
      const others = filters[name].filter((other) => other !== value);
      return { label: labels[name], value, without: { [name]: others.length > 0 ? others.join(',') : null } };
    }),
  );
  const singles = (['stream', 'correlationId', 'from', 'to'] as const).flatMap((name) => {
    const value = filters[name];
    if (value === null) return [];
    const said = name === 'from' || name === 'to' ? formatInstant(value) : value;
    return [{ label: labels[name], value: said, without: { [name]: null } }];
  });
  return [...choices, ...singles];
}

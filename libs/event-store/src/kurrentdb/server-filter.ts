import { eventTypeFilter, excludeSystemEvents, type Filter, streamNameFilter } from '@kurrent/kurrentdb-client';
import type { EventFilter, RecordedEvent } from '../port.js';
import { categoryOf } from '../stream-name.js';

type FilterOptions = Omit<NonNullable<Parameters<typeof excludeSystemEvents>[0]>, 'regex' | 'prefixes'>;

/** How a filter of the port is given to the server, which filters by prefixes of either stream names or event types. */
export interface ServerFilter {
  toFilter(options?: FilterOptions): Filter;
  /** What the server's answer still has to pass: a prefix matches more than the exact name. */
  matches(event: RecordedEvent): boolean;
  /** Whether events of ours are filtered out, so that progress over them has to be reported. */
  readonly isSelective: boolean;
  readonly matchesNothing: boolean;
}

export function serverFilter(filter: EventFilter | undefined, namespace: string): ServerFilter {
  const categories = filter?.categories && new Set(filter.categories);
  const types = filter?.types && new Set(filter.types);
  return {
    toFilter: (options = {}) => {
      if (categories && categories.size > 0) {
        return streamNameFilter({ ...options, prefixes: [...categories].map((name) => `${namespace}${name}-`) });
      }
      if (types && types.size > 0) return eventTypeFilter({ ...options, prefixes: [...types] });
      return namespace === '' ? excludeSystemEvents(options) : streamNameFilter({ ...options, prefixes: [namespace] });
    },
    matches: ({ stream, type }) => (categories?.has(categoryOf(stream) ?? '') ?? true) && (types?.has(type) ?? true),
    isSelective: categories !== undefined || types !== undefined,
    matchesNothing: categories?.size === 0 || types?.size === 0,
  };
}

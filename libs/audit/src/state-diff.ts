import type { StateChange } from '@streamvault/api-contract';
import { isDeepStrictEqual } from 'node:util';

const isBranch = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** RFC 6901, section 3. */
const escape = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/**
 * The differences of two JSON values: one entry for each place, as deep as both have the same kind of value there. A
 * missing side is null.
 */
export function diffStates(before: unknown, after: unknown, path = ''): StateChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isBranch(before) || !isBranch(after) || Array.isArray(before) !== Array.isArray(after))
    return [{ path, before: before ?? null, after: after ?? null }];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => diffStates(before[key], after[key], `${path}/${escape(key)}`));
}

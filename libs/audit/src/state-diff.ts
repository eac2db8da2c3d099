import type { StateChange } from '@streamvault/api-contract';
import { isDeepStrictEqual } from 'node:util';

const isBranch = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** RFC 6901, section 3. */
const escape = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/**
 * What differs between two JSON values: one entry for each place where they part, as deep as both still have the same kind
 * of thing there. What is missing on a side is null there.
 */
export function diffStates(before: unknown, after: unknown, path = ''): StateChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isBranch(before) || !isBranch(after) || Array.isArray(before) !== Array.isArray(after))
    return [{ path, before: before ?? null, after: after ?? null }];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => diffStates(before[key], after[key], `${path}/${escape(key)}`));
}

import type { StateChange } from '@streamvault/api-contract';
import { formatInstant } from '../../ui/formats';
import { inWords, stateLabel } from '../../ui/states';

/** A change of a field, in words if it is one value, and as JSON if it has parts. */
export interface ChangeInWords {
  readonly path: string;
  readonly field: string;
  readonly before: ValueInWords;
  readonly after: ValueInWords;
}
export interface ValueInWords {
  /** null: `value` has parts. */
  readonly text: string | null;
  readonly value: unknown;
}

/** RFC 6901, section 4. */
const unescape = (key: string): string => key.replaceAll('~1', '/').replaceAll('~0', '~');

/** `/context/parts/0/closedAt` is “Parts › 1 › Closed at”: people count from one, and a recording's context is the recording. */
export function tellPath(path: string): string {
  const keys = path.split('/').slice(1).map(unescape);
  const told = keys[0] === 'context' && keys.length > 1 ? keys.slice(1) : keys;
  return told.map((key) => (/^\d+$/.test(key) ? String(Number(key) + 1) : inWords(key))).join(' › ') || 'All of it';
}

const isInstant = (text: string): boolean => /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) && !Number.isNaN(Date.parse(text));

function valueInWords(value: unknown, path: string): ValueInWords {
  if (typeof value === 'object' && value !== null) {
    const isEmpty = Object.keys(value).length === 0;
    return { text: isEmpty ? 'nothing' : null, value };
  }
  if (value === null || value === undefined || value === '') return { text: 'nothing', value };
  if (typeof value !== 'string') return { text: JSON.stringify(value), value };
  if (path === '/state') return { text: stateLabel(value), value };
  return { text: isInstant(value) ? formatInstant(value) : value, value };
}

export const changeInWords = ({ path, before, after }: StateChange): ChangeInWords => ({
  path,
  field: tellPath(path),
  before: valueInWords(before, path),
  after: valueInWords(after, path),
});

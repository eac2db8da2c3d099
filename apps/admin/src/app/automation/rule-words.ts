import type { Rule } from '@streamvault/api-contract';

type Pattern = Rule['title'];

const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
export const weekdays = days.map((label, index) => ({ number: index + 1, label }));

export const kindsOfBroadcast = [
  { kind: 'live', label: 'Live' },
  { kind: 'rerun', label: 'Rerun' },
  { kind: 'premiere', label: 'Premiere' },
  { kind: 'watch_party', label: 'Watch party' },
  { kind: 'playlist', label: 'Playlist' },
] as const;

export const emptyRule: Rule = {
  name: '',
  action: 'include',
  isEnabled: true,
  title: null,
  category: null,
  tag: null,
  weekdays: null,
  from: null,
  to: null,
  zone: null,
  kinds: null,
};

const patternWords = (what: string, pattern: Pattern): string | null =>
  pattern && `the ${what} ${pattern.mode === 'regex' ? 'matches' : 'contains'} “${pattern.text}”`;

/** `Mon to Fri`, `Sat, Sun`. */
export function weekdayWords(numbers: readonly number[]): string {
  const sorted = numbers.toSorted((one, other) => one - other);
  const [first = 1] = sorted;
  const last = sorted.at(-1) ?? first;
  const name = (number: number): string => days[number - 1] ?? String(number);
  if (sorted.length > 2 && last - first === sorted.length - 1) return `${name(first)} to ${name(last)}`;
  return sorted.map((number) => name(number)).join(', ');
}

function windowWords({ weekdays: numbers, from, to, zone }: Rule): string | null {
  const on = numbers && numbers.length > 0 && numbers.length < 7 ? `on ${weekdayWords(numbers)}` : null;
  const between = from !== null && to !== null ? `from ${from} to ${to}${zone === null ? '' : ` (${zone})`}` : null;
  const words = [on, between].filter((part) => part !== null).join(' ');
  return words === '' ? null : `it is ${words}`;
}

function kindWords({ kinds }: Rule): string | null {
  if (!kinds) return null;
  const labels = kinds.map(
    (kind) => kindsOfBroadcast.find((known) => known.kind === kind)?.label.toLowerCase() ?? kind,
  );
  return `it is ${labels.join(' or ')}`;
}

/** `Record when the category contains “Chess” and it is on Mon to Fri from 18:00 to 02:00.` */
export function ruleSentence(rule: Rule): string {
  const conditions = [
    patternWords('title', rule.title),
    patternWords('category', rule.category),
    patternWords('tag', rule.tag),
    windowWords(rule),
    kindWords(rule),
  ].filter((words) => words !== null);
  const deed = rule.action === 'include' ? 'Record' : 'Do not record';
  return conditions.length === 0 ? `${deed}, whatever it is.` : `${deed} when ${conditions.join(' and ')}.`;
}

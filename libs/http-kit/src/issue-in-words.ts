/** What a schema found, as zod tells it beside the Standard Schema's message. */
export interface Issue {
  readonly message: string;
  readonly code?: unknown;
  readonly expected?: unknown;
  readonly origin?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly values?: unknown;
  readonly keys?: unknown;
  readonly format?: unknown;
}

/** How zod's own messages begin; what a schema says in words of its own stays. */
const DEFAULT = /^(Invalid|Too small|Too big|Unrecognized)/;

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
};

const FORMATS: Readonly<Record<string, string>> = {
  url: 'an address such as https://example.org/live',
  email: 'an e-mail address',
  uuid: 'a UUID',
  datetime: 'an instant such as 2026-03-01T12:00:00.000Z',
  date: 'a date such as 2026-03-01',
  time: 'a time such as 12:00',
};

/** What is wrong, in a sentence that tells what to do. */
export function inWords(issue: Issue): string {
  const { code, message } = issue;
  if (!DEFAULT.test(message)) return message;
  switch (code) {
    case 'invalid_type':
      return message.endsWith('received undefined') ? 'Is missing.' : `Must be ${kindOf(issue.expected)}.`;
    case 'too_small':
      return bound(issue, issue.minimum, 'at least');
    case 'too_big':
      return bound(issue, issue.maximum, 'at most');
    case 'invalid_value':
      return Array.isArray(issue.values) ? `Must be ${oneOf(issue.values)}.` : message;
    case 'unrecognized_keys':
      return Array.isArray(issue.keys) ? `Is not known here: ${issue.keys.map(String).join(', ')}.` : message;
    case 'invalid_format':
      return `Must be ${FORMATS[String(issue.format)] ?? 'written otherwise; the documentation at /api/docs shows how'}.`;
    case 'invalid_union':
      return 'Has none of the shapes that are taken here; the documentation at /api/docs shows them.';
    default:
      return message;
  }
}

const kindOf = (expected: unknown): string => KINDS[String(expected)] ?? String(expected);

function oneOf(values: readonly unknown[]): string {
  const named = values.map((value) => String(value));
  return named.length === 1 ? `${named[0]}` : `one of ${named.join(', ')}`;
}

function bound({ origin }: Issue, limit: unknown, least: 'at least' | 'at most'): string {
  const count = Number(limit);
  if (origin === 'string')
    return least === 'at least' && count === 1
      ? 'Must not be empty.'
      : `Must have ${least} ${count} ${plural(count, 'character')}.`;
  if (origin === 'array')
    return least === 'at least' && count === 1
      ? 'Must not be empty.'
      : `Must have ${least} ${count} ${count === 1 ? 'entry' : 'entries'}.`;
  return `Must be ${least} ${count}.`;
}

const plural = (count: number, word: string): string => (count === 1 ? word : `${word}s`);

import type { z } from 'zod';

const place = (path: readonly PropertyKey[]): string => (path.length === 0 ? 'data' : path.map(String).join('.'));

/** Places and kinds of problems, without the values: events may hold what does not belong in a log line. */
export function schemaProblems(error: z.ZodError): string[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => `${place([...issue.path, key])}: unknown key`);
    const expected = issue.code === 'invalid_type' ? ` (expected ${issue.expected})` : '';
    return [`${place(issue.path)}: ${issue.code}${expected}`];
  });
}

/**
 * Where the parsed data differs from the given data: unknown keys in nested objects (which zod drops), defaults and
 * transforms (which it applies), and `undefined`, which JSON cannot carry. What is stored must be what was decided and
 * folded.
 */
export function exactProblems(given: unknown, parsed: unknown, path: readonly PropertyKey[] = []): string[] {
  if (given === undefined) return [`${place(path)}: undefined is not JSON, leave the key out`];
  if (!isObject(given) || !isObject(parsed)) {
    return Object.is(given, parsed) ? [] : [`${place(path)}: the schema changes the value`];
  }
  const problems = Object.keys(given).flatMap((key) =>
    key in parsed ? exactProblems(given[key], parsed[key], [...path, key]) : [`${place([...path, key])}: unknown key`],
  );
  const added = Object.keys(parsed).filter((key) => !(key in given));
  return [...problems, ...added.map((key) => `${place([...path, key])}: missing, the schema fills it in`)];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

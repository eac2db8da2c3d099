import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { planResponse, type ResponsePlan } from './plan-response.js';

/** What nginx answered when `tests/nginx-answers/record.mjs` asked it. */
interface Recorded {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly status: number;
  /** `Content-Range` */
  readonly range: string | null;
  readonly isMultipart?: true;
  readonly length?: number;
}

const size = 1000;
const modified = 1_763_805_600_000;
const file = { size, etag: '"1a-2b"', mtime: new Date(modified), contentType: 'video/mp4' };
const at = (milliseconds: number) => new Date(modified + milliseconds).toUTCString();
const words: Readonly<Record<string, string>> = {
  '{etag}': file.etag,
  '{modified}': at(0),
  '{earlier}': at(-1000),
  '{later}': at(1000),
};
const filled = (headers: Recorded['headers']) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replaceAll(/\{\w+\}/g, (word) => words[word] ?? '')]),
  );

const table = readFileSync(join(import.meta.dirname, '../../../../tests/nginx-answers/answers.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded);

const ours = ({ method, headers }: Recorded): ResponsePlan =>
  planResponse({ method, headers: filled(headers), file, now: new Date(modified + 86_400_000) });

const told = (recorded: Omit<Recorded, 'method'>, { status, headers, range }: ResponsePlan) => ({
  headers: recorded.headers,
  status,
  range: headers['content-range'] ?? null,
  ...(recorded.length !== undefined && { length: range ? range.end - range.start + 1 : 0 }),
});

/** Where nginx does otherwise than RFC 9110 says, or the RFC leaves a choice; by the request alone. */
const differences: Readonly<Record<string, (asked: Recorded) => boolean>> = {
  'a range of a HEAD, which §14.2 defines for GET only': ({ method, headers }) =>
    method === 'HEAD' && headers['range'] !== undefined,
  'a range that is malformed, which is ignored (§14.2), or has empty elements, which are allowed (§5.6.1.2)': ({
    headers,
  }) => isMalformed(headers['range'] ?? ''),
  'several ranges, of which one is served (§15.3.7)': ({ headers }) => (headers['range'] ?? '').includes(','),
  'If-Modified-Since beside If-None-Match, which is ignored (§13.1.3)': ({ headers }) =>
    headers['if-none-match'] !== undefined && headers['if-modified-since'] !== undefined,
  'If-Unmodified-Since beside If-Match, which is ignored (§13.1.4)': ({ headers }) =>
    headers['if-match'] !== undefined && headers['if-unmodified-since'] !== undefined,
  'a date that is none, which is ignored (§13.1.4)': ({ headers }) =>
    /^(yesterday)?$/.test(headers['if-unmodified-since'] ?? 'none'),
  'a date after that of the file, since which it was not changed (§13.1.3)': ({ headers }) =>
    headers['if-modified-since'] === '{later}',
};

function isMalformed(range: string): boolean {
  const list = /^bytes=(.*)$/i.exec(range)?.[1];
  if (list === undefined) return false;
  return list.split(/, ?/).some((spec) => {
    const [, first, last] = /^(\d+)-(\d*)$/.exec(spec) ?? /^()-(\d+)$/.exec(spec) ?? [];
    return first === undefined || (first !== '' && last !== '' && Number(last) < Number(first));
  });
}

const reasonOf = (asked: Recorded): string | undefined =>
  Object.keys(differences).find((reason) => differences[reason]?.(asked));

describe('an answer beside that of nginx to the same request', () => {
  it.each([
    ['GET', 300],
    ['HEAD', 5],
  ])('is the same: %s', (wanted, atLeast) => {
    const alike = table.filter((asked) => asked.method === wanted && reasonOf(asked) === undefined);
    expect(alike.length).toBeGreaterThan(atLeast);
    for (const { method, isMultipart: _, ...answer } of alike)
      expect(told(answer, ours({ method, ...answer }))).toEqual(answer);
  });

  it.each(Object.keys(differences))('is another one for %s', (reason) => {
    const asked = table.filter((one) => reasonOf(one) === reason);
    const different = asked.filter(({ method, isMultipart, ...answer }) => {
      const own = told(answer, ours({ method, ...answer }));
      return isMultipart === true || own.status !== answer.status || own.range !== answer.range;
    });
    expect(different.length).toBeGreaterThan(0);
    // Never by giving up: whatever is asked, it is an answer of the RFC's.
    for (const one of asked) expect([200, 206, 304, 412, 416]).toContain(ours(one).status);
  });
});

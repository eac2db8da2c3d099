import { expect, it } from '@jest/globals';
import type { TargetSettings } from '@streamvault/api-contract';
import { verdictOf } from './verdict.js';

const now = Date.parse('2026-11-30T12:00:00.000Z');

it.each<[TargetSettings['kind'], number, Record<string, string>, string, string, number | null | undefined]>([
  ['webhook', 204, {}, '', 'delivered', undefined],
  ['webhook', 302, { location: 'https://other.example' }, '', 'refused', undefined],
  ['webhook', 400, {}, '', 'refused', undefined],
  ['webhook', 404, {}, '', 'refused', undefined],
  ['webhook', 410, {}, '', 'gone', undefined],
  ['webhook', 429, { 'retry-after': '7' }, '', 'retry', 7],
  ['webhook', 503, { 'retry-after': 'Mon, 30 Nov 2026 12:01:00 GMT' }, '', 'retry', 60],
  ['webhook', 503, { 'retry-after': 'Mon, 30 Nov 2026 11:01:00 GMT' }, '', 'retry', 0],
  ['webhook', 500, { 'retry-after': 'soon' }, '', 'retry', null],
  ['webhook', 502, {}, '{"retry_after": 9}', 'retry', null],
  ['discord', 429, {}, '{"retry_after": 0.5, "global": false}', 'retry', 0.5],
  ['discord', 404, {}, '', 'gone', undefined],
  ['telegram', 429, {}, '{"ok":false,"parameters":{"retry_after":35}}', 'retry', 35],
  ['telegram', 403, {}, '', 'gone', undefined],
  ['telegram', 400, {}, '{"description":"Bad Request: chat not found"}', 'refused', undefined],
  ['ntfy', 429, {}, '{"code":42901}', 'retry', 5],
  ['ntfy', 403, {}, '', 'refused', undefined],
  ['apprise', 424, {}, '', 'partial', undefined],
  ['apprise', 204, {}, '', 'refused', undefined],
  ['gotify', 401, {}, '', 'refused', undefined],
])('%s answering %i with %j %s: %s', (kind, status, headers, text, expected, afterSeconds) => {
  const verdict = verdictOf(kind, { status, headers, text }, now);
  expect(verdict.kind).toBe(expected);
  expect('afterSeconds' in verdict ? verdict.afterSeconds : undefined).toBe(afterSeconds);
});

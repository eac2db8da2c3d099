import { expect, it } from '@jest/globals';
import type { BroadcastRow } from '../read-models/broadcast-row.entity.js';
import type { Rule } from '../rules/rule-events.js';
import { RuleSet } from '../rules/rule-set.js';
import { testRules } from './test-rules.js';

const rule = (action: Rule['action'], category: string): Rule => ({
  name: category,
  action,
  isEnabled: true,
  title: null,
  category: { mode: 'contains', text: category },
  tag: null,
  weekdays: null,
  from: null,
  to: null,
  zone: null,
  kinds: null,
});
const titled = (...categories: (string | null)[]): BroadcastRow =>
  ({
    id: 7,
    context: {
      startedAt: '2026-11-30T18:00:00Z',
      kind: 'live',
      recordingId: null,
      details: { title: 'Evening', category: categories.at(-1) ?? null, tags: [] },
      titles: categories.map((category, hour) => ({
        at: `2026-11-30T1${hour + 4}:00:00Z`,
        title: 'Evening',
        category,
      })),
    },
  }) as unknown as BroadcastRow;
const test = (rules: Rule[], row: BroadcastRow) => testRules(new RuleSet(rules, 'Europe/Berlin'), row, false);

it('replays the titles that a broadcast had, and names the rule that decided', () => {
  const rules = [rule('include', 'Chess'), rule('exclude', 'Talk')];
  // It would have been recorded from the moment on at which it became chess.
  expect(test(rules, titled('Talk', 'Chess', 'Talk'))).toMatchObject({
    broadcastId: 7,
    decision: 'record',
    rule: { number: 1, name: 'Chess' },
    wasRecorded: false,
  });
  expect(test(rules, titled('Talk'))).toMatchObject({ decision: 'skip', rule: { number: 2 } });
});

it('says what is provisional while a category is unknown, and knows a broadcast without any title', () => {
  const rules = [rule('exclude', 'Talk')];
  expect(test(rules, titled(null)).decision).toBe('provisional');
  expect(test(rules, titled()).decision).toBe('provisional');
});

import { describe, expect, it } from '@jest/globals';
import type { Rule } from './rule-events.js';
import { InvalidRule, RuleSet } from './rule-set.js';

const berlin = 'Europe/Berlin';
const rule = (more: Partial<Rule>): Rule => ({
  name: 'A rule',
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
  ...more,
});
const contains = (text: string) => ({ mode: 'contains', text }) as const;
const regex = (text: string) => ({ mode: 'regex', text }) as const;
const show = (more: object = {}) => ({
  title: 'Speedrun',
  category: 'Celeste',
  tags: ['English'],
  kind: 'live',
  ...more,
});
const at = '2026-11-30T19:00:00.000Z';
const judge = (rules: Rule[], broadcast = show(), when = at, reruns = false) =>
  new RuleSet(rules, berlin).judge(broadcast, when, reruns);

describe('rules', () => {
  it('decide in order: the first that fits', () => {
    const list = [rule({ name: 'No chat', action: 'exclude', category: contains('chat') }), rule({ name: 'Rest' })];
    expect(judge(list)).toMatchObject({ decision: 'record', rule: { number: 2, name: 'Rest' } });
    expect(judge(list, show({ category: 'Just Chatting' }))).toMatchObject({ decision: 'skip', rule: { number: 1 } });
  });

  it('record what none fits if they only exclude, and not if some include', () => {
    expect(judge([rule({ action: 'exclude', title: contains('x') })]).decision).toBe('record');
    expect(judge([rule({ title: contains('x') })])).toMatchObject({
      decision: 'skip',
      reason: { code: 'rule.none-fits' },
    });
    expect(judge([]).decision).toBe('record');
    expect(judge([rule({ action: 'exclude', isEnabled: false })]).decision).toBe('record');
  });

  it.each([
    ['contains', contains('SPEED'), true],
    ['contains, with letters of full width', contains('Ｓｐｅｅｄ'), true],
    ['regex', regex('^speed(run|walk)$'), true],
    ['regex', regex('^walk'), false],
  ])('find by %s', (_, title, fits) => {
    expect(judge([rule({ title })]).decision).toBe(fits ? 'record' : 'skip');
  });

  it('require all their conditions', () => {
    const both = rule({ title: contains('speed'), tag: contains('german') });
    expect(judge([both]).decision).toBe('skip');
    expect(judge([both], show({ tags: ['German'] })).decision).toBe('record');
  });

  it('leave open what is not known yet, unless it makes no difference', () => {
    const untitled = show({ title: null });
    expect(judge([rule({ title: contains('x') })], untitled).decision).toBe('undecided');
    expect(judge([rule({ title: contains('x') }), rule({ name: 'All' })], untitled).decision).toBe('record');
    expect(judge([rule({ action: 'exclude', title: contains('x') }), rule({})], untitled).decision).toBe('undecided');
  });

  it('accept reruns only if wanted', () => {
    const rerun = show({ kind: 'rerun' });
    expect(judge([], rerun)).toMatchObject({ decision: 'skip', reason: { code: 'kind.not-live' } });
    expect(judge([], rerun, at, true).decision).toBe('record');
    expect(judge([rule({ kinds: ['rerun'] })], rerun).decision).toBe('record');
    expect(judge([], show({ kind: '' })).decision).toBe('record');
  });

  it.each([
    ['zone', rule({ zone: 'Mars/Olympus' }), 'rules.0.zone'],
    ['look-ahead', rule({ title: regex('a(?=b)') }), 'rules.0.title.text'],
    ['half a pattern', rule({ category: regex('(') }), 'rules.0.category.text'],
  ])('with an invalid %s are refused, with the place', (_, wrong, path) => {
    const refused = () => new RuleSet([wrong], berlin);
    expect(refused).toThrow(InvalidRule);
    try {
      refused();
    } catch (error) {
      expect((error as InvalidRule).details).toMatchObject({ errors: [{ path }] });
    }
  });

  it('cost little, whatever the pattern', () => {
    const before = performance.now();
    judge([rule({ title: regex('^(a+)+$') })], show({ title: `${'a'.repeat(5000)}!` }));
    expect(performance.now() - before).toBeLessThan(1000);
  });
});

describe('a window of time', () => {
  const evening = rule({ from: '20:00', to: '02:00', weekdays: [5] });
  it.each([
    ['Friday 19:59 Berlin', '2026-12-04T18:59:00.000Z', 'skip', '2026-12-04T19:00:00.000Z'],
    ['Friday 20:00 Berlin', '2026-12-04T19:00:00.000Z', 'record', '2026-12-05T01:00:00.000Z'],
    ['Saturday 01:59 Berlin, which began on Friday', '2026-12-05T00:59:00.000Z', 'record', '2026-12-05T01:00:00.000Z'],
    ['Saturday 02:00 Berlin', '2026-12-05T01:00:00.000Z', 'skip', '2026-12-11T19:00:00.000Z'],
    ['Saturday 20:00 Berlin', '2026-12-05T19:00:00.000Z', 'skip', '2026-12-11T19:00:00.000Z'],
  ])('on %s', (_, when, decision, judgeAgainAt) => {
    expect(judge([evening], show(), when)).toMatchObject({ decision, judgeAgainAt });
  });

  it('follows the wall clock over a change of clocks', () => {
    const night = rule({ from: '02:30', to: '04:00' });
    // On 29 March 2026 there is no 02:30 in Berlin: it begins where the clock lands, at 03:30 summer time.
    expect(judge([night], show(), '2026-03-29T00:45:00.000Z').judgeAgainAt).toBe('2026-03-29T01:30:00.000Z');
    expect(judge([night], show(), '2026-03-29T01:45:00.000Z').decision).toBe('record');
    // On 25 October 2026 there are two; the first one counts.
    expect(judge([night], show(), '2026-10-25T00:00:00.000Z').judgeAgainAt).toBe('2026-10-25T00:30:00.000Z');
  });

  it('of whole days is the day of the time zone', () => {
    const monday = rule({ weekdays: [1], zone: 'Asia/Tokyo' });
    expect(judge([monday], show(), '2026-11-29T15:00:00.000Z').decision).toBe('record');
    expect(judge([monday], show(), '2026-11-30T15:00:00.000Z').decision).toBe('skip');
  });
});

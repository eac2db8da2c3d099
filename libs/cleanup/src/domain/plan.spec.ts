import { describe, expect, it } from '@jest/globals';
import type { CleanupPolicy, CleanupSettings } from '@streamvault/api-contract';
import * as fc from 'fast-check';
import { daysBetween } from './days.js';
import { plan } from './plan.js';
import type { CleanupPlan, Now, PlannedVideo } from './plan-types.js';

const day = 24 * 3600 * 1000;
const at = '2026-11-30T12:00:00.000Z';
const now: Now = {
  at,
  zone: 'Europe/Berlin',
  freeBytes: 1000,
  bytesPerSecond: 0,
  binBytes: 0,
  bin: [],
};
const ago = (days: number) => new Date(Date.parse(at) - days * day).toISOString();
const video = (id: number, more: Partial<PlannedVideo> = {}): PlannedVideo => ({
  id,
  revision: '0',
  title: `Video ${id}`,
  streamerName: 'Somebody',
  streamerId: 1,
  category: null,
  endedAt: ago(id),
  bytes: 100,
  isProtected: false,
  watchedAt: null,
  hold: null,
  ...more,
});
const nothing: CleanupPolicy['remove'] = {
  beyondNewest: null,
  olderThanDays: null,
  aboveBytes: null,
  belowFreeBytes: null,
  watchedDaysAgo: null,
};
type PolicyParts = Partial<Omit<CleanupPolicy, 'remove' | 'keep'>> & {
  remove?: Partial<CleanupPolicy['remove']>;
  keep?: Partial<CleanupPolicy['keep']>;
};
const policy = ({ remove, keep, ...more }: PolicyParts = {}): CleanupPolicy => ({
  name: 'All',
  enabled: true,
  scope: { kind: 'all' },
  combine: 'any',
  order: 'oldest',
  ...more,
  remove: { ...nothing, ...remove },
  keep: { newest: null, youngerThanDays: null, ...keep },
});
const settings = (...policies: CleanupPolicy[]): CleanupSettings => ({
  policies,
  emergency: { enabled: false, hours: 6 },
  floorHours: 1,
});
const ids = ({ removals }: CleanupPlan) => removals.map((removal) => removal.video.id);
const videos = [1, 2, 3, 4, 5].map((id) => video(id));

describe('a cleanup plan', () => {
  it('is empty without limits', () => expect(ids(plan(settings(policy()), videos, now))).toEqual([]));

  it('leaves the newest, and does not count protected ones among them', () => {
    expect(ids(plan(settings(policy({ remove: { beyondNewest: 3 } })), videos, now))).toEqual([5, 4]);
    const first = [video(1, { isProtected: true }), ...videos.slice(1)];
    expect(ids(plan(settings(policy({ remove: { beyondNewest: 3 } })), first, now))).toEqual([5]);
  });

  it('removes what is older than whole days of the time zone', () =>
    expect(ids(plan(settings(policy({ remove: { olderThanDays: 3 } })), videos, now))).toEqual([5, 4]));

  it('removes the oldest, or the largest, until the rest is small enough', () => {
    const sizes = [video(1, { bytes: 500 }), ...videos.slice(1)];
    expect(ids(plan(settings(policy({ remove: { aboveBytes: 750 } })), sizes, now))).toEqual([5, 4]);
    expect(ids(plan(settings(policy({ remove: { aboveBytes: 750 }, order: 'largest' })), sizes, now))).toEqual([1]);
  });

  it('makes room on the disk, and counts the bin as room', () => {
    const rule = settings(policy({ remove: { belowFreeBytes: 1250 } }));
    expect(ids(plan(rule, videos, now))).toEqual([5, 4, 3]);
    expect(ids(plan(rule, videos, { ...now, binBytes: 200 }))).toEqual([5]);
  });

  it('requires all rules if all have to agree', () => {
    const all = policy({ combine: 'all', remove: { olderThanDays: 1, beyondNewest: 4 } });
    expect(ids(plan(settings(all), videos, now))).toEqual([5]);
    const whileFull = policy({ combine: 'all', remove: { olderThanDays: 1, belowFreeBytes: 1150 } });
    expect(ids(plan(settings(whileFull), videos, now))).toEqual([5, 4]);
    expect(ids(plan(settings(policy({ combine: 'all' })), videos, now))).toEqual([]);
  });

  it('removes what was watched long enough ago', () => {
    const watched = [video(1, { watchedAt: ago(3) }), video(2, { watchedAt: ago(1) }), video(3)];
    expect(ids(plan(settings(policy({ remove: { watchedDaysAgo: 2 } })), watched, now))).toEqual([1]);
  });

  it('lets a rule that keeps override every rule that removes, and says so', () => {
    const kept = plan(settings(policy({ remove: { beyondNewest: 1 }, keep: { newest: 4 } })), videos, now);
    expect(ids(kept)).toEqual([5]);
    expect(kept.spared.map(({ video: { id }, spared }) => [id, spared])).toEqual([
      [4, 'keep-newest'],
      [3, 'keep-newest'],
      [2, 'keep-newest'],
    ]);
    const young = policy({ remove: { beyondNewest: 1 }, keep: { youngerThanDays: 4 } });
    expect(ids(plan(settings(young), videos, now))).toEqual([5]);
  });

  it('spares what is protected, needed now, or too young, and says why', () => {
    const some = [
      video(1, { isProtected: true }),
      video(2, { hold: 'watched-now' }),
      video(3, { hold: 'in-process' }),
      video(4, { hold: 'shared' }),
      video(5, { endedAt: ago(0.01) }),
      video(6),
    ];
    const all = plan(settings(policy({ remove: { aboveBytes: 1 } })), some, now);
    expect(ids(all)).toEqual([6]);
    expect(all.spared.map(({ spared }) => spared).toSorted()).toEqual([
      'in-process',
      'protected',
      'shared',
      'too-young',
      'watched-now',
    ]);
  });

  it('uses the policy of the streamer, else of the category, else that for all', () => {
    const policies = [
      policy({ remove: { olderThanDays: 1 } }),
      policy({ name: 'Music', scope: { kind: 'category', category: 'music' }, remove: { olderThanDays: 3 } }),
      policy({ name: 'Ada', scope: { kind: 'streamer', streamerId: 2 } }),
    ];
    const some = [
      video(2),
      video(3, { category: 'Music' }),
      video(4, { category: 'MUSIC' }),
      video(5, { streamerId: 2 }),
    ];
    const planned = plan(settings(...policies), some, now);
    expect(planned.removals.map((removal) => [removal.video.id, removal.rule])).toEqual([
      [2, 'All: older than 1 days'],
      [4, 'Music: older than 3 days'],
    ]);
    const off = policies.map((each) => ({ ...each, enabled: each.name !== 'Ada' }));
    expect(ids(plan(settings(...off), some, now))).toContain(5);
  });

  it('requires a confirmation if more than a quarter would be removed, by number or by bytes', () => {
    const four = [1, 2, 3, 4].map((id) => video(id));
    const one = settings(policy({ remove: { beyondNewest: 3 } }));
    expect(plan(one, four, now).needsConfirmation).toBe(false);
    expect(plan(one, [...four.slice(0, 3), video(4, { bytes: 900 })], now).needsConfirmation).toBe(true);
    expect(plan(settings(policy({ remove: { beyondNewest: 2 } })), four, now).needsConfirmation).toBe(true);
  });
});

describe('days', () => {
  it.each([
    ['2026-03-28T22:59:00.000Z', '2026-03-28T23:01:00.000Z', 1],
    ['2026-03-28T23:01:00.000Z', '2026-03-29T21:59:00.000Z', 0],
    ['2026-03-28T23:01:00.000Z', '2026-03-29T22:01:00.000Z', 1],
    ['2026-10-24T22:01:00.000Z', '2026-10-25T22:59:00.000Z', 0],
    ['2026-10-24T22:01:00.000Z', '2026-10-25T23:01:00.000Z', 1],
  ])('from %s to %s in Berlin: %i, however long they are', (from, to, days) =>
    expect(daysBetween(from, to, 'Europe/Berlin')).toBe(days),
  );
});

describe('a disk emergency', () => {
  const urgent = { ...now, freeBytes: 1000, bytesPerSecond: 1 };
  const switchedOn = (...policies: CleanupPolicy[]) => ({
    ...settings(...policies),
    emergency: { enabled: true, hours: 1 },
  });

  it('does nothing while there is room for the hours to come, or if it is switched off', () => {
    expect(ids(plan(switchedOn(), videos, { ...urgent, freeBytes: 3600 }))).toEqual([]);
    expect(ids(plan(settings(), videos, urgent))).toEqual([]);
  });

  it('empties the bin first, and then removes exactly what is missing, at once', () => {
    const big = videos.map((each) => ({ ...each, bytes: 600 }));
    const bin = [
      { id: 90, binnedAt: ago(1), bytes: 700 },
      { id: 91, binnedAt: ago(2), bytes: 800 },
    ];
    const planned = plan(switchedOn(), big, { ...urgent, bin, binBytes: 1500 });
    expect(planned.binToEmpty).toEqual([91, 90]);
    expect(planned.removals.map(({ video: { id }, action }) => [id, action])).toEqual([
      [5, 'purge'],
      [4, 'purge'],
    ]);
    expect(plan(switchedOn(), big, { ...urgent, bin, freeBytes: 3000 }).binToEmpty).toEqual([91]);
  });

  it('names the rule that it overrides, and spares what is protected', () => {
    const keep = policy({ keep: { newest: 10 } });
    const some = [video(1, { bytes: 5000 }), video(2, { bytes: 5000, isProtected: true })];
    const planned = plan(switchedOn(keep), some, urgent);
    expect(planned.removals).toMatchObject([{ video: { id: 1 }, overrides: 'keep-newest', reason: 'disk-emergency' }]);
  });

  it('says how much it could not find', () =>
    expect(plan(switchedOn(), videos, urgent)).toMatchObject({ bytesMissing: 2600 - 500 }));
});

describe('whatever the library and the rules are', () => {
  const limit = (max: number) => fc.option(fc.integer({ min: 1, max }), { nil: null });
  const anyPolicy = fc.record({
    name: fc.constantFrom('A', 'B'),
    enabled: fc.boolean(),
    scope: fc.oneof(
      fc.constant({ kind: 'all' } as const),
      fc.record({ kind: fc.constant('streamer' as const), streamerId: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ kind: fc.constant('category' as const), category: fc.constantFrom('Music', 'Chess') }),
    ),
    combine: fc.constantFrom('any' as const, 'all' as const),
    remove: fc.record({
      beyondNewest: limit(8),
      olderThanDays: limit(20),
      aboveBytes: limit(3000),
      belowFreeBytes: limit(5000),
      watchedDaysAgo: limit(10),
    }),
    keep: fc.record({ newest: limit(5), youngerThanDays: limit(10) }),
    order: fc.constantFrom('oldest' as const, 'largest' as const),
  });
  const anySettings = fc.record({
    policies: fc.uniqueArray(anyPolicy, { maxLength: 4, selector: ({ scope }) => JSON.stringify(scope) }),
    emergency: fc.record({ enabled: fc.boolean(), hours: fc.integer({ min: 1, max: 48 }) }),
    floorHours: fc.integer({ min: 1, max: 100 }),
  });
  const anyVideo = fc.record({
    streamerId: fc.integer({ min: 1, max: 3 }),
    category: fc.constantFrom(null, 'Music', 'chess'),
    days: fc.integer({ min: 0, max: 40 }),
    bytes: fc.integer({ min: 0, max: 900 }),
    isProtected: fc.boolean(),
    watched: fc.option(fc.integer({ min: 0, max: 20 }), { nil: null }),
    hold: fc.constantFrom(null, null, null, 'in-process' as const, 'watched-now' as const, 'shared' as const),
  });
  const anyLibrary = fc
    .array(anyVideo, { maxLength: 25 })
    .map((all) =>
      all.map(({ days, watched, ...more }, index) =>
        video(index + 1, { ...more, endedAt: ago(days), watchedAt: watched === null ? null : ago(watched) }),
      ),
    );
  const anyNow = fc.record({
    freeBytes: fc.integer({ min: 0, max: 6000 }),
    bytesPerSecond: fc.constantFrom(0, 0.01, 0.1),
    bin: fc.array(fc.record({ bytes: fc.integer({ min: 0, max: 500 }), binnedAt: fc.constantFrom(ago(1), ago(2)) }), {
      maxLength: 4,
    }),
    zone: fc.constantFrom('UTC', 'Europe/Berlin', 'Pacific/Apia'),
    at: fc.constantFrom(at, '2026-03-29T01:30:00.000Z', '2026-10-25T01:30:00.000Z'),
  });
  const complete = ({
    bin,
    ...more
  }: { bin: { bytes: number; binnedAt: string }[] } & Omit<Partial<Now>, 'bin'>): Now => ({
    ...now,
    ...more,
    bin: bin.map((each, index) => ({ ...each, id: 1000 + index })),
    binBytes: bin.reduce((total, { bytes }) => total + bytes, 0),
  });
  const each = (check: (rules: CleanupSettings, library: PlannedVideo[], surroundings: Now) => void) =>
    fc.assert(
      fc.property(anySettings, anyLibrary, anyNow, (rules, library, surroundings) =>
        check(rules, library, complete(surroundings)),
      ),
      { numRuns: 400 },
    );

  it('nothing protected, needed or too young is ever chosen, and nothing twice', () =>
    each((rules, library, surroundings) => {
      const { removals } = plan(rules, library, surroundings);
      expect(new Set(removals.map((removal) => removal.video.id)).size).toBe(removals.length);
      for (const removal of removals) {
        expect(removal.video.isProtected).toBe(false);
        expect(removal.video.hold).toBeNull();
        const hours = (Date.parse(surroundings.at) - Date.parse(removal.video.endedAt)) / 3_600_000;
        expect(hours).toBeGreaterThanOrEqual(rules.floorHours);
      }
    }));

  it('the totals are those of the chosen videos', () =>
    each((rules, library, surroundings) => {
      const { removals, bytes, share, needsConfirmation } = plan(rules, library, surroundings);
      expect(bytes).toBe(removals.reduce((total, removal) => total + removal.video.bytes, 0));
      expect(share).toBeCloseTo(library.length === 0 ? 0 : removals.length / library.length);
      const ordinary = removals.filter(({ action }) => action === 'bin').length;
      if (ordinary > library.length / 4) expect(needsConfirmation).toBe(true);
    }));

  it('a run leaves nothing for a second one', () =>
    each((rules, library, surroundings) => {
      const first = plan(rules, library, surroundings);
      const gone = new Set(first.removals.map((removal) => removal.video.id));
      const emptied = new Set(first.binToEmpty);
      const binned = first.removals.filter(({ action }) => action === 'bin');
      const freed = first.removals
        .filter(({ action }) => action === 'purge')
        .reduce((sum, removal) => sum + removal.video.bytes, 0);
      const freedOfBin = surroundings.bin
        .filter(({ id }) => emptied.has(id))
        .reduce((sum, { bytes }) => sum + bytes, 0);
      const bin = [
        ...surroundings.bin.filter(({ id }) => !emptied.has(id)),
        ...binned.map((removal) => ({ id: removal.video.id, bytes: removal.video.bytes, binnedAt: surroundings.at })),
      ];
      const after: Now = {
        ...surroundings,
        freeBytes: surroundings.freeBytes + freed + freedOfBin,
        bin,
        binBytes: bin.reduce((sum, { bytes }) => sum + bytes, 0),
      };
      const rest = library.filter(({ id }) => !gone.has(id));
      const second = plan(rules, rest, after);
      // Once the disk has room, an emergency wants no more; it may remove something only if it could not find enough
      // before.
      if (first.bytesMissing === 0) expect(second.removals.map((removal) => removal.video.id)).toEqual([]);
    }));

  it('the order of the given list does not matter', () =>
    each((rules, library, surroundings) => {
      const ids = (all: readonly PlannedVideo[]) =>
        plan(rules, all, surroundings).removals.map((removal) => removal.video.id);
      expect(ids(library.toReversed()).toSorted()).toEqual(ids(library).toSorted());
    }));
});

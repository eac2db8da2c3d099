import { describe, expect, it } from '@jest/globals';
import { given } from '@streamvault/kernel/testing';
import { startsAnother } from './another-broadcast.js';
import { broadcastDecider } from './broadcast-decider.js';
import type { BroadcastEvent } from './broadcast-events.js';
import { evolve, foldBroadcast } from './broadcast-state.js';
import { barely, type Liveness, type Sighting, type Witness } from './sighting.js';
import type { BroadcastPolicy, Verdict } from './verdict.js';

const at = (minutes: number): string => new Date(Date.UTC(2026, 10, 30, 18, minutes)).toISOString();
const reason = { code: 'auto-record.on', message: 'Automatic recording is on.' };
const record: Verdict = { decision: 'record', rule: null, reason, judgeAgainAt: null };
const skip: Verdict = { ...record, decision: 'skip', reason: { code: 'rule.excluded', message: 'Rule 1 says no.' } };
const policy: BroadcastPolicy = { patienceSeconds: 720, judge: () => record, stopsOnChangeAfterSeconds: null };
const sighting = (witness: Witness, word: Liveness, minutes: number, platformId: string | null = null): Sighting => ({
  ...barely(witness, word, at(minutes)),
  platformId,
});
const started: BroadcastEvent = {
  type: 'BroadcastStarted',
  data: {
    broadcastId: 1,
    streamerId: 2,
    at: at(0),
    startedAt: at(0),
    noticedAt: at(0),
    witness: 'eventsub',
    platformId: '42',
    kind: 'live',
    title: 'Speedrun',
    category: 'Celeste',
    tags: null,
    formerIds: ['41'],
  },
};
const decided = (decision: 'record' | 'provisional'): BroadcastEvent => ({
  type: 'RecordingDecided',
  data: { at: at(0), decision, rule: null, reason, judgeAgainAt: null },
});
const away = (witness: Witness): BroadcastEvent => ({
  type: 'BroadcastAway',
  data: { at: at(30), witness, deadline: at(42) },
});
const absence = (word: 'offline' | 'unknown'): BroadcastEvent => ({
  type: 'BroadcastAbsenceSeen',
  data: { at: at(31), witness: 'helix', word },
});
const past = [started, decided('record')] as const;
const report = (seen: Sighting, minutes = Date.parse(seen.at) / 60_000 - Date.parse(at(0)) / 60_000) =>
  ({ type: 'Report', at: at(minutes), sighting: seen, policy }) as const;

describe('a broadcast', () => {
  it('that starts is judged at once', () => {
    const { decide, evolve: fold } = broadcastDecider;
    const command = {
      type: 'Start',
      at: at(0),
      broadcastId: 1,
      streamerId: 2,
      formerIds: [],
      sighting: sighting('eventsub', 'live', 0, '42'),
      policy,
    } as const;
    const events = decide(command, undefined);
    expect(events.map(({ type }) => type)).toEqual(['BroadcastStarted', 'RecordingDecided']);
    expect(events.reduce(fold, broadcastDecider.initialState())?.context.decision?.decision).toBe('record');
  });

  it('is away after one notice, and not over', () => {
    given(past, broadcastDecider)
      .when(report(sighting('eventsub', 'offline', 30)))
      .then([away('eventsub')]);
  });

  it('ignores an absence while its media arrives', () => {
    const seen: BroadcastEvent = { type: 'BroadcastSeen', data: { at: at(1), witness: 'playlist' } };
    for (const witness of ['eventsub', 'helix'] as const)
      given([...past, seen], broadcastDecider)
        .when(report(sighting(witness, 'offline', 30)))
        .thenNothing();
  });

  it('ignores an absence that is older than what is known', () => {
    given(
      [
        ...past,
        { type: 'BroadcastContinued', data: { at: at(20), witness: 'eventsub', platformId: '43', awaySeconds: 0 } },
      ],
      broadcastDecider,
    )
      .when(report(sighting('eventsub', 'offline', 19)))
      .thenNothing();
  });

  it('continues when the streamer comes back with the same id, as in flaps', () => {
    given([...past, away('eventsub')], broadcastDecider)
      .when(report(sighting('eventsub', 'live', 31, '42')))
      .then([
        { type: 'BroadcastContinued', data: { at: at(31), witness: 'eventsub', platformId: '42', awaySeconds: 60 } },
      ]);
  });

  it('continues under another id, also within the patience', () => {
    given([...past, away('eventsub')], broadcastDecider)
      .when(report(sighting('helix', 'live', 40, '43')))
      .thenState((state) => expect(state?.context.platformIds).toEqual(['42', '43']));
  });

  it('does not come back because Helix lags', () => {
    given([...past, away('eventsub')], broadcastDecider)
      .when(report(sighting('helix', 'live', 33, '42')))
      .thenNothing();
    given([...past, away('helix')], broadcastDecider)
      .when(report(sighting('helix', 'live', 33, '42')))
      .thenState((state) => expect(state?.value).toBe('live'));
  });

  it('ignores an id that goes back', () => {
    for (const id of ['42', '41'])
      given(past, broadcastDecider)
        .when({ ...report(sighting('helix', 'live', 5, id)), policy })
        .thenState((state) => expect(state?.context.platformIds).toEqual(['42']));
  });

  it('is over when patience runs out and two checks agree', () => {
    given([...past, away('eventsub'), absence('offline')], broadcastDecider)
      .when({ type: 'PassTime', at: at(42), policy })
      .thenState((state) => {
        expect(state?.value).toBe('ended');
        expect(state?.context.endedAt).toBe(at(30));
      });
  });

  it.each([
    ['after one absence only', [away('eventsub')]],
    ['while nobody can look', [away('eventsub'), absence('offline'), absence('unknown')]],
  ])('is waited for %s', (_, events) => {
    given([...past, ...events], broadcastDecider)
      .when({ type: 'PassTime', at: at(42), policy })
      .thenState((state) => {
        expect(state?.value).toBe('away');
        expect(Date.parse(state?.context.away?.deadline ?? '')).toBeGreaterThan(Date.parse(at(42)));
      });
  });

  it('is over as soon as a check is possible again, if patience had run out before', () => {
    given([...past, away('eventsub'), absence('unknown')], broadcastDecider)
      .when(report(sighting('helix', 'offline', 60)))
      .thenState((state) => expect(state?.value).toBe('ended'));
  });

  it('is explained by a raid', () => {
    const raid: BroadcastEvent = { type: 'BroadcastRaided', data: { at: at(29), to: 'somebody', viewers: 9 } };
    given([...past, raid, away('eventsub'), absence('offline')], broadcastDecider)
      .when({ type: 'PassTime', at: at(42), policy })
      .thenState((state) => expect(state?.context.endReason?.code).toBe('broadcast.raided'));
  });

  it('keeps the title of a notice against an older one from Helix, and takes what was unknown', () => {
    const changed: BroadcastEvent = {
      type: 'BroadcastTitleChanged',
      data: { at: at(10), witness: 'eventsub', title: 'Talk', category: 'Just Chatting', tags: null },
    };
    const stale = {
      ...sighting('helix', 'live', 11, '42'),
      details: { title: 'Speedrun', category: 'Celeste', tags: ['English'] },
    };
    given([...past, changed], broadcastDecider)
      .when(report(stale))
      .thenState((state) =>
        expect(state?.context.details).toEqual({ title: 'Talk', category: 'Just Chatting', tags: ['English'] }),
      );
  });

  it('that was recorded undecided is discarded when the rules say no, and kept when they say yes', () => {
    const change = (verdict: Verdict) =>
      ({ type: 'Reconsider', at: at(2), policy: { ...policy, judge: () => verdict } }) as const;
    given([started, decided('provisional')], broadcastDecider)
      .when(change(skip))
      .thenState((state) => expect(state?.context.decision?.decision).toBe('discard'));
    given([started, decided('provisional')], broadcastDecider)
      .when(change(record))
      .thenState((state) => expect(state?.context.decision?.decision).toBe('record'));
  });

  it('continues to be recorded when the rules change their mind, unless told to stop', () => {
    const stops = { ...policy, judge: () => skip, stopsOnChangeAfterSeconds: 300 };
    given(past, broadcastDecider)
      .when({ type: 'Reconsider', at: at(2), policy: { ...stops, stopsOnChangeAfterSeconds: null } })
      .thenNothing();
    const planned = given(past, broadcastDecider).when({ type: 'Reconsider', at: at(2), policy: stops });
    planned.then([
      { type: 'RecordingStopPlanned', data: { at: at(2), stopAt: at(7), rule: null, reason: skip.reason } },
    ]);
    const plan: BroadcastEvent = {
      type: 'RecordingStopPlanned',
      data: { at: at(2), stopAt: at(7), rule: null, reason: skip.reason },
    };
    given([...past, plan], broadcastDecider)
      .when({ type: 'Reconsider', at: at(4), policy })
      .then([{ type: 'RecordingStopCalledOff', data: { at: at(4) } }]);
    given([...past, plan], broadcastDecider)
      .when({ type: 'PassTime', at: at(7), policy: stops })
      .thenState((state) => expect(state?.context.decision?.decision).toBe('stop'));
  });

  it('is recorded from the edge of a window of time on, and judged again at the next edge', () => {
    const outside: BroadcastEvent = {
      type: 'RecordingDecided',
      data: { at: at(0), decision: 'skip', rule: null, reason: skip.reason, judgeAgainAt: at(30) },
    };
    const inside = { ...policy, judge: () => ({ ...record, judgeAgainAt: at(90) }) };
    given([started, outside], broadcastDecider)
      .when({ type: 'PassTime', at: at(29), policy: { ...policy, judge: () => ({ ...skip, judgeAgainAt: at(30) }) } })
      .thenNothing();
    given([started, outside], broadcastDecider)
      .when({ type: 'PassTime', at: at(30), policy: inside })
      .thenState((state) =>
        expect(state?.context).toMatchObject({ decision: { decision: 'record' }, judgeAgainAt: at(90) }),
      );
    // An edge that makes no difference leaves the decision alone, and names the next edge.
    const recorded: BroadcastEvent = {
      type: 'RecordingDecided',
      data: { at: at(0), decision: 'record', rule: null, reason, judgeAgainAt: at(30) },
    };
    given([started, recorded], broadcastDecider)
      .when({ type: 'PassTime', at: at(31), policy: inside })
      .thenState((state) =>
        expect(state?.context).toMatchObject({ decision: { decision: 'record' }, judgeAgainAt: at(90) }),
      );
  });

  it('obeys a person until it ends', () => {
    const stop: BroadcastEvent = { type: 'RecordingOverridden', data: { at: at(3), by: 'api', wish: 'stop' } };
    given([...past, stop], broadcastDecider)
      .when({ type: 'Reconsider', at: at(4), policy })
      .thenNothing();
    given([...past, stop], broadcastDecider)
      .when({ type: 'Override', at: at(5), by: 'api', wish: 'record' })
      .thenState((state) => expect(state?.context.decision?.decision).toBe('record'));
  });

  it('folds to the same state from the same events, again and again', () => {
    const events = [...past, away('eventsub'), absence('offline')];
    expect(foldBroadcast(events)).toEqual(foldBroadcast(events));
    expect(foldBroadcast([])).toBeUndefined();
  });
});

describe('another broadcast begins', () => {
  const ended = [
    ...past,
    { type: 'BroadcastEnded', data: { at: at(42), endedAt: at(30), reason } } as BroadcastEvent,
  ].reduce(evolve, undefined as ReturnType<typeof evolve>);
  const open = past.reduce(evolve, undefined as ReturnType<typeof evolve>);

  it.each([
    ['with the first live word there is', undefined, sighting('playlist', 'live', 0), true],
    ['with a new id after the last one ended', ended, sighting('helix', 'live', 50, '43'), true],
    ['not while one is open', open, sighting('helix', 'live', 50, '43'), false],
    ['not because Helix still shows what is over', ended, sighting('helix', 'live', 50, '42'), false],
    ['with an id that is over, where the platform says so again', ended, sighting('eventsub', 'live', 50, '42'), true],
    ['not by a notice that comes late', ended, sighting('eventsub', 'live', 29, '43'), false],
    ['not with an absence', undefined, sighting('helix', 'offline', 0), false],
    ['not with what nobody could see', ended, sighting('helix', 'unknown', 50), false],
  ])('%s', (_, latest, seen, expected) => {
    expect(startsAnother(latest, seen)).toBe(expected);
  });
});

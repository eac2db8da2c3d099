import { describe, expect, it } from '@jest/globals';
import { foldBroadcast } from '../domain/broadcast-state.js';
import type { BroadcastContext } from '../domain/broadcast-context.js';
import { isHeldOpen, isRecordingOf, isWaitedFor, overAt } from './held-open.js';

const at = '2026-11-30T18:00:00.000Z';
const started = {
  type: 'BroadcastStarted',
  data: {
    broadcastId: 1,
    streamerId: 2,
    at,
    startedAt: at,
    noticedAt: at,
    witness: 'playlist',
    platformId: null,
    kind: 'live',
    title: null,
    category: null,
    tags: null,
    formerIds: [],
  },
};
const wish = (what: 'record' | 'stop') => ({ type: 'RecordingOverridden', data: { at, by: 'ada', wish: what } });
const recorded = (recordingId: number) => ({ type: 'BroadcastRecorded', data: { at, recordingId } });
const context = (...events: { type: string; data: object }[]): BroadcastContext => {
  const folded = foldBroadcast([started, ...events]);
  if (!folded) throw new Error('Nothing began.');
  return folded.context;
};

describe('a recording that a person began', () => {
  it('is held open until its broadcast ends, unless that person stopped it', () => {
    expect(isHeldOpen(context(wish('record')))).toBe(true);
    expect(isHeldOpen(context(wish('record'), wish('stop')))).toBe(false);
    expect(isHeldOpen(context())).toBe(false);
    expect(isHeldOpen(undefined)).toBe(false);
    const over = { type: 'BroadcastEnded', data: { at, endedAt: at, reason: { code: 'a.b', message: 'Over.' } } };
    expect(isHeldOpen(context(wish('record'), over))).toBe(false);
  });

  it('belongs to the broadcast even if it is not its first', () => {
    const two = context(recorded(7), recorded(8));
    expect([7, 8, 9].map((id) => isRecordingOf(two, id))).toEqual([true, true, false]);
  });

  it('waits for a streamer who is known to be away, and no longer than anybody can say so', () => {
    const rules = { canBeLookedAt: true, patienceSeconds: 720 };
    const live = context(wish('record'));
    // Its own source is the first to say that it ends.
    expect(isWaitedFor(live, rules)).toBe(true);
    const gone = { type: 'BroadcastAway', data: { at, witness: 'playlist', deadline: '2026-11-30T18:12:00.000Z' } };
    const doubt = { type: 'BroadcastAbsenceSeen', data: { at, witness: 'playlist', word: 'unknown' } };
    expect(isWaitedFor(context(wish('record'), gone), rules)).toBe(true);
    expect(isWaitedFor(context(wish('record'), gone, doubt), rules)).toBe(false);
    expect(isWaitedFor(context(wish('record'), doubt), rules)).toBe(false);
    expect(isWaitedFor(live, { ...rules, canBeLookedAt: false })).toBe(false);
    expect(isWaitedFor(live, { ...rules, patienceSeconds: 0 })).toBe(false);
  });

  it('waits until the broadcast counts as over', () => {
    const gone = { type: 'BroadcastAway', data: { at, witness: 'playlist', deadline: '2026-11-30T18:12:00.000Z' } };
    expect(overAt(context(gone), 720, '2026-11-30T18:05:00.000Z')).toBe('2026-11-30T18:12:00.000Z');
    expect(overAt(context(), 60, at)).toBe('2026-11-30T18:01:00.000Z');
  });
});

import { describe, expect, it } from '@jest/globals';
import { foldBroadcast } from '../domain/broadcast-state.js';
import type { BroadcastContext } from '../domain/broadcast-context.js';
import { isHeldOpen, isRecordingOf, isWatchedFor } from './held-open.js';

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

  it('ends with its source if nothing else would notice that the broadcast is over', () => {
    const alone = { autoRecord: false, isToldByTwitch: false, platform: 'twitch' };
    expect(isWatchedFor(alone)).toBe(false);
    expect(isWatchedFor({ ...alone, isToldByTwitch: true, platform: 'hls' })).toBe(false);
    expect(isWatchedFor({ ...alone, autoRecord: true, platform: 'hls' })).toBe(true);
    // It is held open from its first second, even before Twitch reports the broadcast.
    expect(isWatchedFor({ ...alone, isToldByTwitch: true })).toBe(true);
  });
});

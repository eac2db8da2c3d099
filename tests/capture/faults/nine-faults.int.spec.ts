import { describe, expect, it } from '@jest/globals';
import { playOut, type FaultCase } from './fault-case.js';

/** The nine faults by which streamlink and ffmpeg lost a recording, each as it was given to them. */
const CASES: readonly FaultCase[] = [
  {
    name: 'a playlist that stands still for 20 s while the broadcast goes on',
    origin: { window: 30, initial: 6 },
    async play(stage) {
      await stage.broadcast(2);
      stage.origin.faults.playlist({ kind: 'frozen' });
      stage.origin.advance(20);
      await stage.witness.interrupted('source.stalled');
      await stage.pass(10);
      stage.origin.faults.clear();
      await stage.witness.resumed();
      await stage.broadcast(4);
    },
  },
  {
    name: 'a playlist that stands still for ever',
    capture: { rate: 1200 },
    stopped: true,
    async play(stage) {
      await stage.stored();
      stage.origin.faults.playlist({ kind: 'frozen' });
      await stage.witness.interrupted('source.stalled');
      await stage.pass(1800);
      expect(stage.witness.interruption?.code).toBe('source.stalled');
    },
  },
  {
    name: 'a playlist that is answered with 500 for 20 s',
    origin: { window: 30, initial: 6 },
    async play(stage) {
      await stage.broadcast(2);
      stage.origin.faults.playlist({ kind: 'status', status: 500 });
      stage.origin.advance(20);
      await stage.witness.interrupted('source.server-error');
      await stage.pass(10);
      stage.origin.faults.clear();
      await stage.witness.resumed();
      await stage.broadcast(4);
    },
  },
  {
    name: 'a playlist whose address expires (403)',
    refreshedUrl: ({ url }) => `${url}?session=2`,
    async play(stage) {
      await stage.broadcast(2);
      stage.origin.faults.playlist({ kind: 'expired', status: 403, valid: 'session=2' });
      await stage.broadcast(6);
      expect(stage.witness.of('sourceOpened').map(({ again }) => again)).toEqual([undefined, 'refused']);
    },
  },
  {
    name: '6 s of segments that are not there (404)',
    lost: [{ from: 9, count: 6, cause: 'source.not-found' }],
    async play(stage) {
      stage.origin.faults.segments({ kind: 'status', status: 404 }, [9, 10, 11, 12, 13, 14]);
      await stage.broadcast(14);
    },
  },
  {
    name: 'a segment that is cut half-way',
    async play(stage) {
      stage.origin.faults.segments({ kind: 'truncated' }, [8], 1);
      await stage.broadcast(6);
    },
  },
  {
    name: 'a segment that stalls half-way',
    async play(stage) {
      stage.origin.faults.segments({ kind: 'stalled' }, [8], 1);
      await stage.broadcast(6);
    },
  },
  {
    name: 'numbers that begin at 0 again',
    parts: ['start', 'sequence-reset'],
    async play(stage) {
      await stage.broadcast(4);
      stage.origin.broadcast.resetSequence();
      await stage.broadcast(6);
    },
  },
  {
    // A segment of one second takes a second and a half.
    name: 'segments that take longer than they last',
    origin: { window: 10, initial: 4, pace: 20 },
    capture: { rate: 20 },
    async play(stage) {
      stage.origin.faults.segments({ kind: 'slow', milliseconds: 75 });
      await stage.pass(24);
    },
  },
];

describe('of the faults that end other recorders', () => {
  it.each(CASES)('$name loses only what could not be fetched', playOut);
});

import { describe, expect, it } from '@jest/globals';
import type { RecordingProgress } from '@streamvault/api-contract';
import { type FeedMessage, type FeedState, backoff, byteAge, initialFeedState, reduceFeed } from './feed-state';

const after = (...messages: FeedMessage[]): FeedState => messages.reduce(reduceFeed, initialFeedState);
const progressOf = (change: Partial<RecordingProgress> = {}): RecordingProgress => ({
  recordingId: 3,
  bytes: 100,
  durationSeconds: 10,
  segments: 5,
  bytesPerSecond: 700,
  lastByteAt: '2026-11-22T21:00:00.000Z',
  lastByteAgeSeconds: 1.5,
  capturedRatio: 1,
  gapSeconds: 0,
  adSeconds: 0,
  stallSeconds: 0,
  retries: 0,
  reResolves: 0,
  advertisingSince: null,
  stalledSince: null,
  ...change,
});
const progress = (at: number, ...recordings: RecordingProgress[]): FeedMessage => ({
  kind: 'progress',
  progress: { recordings },
  at,
});

describe('the live feed, message by message', () => {
  it('is live once it has opened, and reconnecting as soon as it is lost', () => {
    expect(initialFeedState.connection).toBe('connecting');
    expect(after({ kind: 'opened' }).connection).toBe('live');
    expect(after({ kind: 'opened' }, { kind: 'lost', at: 5 }).connection).toBe('reconnecting');
    expect(after({ kind: 'opened' }, { kind: 'lost', at: 5 }, { kind: 'opened' }).connection).toBe('live');
  });

  it('keeps the last position through a loss, and messages without one do not move it', () => {
    const state = after(
      { kind: 'opened' },
      { kind: 'event', id: '41' },
      { kind: 'event', id: '' },
      { kind: 'closed', at: 6 },
    );
    expect(state.lastEventId).toBe('41');
  });

  it('lets go of the position when it is refused again and again, so that a new log does not lock the console out', () => {
    const refusals = Array.from({ length: 4 }, (): FeedMessage => ({ kind: 'closed', at: 6 }));
    expect(after({ kind: 'event', id: '41' }, ...refusals.slice(1)).lastEventId).toBe('41');
    expect(after({ kind: 'event', id: '41' }, ...refusals).lastEventId).toBeNull();
  });

  it('counts attempts from the last success', () => {
    expect(after({ kind: 'closed', at: 6 }, { kind: 'closed', at: 6 }).failures).toBe(2);
    expect(after({ kind: 'closed', at: 6 }, { kind: 'closed', at: 6 }, { kind: 'opened' }).failures).toBe(0);
  });

  it('keeps the figures of every recording that is captured, and drops one that the next message does not name', () => {
    const both = after(progress(1000, progressOf(), progressOf({ recordingId: 4 })));
    expect([...both.figures.keys()]).toEqual([3, 4]);
    expect([...reduceFeed(both, progress(2000, progressOf())).figures.keys()]).toEqual([3]);
  });

  it('keeps the rates of the last two minutes, newest last', () => {
    const messages = Array.from({ length: 130 }, (_, index) => progress(index, progressOf({ bytesPerSecond: index })));
    const rates = after(...messages).figures.get(3)?.rates ?? [];
    expect(rates).toHaveLength(120);
    expect(rates.at(-1)).toBe(129);
  });

  it('waits longer after each refusal, up to fifteen seconds', () => {
    expect([1, 2, 3, 6, 50].map((failures) => backoff(failures, 0.5))).toEqual([500, 1000, 2000, 15_000, 15_000]);
    expect(backoff(1, 0)).toBe(400);
    expect(backoff(1, 1)).toBe(600);
  });
});

describe('the last byte’s age', () => {
  it('ticks from the moment the figure came, by this browser’s clock', () => {
    expect(byteAge({ lastByteAgeSeconds: 1.5, receivedAt: 10_000 }, 14_000)).toBe(5.5);
  });

  it('is unknown while no byte has come', () => {
    expect(byteAge({ lastByteAgeSeconds: null, receivedAt: 0 }, 5000)).toBeNull();
  });
});

import { describe, expect, it } from '@jest/globals';
import { aRecording } from '../../../testing/fixtures';
import type { Figures } from './feed-state';
import { presentFigures } from './present-figures';

describe('what is known of a recording this second', () => {
  const now = Date.parse('2026-11-22T21:10:00Z');
  const cause = { code: 'source.timeout', message: 'The source did not answer.' };
  const figures = (change: Partial<Figures> = {}): Figures => ({
    recordingId: 3,
    bytes: 60_000_000,
    durationSeconds: 80,
    segments: 40,
    bytesPerSecond: 750_000,
    lastByteAt: '2026-11-22T21:09:58Z',
    lastByteAgeSeconds: 2,
    capturedRatio: 0.95,
    gapSeconds: 4,
    adSeconds: 30,
    stallSeconds: 12,
    retries: 3,
    reResolves: 1,
    advertisingSince: null,
    stalledSince: null,
    receivedAt: now,
    rates: [],
    ...change,
  });
  const live = { isLive: true, now };

  it('is what the feed says while it is being captured', () => {
    expect(presentFigures(aRecording(), figures(), live)).toMatchObject({
      bytes: 60_000_000,
      segments: 40,
      capturedRatio: 0.95,
      gapSeconds: 4,
      adSeconds: 30,
      stallSeconds: 12,
      retries: 3,
      reResolves: 1,
      lastByteAgeSeconds: 2,
      stalledSeconds: null,
      isAdvertising: false,
    });
  });

  it('never goes back to what the feed said before the recording was asked for', () => {
    const recording = aRecording({ bytes: 90_000_000, segments: 60, gapSeconds: 9, retries: 5 });
    expect(presentFigures(recording, figures(), live)).toMatchObject({
      bytes: 90_000_000,
      segments: 60,
      gapSeconds: 9,
      retries: 5,
    });
  });

  it('is what the recording keeps once it is over', () => {
    const recording = aRecording({ state: 'completed', stallSeconds: 42, retries: null, capturedRatio: 0.5 });
    expect(presentFigures(recording, figures(), live)).toMatchObject({
      stallSeconds: 42,
      retries: null,
      capturedRatio: 0.5,
      bytesPerSecond: null,
      stalledSeconds: null,
    });
  });

  it('lets silence grow between two messages of the feed', () => {
    const silent = figures({ stalledSince: '2026-11-22T21:09:49Z', lastByteAgeSeconds: 11 });
    const later = { isLive: true, now: now + 3000 };
    expect(presentFigures(aRecording(), silent, later)).toMatchObject({ stalledSeconds: 14, stallSeconds: 15 });
  });

  it('goes by the log where the feed is away: what it said last may be over', () => {
    const stalls = [{ from: '2026-11-22T21:09:30Z', to: null, cause }];
    const away = { isLive: false, now };
    expect(presentFigures(aRecording(), figures({ stalledSince: stalls[0]!.from }), away)).toMatchObject({
      bytes: 60_000_000,
      stalledSeconds: null,
      bytesPerSecond: null,
      lastByteAgeSeconds: null,
    });
    expect(presentFigures(aRecording({ stalls, stallSeconds: 5 }), undefined, away)).toMatchObject({
      stalledSeconds: 30,
      stallSeconds: 35,
    });
  });
});

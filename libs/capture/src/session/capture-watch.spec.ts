import { describe, expect, it } from '@jest/globals';
import { CaptureWatch } from './capture-watch.js';
import { GapTally } from './gap-tally.js';
import { Gate } from '../ledger/gate.js';

const cause = { code: 'source.server-error', message: 'trouble' };
const totals = (bytes: number) => ({ bytes, segments: 1, durationSeconds: 2 });

describe('CaptureWatch', () => {
  it('reports a silence once, with the likely cause, and its end once', () => {
    const watch = new CaptureWatch(1, 0);
    expect(watch.check(9_999, 10_000)).toBeUndefined();
    watch.trouble(cause);
    expect(watch.check(10_000, 10_000)).toEqual(cause);
    expect(watch.check(30_000, 10_000)).toBeUndefined();
    expect(watch.committed(31_000)).toBe(true);
    expect(watch.committed(32_000)).toBe(false);
    expect(watch.check(42_000, 10_000)).toMatchObject({ code: 'source.stalled' });
  });

  it('does not take skipped advertising for silence, and says since when it lasts', () => {
    const watch = new CaptureWatch(1, 0);
    const from = new Date(1000).toISOString();
    watch.advertising(from, 8000);
    watch.advertising(new Date(9000).toISOString(), 16_000);
    expect(watch.check(25_999, 10_000)).toBeUndefined();
    expect(watch.progress(20_000, totals(0))).toMatchObject({ advertisingSince: from });
    expect(watch.check(26_000, 10_000)).toMatchObject({ code: 'source.stalled' });
    watch.committed(30_000);
    expect(watch.progress(30_000, totals(9))).not.toHaveProperty('advertisingSince');
  });

  it('reports a disk in the way at once and only once, and then the silent source if that remains', () => {
    const watch = new CaptureWatch(1, 0);
    const full = { code: 'disk.full', message: 'no room' };
    expect(watch.diskTrouble(full, 1_000)).toBe(true);
    for (let ms = 6_000; ms < 60_000; ms += 5_000) {
      expect(watch.diskTrouble(full, ms)).toBe(false);
      expect(watch.check(ms + 4_000, 10_000)).toBeUndefined();
    }
    expect(watch.check(66_000, 10_000)).toMatchObject({ code: 'source.stalled' });
    expect(watch.check(90_000, 10_000)).toBeUndefined();
    expect(watch.committed(91_000)).toBe(true);
    expect(watch.diskTrouble(full, 92_000)).toBe(true);
    expect(watch.committed(93_000)).toBe(true);
    expect(watch.check(94_000, 10_000)).toBeUndefined();
  });

  it('gives the rate of the last seconds and the time of the last byte, and none before the first byte', () => {
    const watch = new CaptureWatch(1, 0);
    expect(watch.progress(0, totals(0))).toEqual({ recordingId: 1, ...totals(0), bytesPerSecond: 0 });
    watch.committed(1500);
    expect(watch.progress(2000, totals(4000))).toMatchObject({
      bytesPerSecond: 2000,
      lastByteAt: new Date(1500).toISOString(),
    });
    for (let second = 3; second < 10; second += 1) watch.progress(second * 1000, totals(4000));
    expect(watch.progress(10_000, totals(4000)).bytesPerSecond).toBe(0);
  });
});

describe('GapTally', () => {
  it('joins neighbours with one cause into one gap, and keeps others apart', () => {
    const gaps = new GapTally();
    gaps.add(0, 2000, cause);
    gaps.add(2000, 4000, cause);
    gaps.add(4000, 6000, { ...cause, code: 'other' });
    gaps.add(9000, 9500, { ...cause, code: 'other' });
    expect(gaps.entries().map(({ seconds }) => seconds)).toEqual([4, 2, 0.5]);
    gaps.clear();
    expect(gaps.entries()).toEqual([]);
  });

  it('never ends before it begins', () => {
    const gaps = new GapTally();
    gaps.add(5000, 4000, cause);
    expect(gaps.entries()).toMatchObject([{ seconds: 0 }]);
  });
});

describe('Gate', () => {
  it('lets only a limited number in, and the next one when one has left, also after a failure', async () => {
    const gate = new Gate(2);
    let inside = 0;
    let most = 0;
    const work = async (fail: boolean): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await Promise.resolve();
      await Promise.resolve();
      inside -= 1;
      if (fail) throw new Error('disk');
    };
    const ends = await Promise.allSettled([...Array(9).keys()].map((n) => gate.run(() => work(n % 3 === 0))));
    expect(most).toBe(2);
    expect(ends.filter((end) => end.status === 'fulfilled')).toHaveLength(6);
    await gate.run(() => work(false));
  });
});

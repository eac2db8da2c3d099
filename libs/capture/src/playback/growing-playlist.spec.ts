import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { gunzipSync } from 'node:zlib';
import { parsePlaylist } from '../hls/parse-playlist.js';
import type { MediaPlaylist } from '../hls/playlist.js';
import { Ledger } from '../ledger/ledger.js';
import { instant, LedgerBuilder } from '../ledger/ledger.testing.js';
import { GrowingPlaylist } from './growing-playlist.js';

const partUri = (part: { file: string }) => `parts/${part.file}`;
const parse = (text: string) => parsePlaylist(text, 'http://x.example/p/') as MediaPlaylist;

/** So many segments of two seconds each, in one part. */
function segments(count: number, from = 0, builder = new LedgerBuilder().part()): LedgerBuilder {
  for (let number = from; number < from + count; number += 1) builder.segment(number, { length: 1_000_000 + number });
  return builder;
}

/** A ledger that takes its entries one by one, as a reader's does. */
function growing({ entries }: LedgerBuilder) {
  const ledger = new Ledger({ type: 'ledger', version: 1, recordingId: 7, createdAt: instant(0) });
  let next = 0;
  return {
    ledger,
    grow: (count: number) => {
      for (const entry of entries.slice(next, (next += count))) ledger.apply(entry);
      return next < entries.length;
    },
  };
}

/** What happens in a broadcast; each is put behind the one before it. */
const happenings = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.constant('segment' as const) },
    fc.constantFrom('gap' as const, 'restart' as const, 'ad' as const, 'drift' as const, 'long' as const),
  ),
  { minLength: 30, maxLength: 120 },
);

function broadcast(all: readonly string[]): LedgerBuilder {
  const builder = segments(20);
  let [number, seconds] = [20, 40];
  for (const what of all) {
    if (what === 'gap') {
      builder.gap(seconds, seconds + 4);
      number += 2;
      seconds += 4;
      continue;
    }
    if (what === 'restart') {
      builder.part({ reason: 'restart' });
      continue;
    }
    if (what === 'drift') seconds += 0.5;
    const durationSeconds = what === 'long' ? 4.2 : 2;
    builder.segment(number, {
      durationSeconds,
      ad: what === 'ad',
      programDateTime: instant(seconds),
      length: 500 + number,
    });
    number += 1;
    seconds += durationSeconds;
  }
  return builder;
}

describe('GrowingPlaylist', () => {
  it('puts neighbours together to six seconds, but for the first half minute, and keeps the target duration', () => {
    const playlist = new GrowingPlaylist(segments(60).build(), { partUri, entrySeconds: 6 });
    const { segments: entries, targetDurationSeconds } = parse(playlist.text(false));
    expect(entries.map(({ durationSeconds }) => durationSeconds)).toEqual([
      ...Array.from({ length: 15 }, () => 2),
      ...Array.from({ length: 15 }, () => 6),
    ]);
    expect(targetDurationSeconds).toBe(6);
    expect(playlist.text(false).match(/PROGRAM-DATE-TIME/g)).toHaveLength(1);
  });

  it('shows what is not yet a whole entry when it ended', () => {
    const playlist = new GrowingPlaylist(segments(61).build(), { partUri, entrySeconds: 6 });
    expect(parse(playlist.text(false)).segments).toHaveLength(30);
    const ended = parse(playlist.text(true));
    expect(ended.segments.at(-1)?.durationSeconds).toBe(2);
    expect(ended.segments).toHaveLength(31);
  });

  it.each([0, 6])(
    'only ever grows at its end, loses nothing, and keeps to its target (entries of %s s)',
    (entrySeconds) => {
      fc.assert(
        fc.property(happenings, fc.integer({ min: 1, max: 9 }), (all, step) => {
          const builder = broadcast(all);
          const { ledger, grow } = growing(builder);
          const playlist = new GrowingPlaylist(ledger, { partUri, entrySeconds });
          let before = '';
          while (grow(step)) {
            const now = playlist.text(false);
            expect(now.slice(now.indexOf('CAN-SKIP')).slice(20).startsWith(before)).toBe(true);
            before = now.slice(now.indexOf('CAN-SKIP')).slice(20);
          }
          const text = playlist.text(true);
          expect(text).toBe(new GrowingPlaylist(builder.build(), { partUri, entrySeconds }).text(true));
          const { segments: entries, targetDurationSeconds } = parse(text);
          const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
          expect(sum(entries.map(({ durationSeconds }) => durationSeconds))).toBeCloseTo(
            ledger.totals.durationSeconds,
            3,
          );
          expect(sum(entries.map(({ byteRange }) => byteRange?.length ?? 0))).toBe(ledger.totals.bytes);
          expect(Math.max(...entries.map(({ durationSeconds }) => Math.round(durationSeconds)))).toBeLessThanOrEqual(
            targetDurationSeconds,
          );
        }),
        { numRuns: 60 },
      );
    },
  );

  it('is compressed to what it says, however it grew', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 12 }), (steps) => {
        const { ledger, grow } = growing(segments(2000));
        const playlist = new GrowingPlaylist(ledger, { partUri });
        for (const [index, step] of steps.entries()) {
          grow(step);
          const hasEnded = index === steps.length - 1;
          expect(gunzipSync(playlist.gzip(hasEnded)).toString()).toBe(playlist.text(hasEnded));
        }
      }),
      { numRuns: 20 },
    );
  });

  it('tells who has read it only what is newer, and every advertising break', () => {
    const builder = segments(30);
    builder.segment(30, { ad: true });
    segments(70, 31, builder);
    const playlist = new GrowingPlaylist(builder.build(), { partUri, entrySeconds: 6 });
    const whole = parse(playlist.text(false));
    const text = playlist.delta(false) ?? '';
    const skipped = Number(/SKIPPED-SEGMENTS=(\d+)/.exec(text)?.[1]);
    const newer = parse(text);
    expect(text.length).toBeLessThan(1000);
    expect(skipped + newer.segments.length).toBe(whole.segments.length);
    const place = ({ byteRange, durationSeconds, url }: (typeof whole.segments)[number]) => [
      url,
      byteRange,
      durationSeconds,
    ];
    expect(newer.segments.map(place)).toEqual(whole.segments.slice(skipped).map(place));
    expect(text).toContain('CLASS="streamvault-ad-kept"');
    expect(text).toContain('#EXT-X-VERSION:9\n');
    expect(text.match(/PROGRAM-DATE-TIME/g)).toHaveLength(1);
  });

  it('has nothing to leave out while it is short, or when it ended', () => {
    expect(new GrowingPlaylist(segments(5).build(), { partUri }).delta(false)).toBeUndefined();
    expect(new GrowingPlaylist(segments(500).build(), { partUri }).delta(true)).toBeUndefined();
  });
});

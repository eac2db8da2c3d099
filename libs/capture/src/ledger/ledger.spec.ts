import { describe, expect, it } from '@jest/globals';
import { decodeEntry, encodeLine } from './entries.js';
import { BROADCAST_START, instant, LedgerBuilder } from './ledger.testing.js';
import { readRuns } from './runs.js';
import { readSoundedRuns } from './sound.js';

describe('ledger entries', () => {
  it('come back from their line as they went in', () => {
    const { entries } = new LedgerBuilder().part({ container: 'mp4' }).segment(1).gap(4, 6).segment(3);
    for (const entry of entries) expect(decodeEntry(encodeLine(entry).trimEnd())).toEqual(entry);
  });

  it.each([
    ['', 'nothing'],
    ['{"type":"segm', 'a torn line'],
    ['\0\0\0\0\0\0', 'zeroes of a lost block'],
    ['{"type":"segment"}', 'missing fields'],
    ['{"type":"toString"}', 'a name from the prototype'],
    ['null', 'not an object'],
    [JSON.stringify({ type: 'gap', from: 'yesterday', to: 'x', seconds: -1, cause: {} }), 'wrong values'],
    [
      JSON.stringify({
        type: 'partOpened',
        number: 1,
        file: '../../etc/passwd',
        container: 'ts',
        reason: 'start',
        signature: '',
        targetDurationSeconds: 2,
        at: instant(0),
      }),
      'a file outside of the folder',
    ],
  ])('refuse %j (%s)', (line) => {
    expect(decodeEntry(line)).toBeUndefined();
  });
});

describe('Ledger', () => {
  it('adds up parts, segments and gaps', () => {
    const ledger = new LedgerBuilder().part().segment(0).segment(1).gap(4, 6).segment(3).build();
    expect(ledger.totals).toEqual({ bytes: 3 * 1880, segments: 3, durationSeconds: 6 });
    expect(ledger.parts).toMatchObject([{ number: 1, bytes: 5640, segments: 3, durationSeconds: 6 }]);
    expect(ledger.gaps).toMatchObject([{ seconds: 2, atMediaSeconds: 4 }]);
  });

  it('counts the init section among the bytes of its part', () => {
    const ledger = new LedgerBuilder().part({ container: 'mp4' }).segment(0).build();
    expect(ledger.parts[0]).toMatchObject({ bytes: 2580, init: { offset: 0, length: 700 } });
    expect(ledger.totals.bytes).toBe(2580);
  });

  it.each([
    ['a segment before any part', new LedgerBuilder().segment(0)],
    ['a segment over bytes of another', new LedgerBuilder().part().segment(0).segment(1, { offset: 100 })],
    ['a segment of a part that is not the open one', new LedgerBuilder().part().segment(0, { part: 2 })],
  ])('refuses %s', (_, builder) => {
    expect(() => builder.build()).toThrow('Inconsistent');
  });

  it('is ended by the source, and no longer once another part follows', () => {
    const builder = new LedgerBuilder()
      .part()
      .segment(0)
      .entry({ type: 'ended', reason: 'endlist', at: instant(2) });
    expect(builder.build().ended).toEqual({ reason: 'endlist', at: instant(2) });
    expect(builder.part({ reason: 'restart' }).build().ended).toBeUndefined();
  });

  it('maps wall-clock to media time over a gap and back', () => {
    const ledger = new LedgerBuilder().part().segment(0).segment(1).gap(4, 20).segment(10).segment(11).build();
    expect(ledger.mediaTimeAt(instant(3))).toBe(3);
    expect(ledger.mediaTimeAt(instant(12))).toBe(4);
    expect(ledger.mediaTimeAt(instant(21.5))).toBe(5.5);
    expect(ledger.mediaTimeAt(instant(-5))).toBe(0);
    expect(ledger.mediaTimeAt(new Date(BROADCAST_START + 3_600_000))).toBe(8);
    expect(ledger.instantAt(5.5)).toBe(instant(21.5));
    expect(ledger.instantAt(0)).toBe(instant(0));
    expect(ledger.instantAt(99)).toBe(instant(24));
  });

  it('has no instant before the first segment', () => {
    expect(new LedgerBuilder().build().instantAt(0)).toBeUndefined();
    expect(new LedgerBuilder().build().mediaTimeAt(instant(0))).toBe(0);
  });

  it('keeps the map in order when the source sets its clock back', () => {
    const ledger = new LedgerBuilder()
      .part()
      .segment(0)
      .segment(1, { programDateTime: instant(-60) })
      .segment(2)
      .build();
    const starts = ledger.segments.map((segment) => segment.startsAtMs);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  });
});

describe('readRuns', () => {
  it('takes a restart with the next media sequence as one run over two files', () => {
    const ledger = new LedgerBuilder().part().segment(0).segment(1).part({ reason: 'restart' }).segment(2).build();
    expect(readRuns(ledger)).toEqual([
      {
        index: 0,
        container: 'ts',
        signature: 'h264:320x180',
        ranges: [
          { file: 'part-0001.ts', offset: 0, length: 3760 },
          { file: 'part-0002.ts', offset: 0, length: 1880 },
        ],
        segments: 3,
        bytes: 5640,
        durationSeconds: 6,
        slackSeconds: 0,
        startsAt: instant(0),
        mediaStartSeconds: 0,
      },
    ]);
  });

  it('says by how much a run may be off if rounded durations could not be measured', () => {
    const ledger = new LedgerBuilder().part().segment(0, { rounded: true }).segment(1).segment(2, { rounded: true });
    expect(readRuns(ledger.build())).toMatchObject([{ durationSeconds: 6, slackSeconds: 2 }]);
  });

  it.each([
    ['a discontinuity', new LedgerBuilder().part().segment(0).segment(1, { discontinuity: true })],
    ['a gap', new LedgerBuilder().part().segment(0).gap(2, 4).segment(2)],
    ['a sequence that starts anew', new LedgerBuilder().part().segment(500).segment(0)],
    ['other codecs', new LedgerBuilder().part().segment(0).part({ signature: 'h264:640x360' }).segment(1)],
    [
      'another init section',
      new LedgerBuilder().part({ container: 'mp4' }).segment(0).part({ container: 'mp4', initSha256: 'bb' }).segment(1),
    ],
  ])('begins another run at %s', (_, builder) => {
    expect(readRuns(builder.build())).toHaveLength(2);
  });

  it('gives each mp4 run the init section of its own part', () => {
    const ledger = new LedgerBuilder().part({ container: 'mp4' }).segment(0).segment(1).build();
    expect(readRuns(ledger)).toMatchObject([
      {
        init: { file: 'part-0001.mp4', offset: 0, length: 700 },
        ranges: [{ file: 'part-0001.mp4', offset: 700, length: 3760 }],
      },
    ]);
  });

  it('skips bytes that no segment claims', () => {
    const ledger = new LedgerBuilder().part().segment(0).segment(1, { offset: 4000 }).build();
    expect(readRuns(ledger)[0]?.ranges).toEqual([
      { file: 'part-0001.ts', offset: 0, length: 1880 },
      { file: 'part-0001.ts', offset: 4000, length: 1880 },
    ]);
  });
});

describe('readSoundedRuns', () => {
  const picture = (count: number) => {
    const builder = new LedgerBuilder().part();
    for (let number = 0; number < count; number += 1) builder.segment(number);
    return builder;
  };
  const lengths = (ledger: LedgerBuilder, sound?: LedgerBuilder) =>
    readSoundedRuns(ledger.build(), sound?.build()).map(({ run, sound: heard }) => [
      run.durationSeconds,
      heard?.durationSeconds,
    ]);

  it('are the runs if the audio is in the video or there is none', () => {
    expect(lengths(picture(3))).toEqual([[6, undefined]]);
    expect(lengths(picture(3), new LedgerBuilder())).toEqual([[6, undefined]]);
  });

  it('end where the separate audio starts again, and each has its own', () => {
    const sound = new LedgerBuilder().part().segment(0).segment(1).segment(2);
    sound.part({ signature: 'aac@44100:2' });
    for (const number of [3, 4, 5, 6]) sound.segment(number);
    expect(lengths(picture(7), sound)).toEqual([
      [6, 6],
      [8, 8],
    ]);
    const [first, second] = readSoundedRuns(picture(7).build(), sound.build());
    expect([first?.sound?.signature, second?.sound?.signature]).toEqual(['h264:320x180', 'aac@44100:2']);
    expect([first?.run.index, second?.run.index]).toEqual([0, 1]);
  });

  it('continue where the separate audio continues after something missing', () => {
    const sound = new LedgerBuilder().part().segment(0).segment(1).gap(4, 8).part({ reason: 'restart' }).segment(4);
    expect(lengths(picture(8), sound)).toEqual([[16, 6]]);
  });

  it('treat a break of the audio near their own ends as the same event, reported a little earlier or later', () => {
    const ledger = picture(4).segment(4, { discontinuity: true }).segment(5).segment(6).segment(7);
    const sound = new LedgerBuilder().part().segment(0).segment(1).segment(2).segment(3).segment(4);
    for (const number of [5, 6, 7]) sound.segment(number, { discontinuity: number === 5 });
    expect(lengths(ledger, sound)).toEqual([
      [8, 8],
      [8, 6],
    ]);
  });
});

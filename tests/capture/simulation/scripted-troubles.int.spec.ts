import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readRuns, type HlsCaptureSettings } from '@streamvault/capture';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Retention, ScriptedBroadcast, SEGMENT_MS, type TroubleKind } from './scripted-broadcast.js';
import { faultsOf, NO_FAULTS, simulate } from './simulation.js';

const startsAtMs = Date.parse('2026-11-22T12:00:00.000Z');
/** What has left the list is gone. */
const SHORT: Retention = { listed: 3, kept: 0 };

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'simulation-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Script {
  /** Kinds with their start and duration, in seconds of the broadcast. */
  readonly troubles: readonly (readonly [kind: TroubleKind, at: number, seconds?: number])[];
  readonly retention?: Retention;
  readonly seconds?: number;
  readonly settings?: Partial<HlsCaptureSettings>;
  /** In seconds of the broadcast. */
  readonly begun?: number;
  readonly stopped?: number;
  readonly left?: number;
}

function run({ troubles, retention, seconds = 180, settings, begun = 25, stopped, left }: Script) {
  const atMs = (second: number) => startsAtMs + second * 1000;
  const scripted = troubles.map(([kind, at, lasts = 0]) => {
    return { kind, fromMs: atMs(at), toMs: atMs(at + lasts) };
  });
  const broadcast = new ScriptedBroadcast(startsAtMs, seconds, scripted, retention);
  return simulate({
    directory: path.join(folder, 'capture'),
    broadcast,
    begunAtMs: atMs(begun),
    seed: 1,
    ...(stopped !== undefined && { stoppedAtMs: atMs(stopped) }),
    ...(left !== undefined && { leftAtMs: atMs(left) }),
    ...(settings && { settings }),
  });
}

type Ran = Awaited<ReturnType<typeof run>>;

const missing = ({ broadcast, stored }: Ran) =>
  broadcast.segments.filter(({ index }) => index >= stored[0]! && !stored.includes(index));
const at = (second: number) => new Date(startsAtMs + second * 1000).toISOString();

describe('one segment that fails while the list is short', () => {
  it.each([
    ['is refused for ever', 'segment-missing', 'source.not-found'],
    ['is cut off for ever', 'segment-cut', 'source.connection-lost'],
    ['stalls for ever', 'segment-stalled', 'source.timeout'],
  ] as const)('and %s is the only one lost', async (_, trouble, cause) => {
    const outcome = await run({ troubles: [[trouble, 60]], retention: SHORT });
    expect(missing(outcome).map((segment) => segment.trouble)).toEqual([trouble]);
    expect(outcome.ledger.gaps).toMatchObject([{ seconds: 2, cause: { code: cause } }]);
    expect(faultsOf(outcome)).toEqual(NO_FAULTS);
  });

  it('does not take others with it if it is slow', async () => {
    const outcome = await run({ troubles: [['segment-slow', 60]], retention: SHORT });
    expect(missing(outcome)).toEqual([]);
  });

  it('is fetched at the second attempt, if it is served that long', async () => {
    const outcome = await run({ troubles: [['segment-stalled-once', 60]], retention: { listed: 3, kept: 10 } });
    expect(missing(outcome)).toEqual([]);
    expect(outcome.ledger.gaps).toEqual([]);
  });
});

describe('with full memory', () => {
  // A body has 1504 bytes: there is room for hardly three.
  const settings = { flushBytes: 300, bufferBytes: 300, totalBufferBytes: 4000, idleTimeoutSeconds: 10 };

  it.each(['segment-missing', 'segment-cut', 'segment-stalled'] as const)(
    'a segment (%s) gives way to later ones that would leave the list',
    async (trouble) => {
      const outcome = await run({ troubles: [[trouble, 60]], retention: SHORT, settings });
      expect(missing(outcome).map((segment) => segment.trouble)).toEqual([trouble]);
    },
  );

  it('a segment is waited for as long as the others can wait', async () => {
    const retention = { listed: 30, kept: 0 };
    const outcome = await run({ troubles: [['segment-stalled-once', 60]], retention, settings });
    expect(missing(outcome)).toEqual([]);
  });
});

describe('many segments that fail in a row', () => {
  it('are the only ones lost', async () => {
    const seconds = [60, 62, 64, 66, 68, 70];
    const outcome = await run({ troubles: seconds.map((second) => ['segment-stalled', second]), retention: SHORT });
    expect(missing(outcome).map(({ startsAtMs: from }) => (from - startsAtMs) / 1000)).toEqual(seconds);
    expect(faultsOf(outcome)).toEqual(NO_FAULTS);
  });
});

describe('a source that is away as a whole', () => {
  it('gets what was planned when it went away, and all that it lists when it is back', async () => {
    const outcome = await run({ troubles: [['playlist-error', 60, 15]] });
    expect(missing(outcome)).toEqual([]);
    expect(outcome.ledger.gaps).toEqual([]);
  });
});

describe.each([
  ['20 s', 20],
  ['2 min', 120],
  ['10 min', 600],
])('a list that does not move for %s', (_, frozenSeconds) => {
  it('is reported as a stall, and the same recording continues after one gap', async () => {
    const outcome = await run({ troubles: [['playlist-frozen', 60, frozenSeconds]], retention: SHORT, seconds: 800 });
    expect(outcome.end).toEqual({ kind: 'ended', reason: 'endlist' });
    expect(faultsOf(outcome)).toEqual(NO_FAULTS);
    const { facts, ledger } = outcome;
    const told = facts.filter(({ kind }) => kind === 'interrupted' || kind === 'resumed');
    expect(told).toMatchObject([{ kind: 'interrupted', cause: { code: 'source.stalled' } }, { kind: 'resumed' }]);
    const [stalled, resumed] = told.map((fact) => ('at' in fact ? Date.parse(fact.at) - startsAtMs : 0));
    expect(stalled).toBeLessThan(75_000);
    expect(resumed! - (60 + frozenSeconds) * 1000).toBeLessThan(10_000);
    expect(ledger.gaps).toMatchObject([{ cause: { code: 'source.window-moved' } }]);
    // What lies on either side of it is joined, not glued.
    const isLong = ledger.gaps[0]!.seconds > 10;
    expect(ledger.parts.map(({ reason }) => reason)).toEqual(isLong ? ['start', 'gap'] : ['start']);
    expect(readRuns(ledger)).toHaveLength(2);
    const [gap] = ledger.gaps;
    expect(Math.abs(gap!.seconds - frozenSeconds)).toBeLessThan(SHORT.listed * (SEGMENT_MS / 1000) + 2);
    expect(gap!.from >= at(50) && gap!.from <= at(62)).toBe(true);
  });
});

describe('a capture that is stopped', () => {
  const took = ({ endedAtMs }: Ran, since: number) => endedAtMs - startsAtMs - since * 1000;

  it('ends at once where nothing is on its way', async () => {
    const outcome = await run({ troubles: [], stopped: 71.2 });
    expect(took(outcome, 71.2)).toBeLessThan(500);
    expect(faultsOf(outcome)).toEqual(NO_FAULTS);
    expect(outcome.ledger.gaps).toEqual([]);
  });

  it.each([
    ['refused', 'segment-missing', 'source.not-found', 500],
    ['cut off again and again', 'segment-cut', 'source.connection-lost', 500],
    ['stalled', 'segment-stalled', 'source.timeout', 5100],
  ] as const)(
    'gets what comes after a segment that is %s, and has a gap for that with its cause',
    async (_, kind, code, mostMs) => {
      const outcome = await run({ troubles: [[kind, 60]], stopped: 69 });
      expect(outcome.end).toEqual({ kind: 'stopped' });
      expect(took(outcome, 69)).toBeLessThan(mostMs);
      expect(outcome.ledger.gaps).toMatchObject([{ from: at(60), to: at(62), cause: { code } }]);
      expect(outcome.stored.at(-1)).toBeGreaterThanOrEqual(32);
      expect(faultsOf(outcome)).toEqual(NO_FAULTS);
      expect(outcome.facts.filter(({ kind: told }) => told === 'gap')).toHaveLength(1);
    },
  );

  it('gets what was nearly there', async () => {
    const outcome = await run({ troubles: [['segment-slow', 60]], stopped: 67 });
    expect(outcome.stored).toContain(30);
    expect(outcome.ledger.gaps).toEqual([]);
    expect(faultsOf(outcome)).toEqual(NO_FAULTS);
  });

  it('ends with the last existing segment, without a gap for a later one', async () => {
    const outcome = await run({ troubles: [['segment-stalled', 60]], stopped: 63 });
    expect(outcome.stored.at(-1)).toBe(29);
    expect(outcome.ledger.gaps).toEqual([]);
  });

  it('waits no longer once the recorder shuts down, and keeps what it has', async () => {
    const outcome = await run({ troubles: [['segment-stalled', 60]], stopped: 69, left: 70 });
    expect(took(outcome, 70)).toBeLessThan(100);
    expect(outcome.stored.at(-1)).toBeGreaterThanOrEqual(32);
    expect(outcome.ledger.gaps).toMatchObject([{ cause: { code: 'capture.stopped' } }]);
  });
});

describe('a recorder that shuts down', () => {
  it('does not wait, and gives up nothing that it can fetch when it is back', async () => {
    const troubles = [['segment-stalled-once', 60]] as const;
    const left = await run({ troubles, left: 69 });
    expect(left.end).toEqual({ kind: 'stopped' });
    expect(left.endedAtMs - startsAtMs).toBeLessThan(69_100);
    expect(left.stored.at(-1)).toBe(29);
    expect(left.ledger.gaps).toEqual([]);
    const back = await run({ troubles, begun: 73 });
    expect(missing(back)).toEqual([]);
    expect(back.ledger.gaps).toEqual([]);
    expect(faultsOf({ ...back, web: left.web })).toMatchObject({ twiceOrOutOfOrder: [], obtainableAndMissing: [] });
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { HlsCaptureSettings } from '@streamvault/capture';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Retention, ScriptedBroadcast, SEGMENT_MS, type TroubleKind } from './scripted-broadcast.js';
import { faultsOf, NO_FAULTS, simulate } from './simulation.js';

const startsAtMs = Date.parse('2026-11-22T12:00:00.000Z');
const begunAtMs = startsAtMs + 25_000;
/** What is no longer in the list is gone. */
const SHORT: Retention = { listed: 3, kept: 0 };

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'simulation-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Script {
  /** Kinds with when they begin and how long they last, in seconds of the broadcast. */
  readonly troubles: readonly (readonly [kind: TroubleKind, at: number, seconds?: number])[];
  readonly retention?: Retention;
  readonly seconds?: number;
  readonly settings?: Partial<HlsCaptureSettings>;
}

function run({ troubles, retention, seconds = 180, settings }: Script) {
  const scripted = troubles.map(([kind, at, lasts = 0]) => {
    const fromMs = startsAtMs + at * 1000;
    return { kind, fromMs, toMs: fromMs + lasts * 1000 };
  });
  const broadcast = new ScriptedBroadcast(startsAtMs, seconds, scripted, retention);
  return simulate({
    directory: path.join(folder, 'capture'),
    broadcast,
    begunAtMs,
    seed: 1,
    ...(settings && { settings }),
  });
}

type Ran = Awaited<ReturnType<typeof run>>;

const missing = ({ broadcast, stored }: Ran) =>
  broadcast.segments.filter(({ index }) => index >= stored[0]! && !stored.includes(index));
const at = (second: number) => new Date(startsAtMs + second * 1000).toISOString();

describe('one segment that fails where the list is short', () => {
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

  it('takes none with it when it is slow', async () => {
    const outcome = await run({ troubles: [['segment-slow', 60]], retention: SHORT });
    expect(missing(outcome)).toEqual([]);
  });

  it('is had at the second attempt, where it is served for that long', async () => {
    const outcome = await run({ troubles: [['segment-stalled-once', 60]], retention: { listed: 3, kept: 10 } });
    expect(missing(outcome)).toEqual([]);
    expect(outcome.ledger.gaps).toEqual([]);
  });
});

describe('where memory is full', () => {
  // A body has 1504 bytes: there is room for hardly three.
  const settings = { flushBytes: 300, bufferBytes: 300, totalBufferBytes: 4000, idleTimeoutSeconds: 10 };

  it.each(['segment-missing', 'segment-cut', 'segment-stalled'] as const)(
    'a segment (%s) gives way to those behind it that would leave the list',
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
  it('has what was planned when it went, and all that it lists when it is back', async () => {
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
  it('is told as a stall, and the same recording goes on behind one gap', async () => {
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
    const [gap] = ledger.gaps;
    expect(Math.abs(gap!.seconds - frozenSeconds)).toBeLessThan(SHORT.listed * (SEGMENT_MS / 1000) + 2);
    expect(gap!.from >= at(50) && gap!.from <= at(62)).toBe(true);
  });
});

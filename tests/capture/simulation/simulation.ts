import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  HlsCaptureEngine,
  LEDGER_FILE,
  type CaptureEnd,
  type CaptureFact,
  type HlsCaptureSettings,
  type Ledger,
} from '@streamvault/capture';
import { ledgerOf } from '../capture-run.js';
import { type ScriptedBroadcast, type ScriptedSegment, SEGMENT_MS } from './scripted-broadcast.js';
import { indexOf, ScriptedWeb } from './scripted-web.js';
import { VirtualClock } from './virtual-clock.js';

export interface SimulationOptions {
  readonly directory: string;
  readonly broadcast: ScriptedBroadcast;
  readonly begunAtMs: number;
  readonly seed: number;
  readonly settings?: Partial<HlsCaptureSettings>;
  /** When somebody stops it. */
  readonly stoppedAtMs?: number;
  /** When the recorder shuts down. */
  readonly leftAtMs?: number;
}

/** The result of capturing a scripted broadcast. */
export interface Outcome {
  readonly broadcast: ScriptedBroadcast;
  readonly web: ScriptedWeb;
  readonly end: CaptureEnd;
  readonly stoppedAtMs: number | undefined;
  readonly endedAtMs: number;
  readonly ledger: Ledger;
  readonly ledgerText: string;
  /** The numbers of the segments in the parts, in order. */
  readonly stored: readonly number[];
  readonly facts: readonly CaptureFact[];
}

export async function simulate(options: SimulationOptions): Promise<Outcome> {
  const { broadcast, directory, seed, begunAtMs, settings = {}, stoppedAtMs, leftAtMs } = options;
  const clock = new VirtualClock(begunAtMs, seed);
  const web = new ScriptedWeb(broadcast, clock);
  const engine = new HlsCaptureEngine({ syncSeconds: 60, ...settings }, clock, () => web);
  const facts: CaptureFact[] = [];
  const reporter = { fact: async (fact: CaptureFact) => void facts.push(fact), progress: () => undefined };
  const request = { recordingId: 1, directory, source: { url: ScriptedWeb.address }, quality: 'best' };
  const abortedAt = (ms: number | undefined): AbortSignal => {
    const controller = new AbortController();
    if (ms !== undefined) void clock.sleep(ms - begunAtMs, NEVER).then(() => controller.abort());
    return controller.signal;
  };
  const end = await clock.run(engine.capture(request, reporter, abortedAt(stoppedAtMs), abortedAt(leftAtMs)));
  const endedAtMs = clock.now();
  await engine.close();
  const ledger = await ledgerOf(directory);
  const parts = new Map<string, Buffer>();
  for (const { file } of ledger.parts) parts.set(file, await readFile(path.join(directory, file)));
  const stored = ledger.segments.map(({ part, offset, length }) =>
    indexOf(parts.get(part.file)!.subarray(offset, offset + length)),
  );
  const ledgerText = await readFile(path.join(directory, LEDGER_FILE), 'utf8');
  return { broadcast, web, end, stoppedAtMs, endedAtMs, ledger, ledgerText, stored, facts };
}

const NEVER = new AbortController().signal;

/** What is wrong; without faults, the lists are empty. */
export function faultsOf(outcome: Outcome) {
  const { broadcast, ledger, stored, web } = outcome;
  const has = new Set(stored);
  const behind = outcome.end.kind === 'stopped' ? (stored.at(-1) ?? -1) + 1 : undefined;
  const span = broadcast.segments.slice(stored[0], behind);
  const missing = span.filter(({ index }) => !has.has(index));
  return {
    twiceOrOutOfOrder: stored.filter((index, at) => at > 0 && index <= stored[at - 1]!),
    hadAndNotStored: [...web.sent.keys()].filter((index) => !has.has(index)),
    obtainableAndMissing: missing.filter((segment) => couldBeHad(outcome, segment)).map(told),
    missingWithoutOneGap: missing.filter((segment) => gapsAt(ledger, segment).length !== 1).map(told),
    storedAndAGap: span.filter((segment) => has.has(segment.index) && gapsAt(ledger, segment).length > 0).map(told),
    wrongCauses: missing.flatMap((segment) => {
      const cause = gapsAt(ledger, segment)[0]?.cause.code ?? '';
      return causesOf(outcome, segment).test(cause) ? [] : [{ ...told(segment), cause }];
    }),
  };
}

export const NO_FAULTS: ReturnType<typeof faultsOf> = {
  twiceOrOutOfOrder: [],
  hadAndNotStored: [],
  obtainableAndMissing: [],
  missingWithoutOneGap: [],
  storedAndAGap: [],
  wrongCauses: [],
};

/** The longest that an order of some segments takes when nothing is wrong with them. */
const FETCH_MS = 3000;
/** The longest pause between two reloads of a playlist, including the answers' own time. */
const LOOK_MS = 9000;
/** The longest wait for a playlist of this pace. */
const HANG_MS = 6000;
/** How much its own trouble reduces the time in which a segment could be fetched; all of it by default. */
const LOST_TO_TROUBLE_MS: Readonly<Record<string, number>> = {
  'segment-slow': 0,
  'segment-cut-once': 1000,
  'segment-stalled-once': 12_000,
};

/** From the first byte to the last. */
const SLOW_MS = 9000;

/** It was listed where the list could be read for long enough, and was available long enough after that. */
function couldBeHad({ broadcast, stoppedAtMs, web }: Outcome, segment: ScriptedSegment): boolean {
  const shownAtMs = web.shown.get(segment.index);
  if (shownAtMs === undefined) return isReadableForLong(broadcast, segment);
  const troubleMs = segment.trouble === undefined ? 0 : (LOST_TO_TROUBLE_MS[segment.trouble] ?? Infinity);
  const byMs = shownAtMs + FETCH_MS + troubleMs;
  const wholeByMs = byMs + (segment.trouble === 'segment-slow' ? SLOW_MS : 0);
  return byMs < broadcast.servedUntilMs(segment) && wholeByMs < (stoppedAtMs ?? Infinity);
}

function isReadableForLong(broadcast: ScriptedBroadcast, segment: ScriptedSegment): boolean {
  const { publishedAtMs } = segment;
  let seenForMs = 0;
  for (let ms = publishedAtMs; ms < publishedAtMs + 60_000; ms += 250) {
    if (!broadcast.listedAt(ms).includes(segment)) break;
    seenForMs = isReadable(broadcast, ms) ? seenForMs + 250 : 0;
    if (seenForMs >= LOOK_MS) return true;
  }
  return false;
}

/** Also not while an earlier request hangs. */
function isReadable(broadcast: ScriptedBroadcast, ms: number): boolean {
  const trouble = broadcast.troubleAt(ms);
  return (
    (trouble === undefined || trouble.kind === 'hiccup') &&
    broadcast.troubleAt(ms - HANG_MS)?.kind !== 'playlist-silent'
  );
}

function causesOf({ stoppedAtMs, web }: Outcome, { index, trouble }: ScriptedSegment): RegExp {
  if (!web.shown.has(index)) return /^source\.(window-moved|sequence-reset)$/;
  switch (trouble) {
    case 'segment-cut':
    case 'segment-cut-once':
      return /^source\.connection-lost$/;
    case 'segment-stalled':
    case 'segment-stalled-once':
      return stoppedAtMs === undefined ? /^source\.timeout$/ : /^(source\.timeout|capture\.stopped)$/;
    case 'segment-slow':
      return stoppedAtMs === undefined ? /^source\.not-found$/ : /^(source\.not-found|capture\.stopped)$/;
    default:
      return /^source\.not-found$/;
  }
}

export function gapsAt({ gaps }: Ledger, { startsAtMs: from }: ScriptedSegment) {
  const middle = from + SEGMENT_MS / 2;
  return gaps.filter((gap) => Date.parse(gap.from) <= middle && middle < Date.parse(gap.to));
}

const told = ({ index, sequence, epoch, startsAtMs: at, trouble }: ScriptedSegment) => ({
  index,
  sequence,
  epoch,
  at: new Date(at).toISOString(),
  trouble,
});

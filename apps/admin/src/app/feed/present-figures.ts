import type { Recording } from '@streamvault/api-contract';
import { isTaking } from '../ui/states';
import { type Figures, byteAge } from './feed-state';

/** A recording's present figures: its own, or the feed's newer ones while it is being captured. */
export interface PresentFigures {
  readonly bytes: number;
  readonly durationSeconds: number;
  readonly segments: number;
  readonly capturedRatio: number | null;
  readonly gapSeconds: number;
  readonly adSeconds: number;
  /** Including the stall that still lasts. */
  readonly stallSeconds: number;
  /** null: not counted. */
  readonly retries: number | null;
  readonly reResolves: number;
  /** null: it is not being captured, or the feed is disconnected. */
  readonly bytesPerSecond: number | null;
  readonly lastByteAgeSeconds: number | null;
  /** For how long no bytes have arrived although some should have; null while they arrive. */
  readonly stalledSeconds: number | null;
  /** Advertising is being left out right now. */
  readonly isAdvertising: boolean;
  readonly rates: readonly number[];
}

type RecordedFigures = Pick<
  Recording,
  | 'state'
  | 'bytes'
  | 'durationSeconds'
  | 'segments'
  | 'capturedRatio'
  | 'gapSeconds'
  | 'adSeconds'
  | 'stallSeconds'
  | 'stalls'
  | 'retries'
  | 'reResolves'
>;

export function presentFigures(
  recording: RecordedFigures,
  figures: Figures | undefined,
  feed: { readonly isLive: boolean; readonly now: number },
): PresentFigures {
  const recorded = figuresOf(recording, feed.now);
  if (!figures || !isTaking(recording.state)) return recorded;
  const since = Math.max(0, feed.now - figures.receivedAt) / 1000;
  const age = byteAge(figures, feed.now);
  const isStalled = figures.stalledSince !== null;
  return {
    // Either the read model or the feed may be newer; these figures only grow.
    bytes: Math.max(recorded.bytes, figures.bytes),
    durationSeconds: Math.max(recorded.durationSeconds, figures.durationSeconds),
    segments: Math.max(recorded.segments, figures.segments),
    gapSeconds: Math.max(recorded.gapSeconds, figures.gapSeconds),
    adSeconds: Math.max(recorded.adSeconds, figures.adSeconds),
    retries: Math.max(recorded.retries ?? 0, figures.retries),
    reResolves: Math.max(recorded.reResolves, figures.reResolves),
    capturedRatio: figures.capturedRatio ?? recorded.capturedRatio,
    stallSeconds: feed.isLive ? figures.stallSeconds + (isStalled ? since : 0) : recorded.stallSeconds,
    bytesPerSecond: feed.isLive ? figures.bytesPerSecond : null,
    lastByteAgeSeconds: feed.isLive ? age : null,
    stalledSeconds: feed.isLive
      ? isStalled
        ? (age ?? recorded.stalledSeconds ?? since)
        : null
      : recorded.stalledSeconds,
    isAdvertising: feed.isLive && figures.advertisingSince !== null,
    rates: figures.rates,
  };
}

function figuresOf(recording: RecordedFigures, now: number): PresentFigures {
  const { bytes, durationSeconds, segments, capturedRatio, gapSeconds, adSeconds, retries, reResolves } = recording;
  const open = isTaking(recording.state) ? recording.stalls.find(({ to }) => to === null) : undefined;
  const stalledSeconds = open ? Math.max(0, now - Date.parse(open.from)) / 1000 : null;
  return {
    bytes,
    durationSeconds,
    segments,
    capturedRatio,
    gapSeconds,
    adSeconds,
    retries,
    reResolves,
    stallSeconds: recording.stallSeconds + (stalledSeconds ?? 0),
    stalledSeconds,
    bytesPerSecond: null,
    lastByteAgeSeconds: null,
    isAdvertising: false,
    rates: [],
  };
}

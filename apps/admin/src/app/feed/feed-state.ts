import type { LiveProgress, RecordingProgress } from '@streamvault/api-contract';

export type Connection = 'connecting' | 'live' | 'reconnecting';

/** A recording's latest figures, with the rates of the last two minutes. */
export interface Figures extends RecordingProgress {
  /** By this browser's clock, in milliseconds: ages count from here, independent of the server's clock. */
  readonly receivedAt: number;
  readonly rates: readonly number[];
}

export interface FeedState {
  readonly connection: Connection;
  readonly lastEventId: string | null;
  /** Attempts in a row that never opened. */
  readonly failures: number;
  /**
   * Since when the feed has been silent although it should not be, in milliseconds by this browser's clock; null while
   * all is well.
   */
  readonly lostSince: number | null;
  readonly figures: ReadonlyMap<number, Figures>;
}

export type FeedMessage =
  | { readonly kind: 'opened' }
  | { readonly kind: 'lost'; readonly at: number }
  | { readonly kind: 'closed'; readonly at: number }
  | { readonly kind: 'paused' }
  | { readonly kind: 'event'; readonly id: string }
  | { readonly kind: 'progress'; readonly progress: LiveProgress; readonly at: number };

export const initialFeedState: FeedState = {
  connection: 'connecting',
  lastEventId: null,
  failures: 0,
  lostSince: null,
  figures: new Map(),
};

const keptRates = 120;
/** After so many refusals in a row the position itself may be what the server refuses: start at the present instead. */
const failuresBeforeForgetting = 4;

export function reduceFeed(state: FeedState, message: FeedMessage): FeedState {
  switch (message.kind) {
    case 'opened':
      return { ...state, connection: 'live', failures: 0, lostSince: null };
    case 'lost':
      return { ...state, connection: 'reconnecting', lostSince: state.lostSince ?? message.at };
    case 'paused':
      return { ...state, connection: 'connecting', lostSince: null };
    case 'closed': {
      const failures = state.failures + 1;
      const lastEventId = failures >= failuresBeforeForgetting ? null : state.lastEventId;
      return { ...state, connection: 'reconnecting', failures, lastEventId, lostSince: state.lostSince ?? message.at };
    }
    case 'event':
      return message.id === '' ? state : { ...state, lastEventId: message.id };
    case 'progress':
    default:
      return withProgress(state, message);
  }
}

/** The message names every recording that is being captured: one that is not in it has stopped. */
function withProgress(state: FeedState, { progress, at }: Extract<FeedMessage, { kind: 'progress' }>): FeedState {
  const figures = new Map<number, Figures>();
  for (const latest of progress.recordings) {
    const rates = [...(state.figures.get(latest.recordingId)?.rates ?? []), latest.bytesPerSecond];
    figures.set(latest.recordingId, { ...latest, receivedAt: at, rates: rates.slice(-keptRates) });
  }
  return { ...state, connection: 'live', lostSince: null, figures };
}

/**
 * Milliseconds before attempt number `failures + 1`: 0.5 s, 1 s, 2 s … 15 s, with ±20 % so that tabs do not retry at
 * the same moment.
 */
export function backoff(failures: number, random: number): number {
  const base = Math.min(15_000, 500 * 2 ** Math.max(0, failures - 1));
  return Math.round(base * (0.8 + 0.4 * random));
}

/** Seconds since the last byte, ticking from the moment the figure arrived; null where none has arrived yet. */
export function byteAge(figures: Pick<Figures, 'lastByteAgeSeconds' | 'receivedAt'>, now: number): number | null {
  if (figures.lastByteAgeSeconds === null) return null;
  return figures.lastByteAgeSeconds + Math.max(0, now - figures.receivedAt) / 1000;
}

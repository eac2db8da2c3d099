import type { Recording } from '@streamvault/api-contract';
import { isTaking } from '../ui/states';
import { type Figures, byteAge } from './feed-state';

/** What is known of a recording this second: its own figures, overtaken by the feed's while it is being captured. */
export interface PresentFigures {
  readonly bytes: number;
  readonly durationSeconds: number;
  /** null: not being captured, or the feed is away and nobody knows. */
  readonly bytesPerSecond: number | null;
  readonly lastByteAgeSeconds: number | null;
  readonly rates: readonly number[];
}

export function presentFigures(
  recording: Pick<Recording, 'state' | 'bytes' | 'durationSeconds'>,
  figures: Figures | undefined,
  feed: { readonly isLive: boolean; readonly now: number },
): PresentFigures {
  const { bytes, durationSeconds } = recording;
  if (!figures || !isTaking(recording.state))
    return { bytes, durationSeconds, bytesPerSecond: null, lastByteAgeSeconds: null, rates: [] };
  return {
    // The read model and the feed take turns in being newer; both only ever grow.
    bytes: Math.max(bytes, figures.bytes),
    durationSeconds: Math.max(durationSeconds, figures.durationSeconds),
    bytesPerSecond: feed.isLive ? figures.bytesPerSecond : null,
    lastByteAgeSeconds: feed.isLive ? byteAge(figures, feed.now) : null,
    rates: figures.rates,
  };
}

import type { ByteRange } from '../hls/playlist.js';
import type { TrackKind } from './choose-representation.js';

export interface DashSegment {
  readonly number: number;
  /** On the presentation's timeline. */
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly url: string;
  readonly byteRange?: ByteRange;
}

export interface DashInit {
  readonly url: string;
  readonly byteRange?: ByteRange;
}

/** One representation: the best of its kind. */
export interface DashTrack {
  readonly kind: TrackKind;
  /** Identifies what belongs together in one stream. Another key means another initialisation section. */
  readonly key: string;
  readonly init: DashInit | undefined;
  /** How much greater the timestamps in the segments are than the times on the presentation's timeline. */
  readonly mediaAheadSeconds: number;
  /** The segments that can be fetched now, oldest first. */
  readonly segments: readonly DashSegment[];
}

/** A stretch of the presentation with tracks of its own. */
export interface DashPeriod {
  readonly startSeconds: number;
  /** Undefined while it goes on. */
  readonly endSeconds: number | undefined;
  /** Video before audio; one of them may be missing. */
  readonly tracks: readonly DashTrack[];
}

export interface DashManifest {
  /** The presentation goes on: segments will be added. */
  readonly isLive: boolean;
  /** How soon it is worth reading it again. */
  readonly refreshSeconds: number;
  /** The instant that the presentation's timeline counts from, in milliseconds since the epoch. */
  readonly availableFromMs: number | undefined;
  /** Oldest first. Periods without a track are left out. */
  readonly periods: readonly DashPeriod[];
}

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
  /** Of what belongs together in one stream: another one begins with another initialisation. */
  readonly key: string;
  readonly init: DashInit | undefined;
  /** The timestamps in the segments are so much greater than the times on the presentation's timeline. */
  readonly mediaAheadSeconds: number;
  /** What is there now, oldest first. */
  readonly segments: readonly DashSegment[];
}

/** A stretch of the presentation with tracks of its own. */
export interface DashPeriod {
  readonly startSeconds: number;
  /** Undefined while it goes on. */
  readonly endSeconds: number | undefined;
  /** Picture before sound; one of them may be missing. */
  readonly tracks: readonly DashTrack[];
}

export interface DashManifest {
  /** It goes on: segments will be added. */
  readonly isLive: boolean;
  /** How soon it is worth being read again. */
  readonly refreshSeconds: number;
  /** What the presentation's timeline counts from, in milliseconds since the epoch. */
  readonly availableFromMs: number | undefined;
  /** Oldest first; those without a track are left out. */
  readonly periods: readonly DashPeriod[];
}

import type { Media } from './media.js';

export interface BroadcastKey {
  readonly number: number;
  readonly iv?: Buffer;
}

/** A variant of the broadcast, with the media it shows and those it can be switched to. */
export interface BroadcastVariant {
  readonly name: string;
  readonly media: Media;
  readonly alternate?: Media;
}

/** How a source marks advertising. */
export type AdMark =
  /** A date range of Twitch's class, with its duration. */
  | 'class'
  /** A date range with an ID of Twitch's, and the instant of its end. */
  | 'id'
  /** A date range that has no end yet; it gets one when the break is over. */
  | 'open'
  /** No date range: the segments' titles show it. */
  | 'title'
  /** Several date ranges before one segment, one for each ten seconds of the break, among unrelated others. */
  | 'pods';

export interface AdBreak {
  readonly number: number;
  readonly mark: AdMark;
  readonly fromMs: number;
  readonly toMs: number;
  readonly segments: number;
}

export interface PublishedSegment {
  /** Number among everything ever published, from 0. */
  readonly index: number;
  /** Its name in addresses; unique unless a sequence reset reuses old names. */
  readonly name: string;
  readonly mediaSequence: number;
  readonly discontinuitySequence: number;
  readonly discontinuity: boolean;
  readonly programDateTimeMs: number;
  readonly durationSeconds: number;
  readonly alternate: boolean;
  readonly mediaIndex: number;
  /** Number of initialisation sections that were replaced by others for the same tracks. */
  readonly initEdition: number;
  readonly key?: BroadcastKey;
  /** The break it belongs to, if it is advertising. */
  readonly ad?: AdBreak;
}

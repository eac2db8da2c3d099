import type { FilledGap, VideoFacts, VideoOrigin } from './video-events.js';

/** How a video came into the bin. */
export interface Deletion {
  readonly by: string;
  /** A sentence about the rule that chose it; null if a person did. */
  readonly rule: string | null;
  /** ISO 8601 UTC. */
  readonly at: string;
}

export interface BinEntry extends Deletion {
  readonly bytes: number;
  readonly purgeAfter: string;
  /** Why it could not be purged, if that was tried. */
  readonly failure: { readonly code: string; readonly message: string } | null;
}

/** Both below the library's root. */
export interface VideoFilePlace {
  readonly file: string;
  readonly thumbnailFile: string;
}

export interface DoomedFile {
  readonly file: string;
  readonly bytes: number;
}

/**
 * Where a video is: `purging` is between the decision to remove its files and the report that they are gone; `purged`
 * is for ever.
 */
export type VideoPlace =
  | { readonly kind: 'library' }
  | { readonly kind: 'bin'; readonly bin: BinEntry }
  | { readonly kind: 'purging'; readonly bin: BinEntry; readonly files: readonly DoomedFile[] }
  | { readonly kind: 'purged'; readonly bin: BinEntry; readonly purgedAt: string; readonly bytesFreed: number };

/** What was not captured. */
export type VideoGap = VideoFacts['gaps'][number] & {
  /** The file has it nevertheless; absent if not. */
  readonly filled?: FilledGap;
};

export interface ExistingVideo extends Omit<VideoFacts, 'recordingId' | 'gaps'> {
  readonly gaps: readonly VideoGap[];
  /** Null if it was imported. */
  readonly recordingId: number | null;
  readonly videoId: number;
  readonly isProtected: boolean;
  /** When it was last watched to its end; null if never. */
  readonly watchedAt: string | null;
  readonly place: VideoPlace;
  /** Where its files are being moved to: until that is done they may lie under either name. */
  readonly moving: VideoFilePlace | null;
  /** The gap with which its file is being made again. */
  readonly filling: { readonly from: string; readonly to: string; readonly until: string } | null;
  /** What it was cut out of. */
  readonly origin: VideoOrigin | null;
}

/** undefined: never added. */
export type VideoState = ExistingVideo | undefined;

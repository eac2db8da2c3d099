/** A slice of a resource, in bytes. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export interface Variant {
  readonly url: string;
  readonly bandwidth: number;
  readonly averageBandwidth?: number;
  readonly width?: number;
  readonly height?: number;
  readonly frameRate?: number;
  readonly codecs?: string;
  /** The source's name for it (`IVS-NAME`, `NAME`, or the name of its video rendition). */
  readonly name?: string;
  readonly audioGroup?: string;
}

export interface Rendition {
  readonly type: string;
  readonly groupId: string;
  readonly name: string;
  /** Absent if the rendition is carried in the variant's own segments. */
  readonly url?: string;
  readonly default: boolean;
  readonly language?: string;
}

export interface MasterPlaylist {
  readonly kind: 'master';
  readonly variants: readonly Variant[];
  /** Definitions for the playlists it names (`EXT-X-DEFINE`). */
  readonly definitions: ReadonlyMap<string, string>;
  readonly renditions: readonly Rendition[];
}

/** `EXT-X-MAP`: the initialisation section of the segments that follow. */
export interface MapSection {
  readonly url: string;
  readonly identity: string;
  readonly byteRange?: ByteRange;
  /** The section is encrypted itself, or may be. */
  readonly key?: SegmentKey;
}

/** `EXT-X-KEY` with a method other than NONE. */
export interface SegmentKey {
  readonly method: string;
  readonly url?: string;
  /** Hexadecimal, as written after `0x`. */
  readonly iv?: string;
  readonly keyFormat: string;
}

export interface MediaSegment {
  readonly url: string;
  /** Identifies the segment whatever token its address carries: path, stable query and byte range. */
  readonly identity: string;
  readonly mediaSequence: number;
  readonly discontinuitySequence: number;
  readonly discontinuity: boolean;
  readonly durationSeconds: number;
  /** The duration is given in whole seconds only, so it may be off by one. */
  readonly rounded?: boolean;
  readonly title: string;
  /** Start of the first sample in milliseconds since the epoch, stated or extrapolated. */
  readonly programDateTimeMs?: number;
  readonly byteRange?: ByteRange;
  readonly map?: MapSection;
  readonly key?: SegmentKey;
  /** The source itself says that this segment is missing (`EXT-X-GAP`). */
  readonly gap: boolean;
}

export interface DateRange {
  readonly id: string;
  readonly class?: string;
  readonly startMs: number;
  readonly endMs?: number;
  readonly attributes: ReadonlyMap<string, string>;
}

export interface MediaPlaylist {
  readonly kind: 'media';
  readonly targetDurationSeconds: number;
  readonly mediaSequence: number;
  readonly discontinuitySequence: number;
  readonly type?: 'EVENT' | 'VOD';
  readonly ended: boolean;
  readonly segments: readonly MediaSegment[];
  /** No segment begins before the one listed before it. */
  readonly isAscending?: boolean;
  readonly dateRanges: readonly DateRange[];
}

/** The playlist has more of it than any real one. Reading on would cost the other recordings time. */
export const tooMany = (what: string, most: number): PlaylistError =>
  new PlaylistError('source.too-large', `It has more than ${most.toLocaleString('en')} ${what}.`);

export type Playlist = MasterPlaylist | MediaPlaylist;

/** A playlist that cannot be used. The message says what was found. */
export class PlaylistError extends Error {
  override readonly name = 'PlaylistError';
  constructor(
    readonly code: 'playlist.not-a-playlist' | 'playlist.malformed' | 'playlist.forbidden-uri' | 'source.too-large',
    message: string,
  ) {
    super(message);
  }
}

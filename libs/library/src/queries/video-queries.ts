import { Query } from '@nestjs/cqrs';
import type { DeletedVideo, Video } from '@streamvault/api-contract';

type Sortable = 'recordedAt' | 'durationSeconds' | 'bytes';
export type VideoSort = Sortable | `-${Sortable}`;

/** The last row of the previous page: its sort value and its id. */
export interface VideoCursor {
  readonly value: string | number;
  readonly id: number;
}

export interface VideoPage {
  readonly items: Video[];
  readonly next: VideoCursor | null;
  /** Over all pages of everything that matches the filter. */
  readonly total: { readonly videos: number; readonly bytes: number };
}

/** All given criteria must match. */
export interface VideoFilter {
  readonly streamerId?: number | undefined;
  /** Only these streamers; default: all. */
  readonly only?: readonly number[] | undefined;
  /** Each word must be in title, streamer, category or a chapter. */
  readonly text?: string | undefined;
  /** The whole category, ignoring case. */
  readonly category?: string | undefined;
  /** Recorded at this time or later. ISO 8601, like `to`. */
  readonly from?: string | undefined;
  /** Recorded before this time. */
  readonly to?: string | undefined;
  readonly minSeconds?: number | undefined;
  readonly maxSeconds?: number | undefined;
  readonly hasGaps?: boolean | undefined;
  /** Protected from rules and accidents. */
  readonly isKept?: boolean | undefined;
  /** Watched to its end, by anybody. */
  readonly isWatched?: boolean | undefined;
}

/** Videos of the library, without those in the bin. */
export class ListVideos extends Query<VideoPage> {
  constructor(
    readonly page: VideoFilter & {
      readonly sort: VideoSort;
      readonly limit: number;
      readonly after?: VideoCursor | undefined;
    },
  ) {
    super();
  }
}

/** @throws VideoNotFound */
export class GetVideo extends Query<Video> {
  constructor(readonly videoId: number) {
    super();
  }
}

/** Those of them that are in the library, in any order. `only`: of these streamers; default: of all. */
export class ListVideosById extends Query<readonly Video[]> {
  constructor(
    readonly videoIds: readonly number[],
    readonly only: readonly number[] | undefined,
  ) {
    super();
  }
}

/**
 * Where a video's files are, below the library's root. `watch`: to play or save it, which is not possible in the bin.
 * @throws VideoNotFound, VideoDeleted, VideoOutOfReach
 */
export class GetVideoFiles extends Query<{ readonly file: string; readonly thumbnailFile: string }> {
  constructor(
    readonly videoId: number,
    readonly purpose: 'watch' | 'thumbnail',
  ) {
    super();
  }
}

export interface Listed<Item> {
  readonly items: Item[];
  /** The id after which to continue. */
  readonly next: number | null;
}

/** The last row of the previous page: when it was put into the bin, and its id. */
export interface BinCursor {
  readonly binnedAt: string;
  readonly id: number;
}

/** The content of the bin, most recently deleted first. */
export class ListBin extends Query<{ readonly items: Video[]; readonly next: BinCursor | null }> {
  constructor(
    readonly page: {
      readonly limit: number;
      readonly after?: BinCursor | undefined;
      /** Of these streamers only; of all if it is not given. */
      readonly only?: readonly number[] | undefined;
    },
  ) {
    super();
  }
}

/** Videos whose files are gone, with who or what deleted them, newest first. */
export class ListDeletedVideos extends Query<Listed<DeletedVideo>> {
  constructor(
    readonly page: {
      readonly limit: number;
      readonly before?: number | undefined;
      readonly streamerId?: number | undefined;
      /** Of these streamers only; of all if it is not given. */
      readonly only?: readonly number[] | undefined;
    },
  ) {
    super();
  }
}

/** Who or what deleted a video that is in the bin or whose files are gone. */
export interface FoundDeletion {
  readonly videoId: number;
  readonly by: string;
  /** null if a person did. */
  readonly rule: string | null;
  readonly at: string;
}

/**
 * The latest deletion of a video from one of these recordings, or undefined. Asked before a broadcast is recorded, so
 * that deleted content does not come back by accident.
 */
export class FindDeletedVideo extends Query<FoundDeletion | undefined> {
  constructor(readonly recordingIds: readonly number[]) {
    super();
  }
}

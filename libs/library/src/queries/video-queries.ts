import { Query } from '@nestjs/cqrs';
import type { DeletedVideo, Video } from '@streamvault/api-contract';

type Sortable = 'recordedAt' | 'durationSeconds' | 'bytes';
export type VideoSort = Sortable | `-${Sortable}`;

/** The last row of the page before: its sort value and its id. */
export interface VideoCursor {
  readonly value: string | number;
  readonly id: number;
}

export interface VideoPage {
  readonly items: Video[];
  readonly next: VideoCursor | null;
  /** Of all that the filter lets through, on whatever page. */
  readonly total: { readonly videos: number; readonly bytes: number };
}

/** What is given has to be so. */
export interface VideoFilter {
  readonly streamerId?: number | undefined;
  /** Of these streamers only; of all where it is not given. */
  readonly only?: readonly number[] | undefined;
  /** Each word of it in title, streamer, category or a chapter. */
  readonly text?: string | undefined;
  /** Whole, in any case. */
  readonly category?: string | undefined;
  /** Recorded then or later. ISO 8601, as `to`. */
  readonly from?: string | undefined;
  /** Recorded before then. */
  readonly to?: string | undefined;
  readonly minSeconds?: number | undefined;
  readonly maxSeconds?: number | undefined;
  readonly hasGaps?: boolean | undefined;
  /** Protected from rules and accidents. */
  readonly isKept?: boolean | undefined;
}

/** Videos of the library; what is in the bin is none. */
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

/**
 * Where a video's files lie, below the library's root. `watch`: to play or save it, which one in the bin is not for.
 *
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
  /** The id to go on after. */
  readonly next: number | null;
}

/** The last row of the page before: when it was put into the bin, and its id. */
export interface BinCursor {
  readonly binnedAt: string;
  readonly id: number;
}

/** What is in the bin, what was put there last first. */
export class ListBin extends Query<{ readonly items: Video[]; readonly next: BinCursor | null }> {
  constructor(readonly page: { readonly limit: number; readonly after?: BinCursor | undefined }) {
    super();
  }
}

/** Videos whose files are gone, with who or what deleted them, the newest first. */
export class ListDeletedVideos extends Query<Listed<DeletedVideo>> {
  constructor(
    readonly page: {
      readonly limit: number;
      readonly before?: number | undefined;
      readonly streamerId?: number | undefined;
    },
  ) {
    super();
  }
}

/** Who or what deleted a video: it is in the bin, or its files are gone. */
export interface FoundDeletion {
  readonly videoId: number;
  readonly by: string;
  /** null where somebody did by hand. */
  readonly rule: string | null;
  readonly at: string;
}

/**
 * The deletion of a video that one of these recordings became, the latest one, or undefined. Whoever records a broadcast asks, so that
 * what was deleted does not come back by accident.
 */
export class FindDeletedVideo extends Query<FoundDeletion | undefined> {
  constructor(readonly recordingIds: readonly number[]) {
    super();
  }
}

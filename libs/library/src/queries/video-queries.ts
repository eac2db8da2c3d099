import { Query } from '@nestjs/cqrs';
import type { Video } from '@streamvault/api-contract';

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
}

export class ListVideos extends Query<VideoPage> {
  constructor(
    readonly filter: {
      readonly streamerId?: number | undefined;
      readonly text?: string | undefined;
      readonly from?: string | undefined;
      readonly to?: string | undefined;
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

/** Where a video's files lie, below the library's root. */
export class GetVideoFiles extends Query<{ readonly file: string; readonly thumbnailFile: string }> {
  constructor(readonly videoId: number) {
    super();
  }
}

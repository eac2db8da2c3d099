import { Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { SharedVideos } from '@streamvault/library';
import { GetRecording, RecordingNotFound } from '@streamvault/recording';
import { ShareBook } from './share-book.js';

/** What share links lead to now: a shared recording leads to its video. */
@Injectable()
export class VideosBehindLinks implements SharedVideos {
  constructor(
    private readonly shares: ShareBook,
    private readonly queries: QueryBus,
  ) {}

  async now(at: string): Promise<ReadonlySet<number>> {
    const videos = new Set<number>();
    for (const { kind, id } of await this.shares.items(Date.parse(at))) {
      const videoId = kind === 'video' ? id : await this.#videoOf(id);
      if (videoId !== null) videos.add(videoId);
    }
    return videos;
  }

  async #videoOf(recordingId: number): Promise<number | null> {
    try {
      return (await this.queries.execute(new GetRecording(recordingId))).videoId;
    } catch (error) {
      if (error instanceof RecordingNotFound) return null;
      throw error;
    }
  }
}

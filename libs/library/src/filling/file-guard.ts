import { Injectable } from '@nestjs/common';
import { WorkQueue } from '@streamvault/jobs';
import type { GapGuard, RecordingContext } from '@streamvault/recording';
import { cutGroup } from '../cutting/cut-board.js';
import { VideoStreams } from '../video-streams.js';

/** Nobody else may be busy with a file that is to be exchanged. */
@Injectable()
export class FileGuard implements GapGuard {
  constructor(
    private readonly videos: VideoStreams,
    private readonly queue: WorkQueue,
  ) {}

  async whyFileStays({ videoId }: Pick<RecordingContext, 'videoId'>): Promise<string | undefined> {
    const video = videoId === null ? undefined : await this.videos.peek(videoId);
    if (!video) return 'The video of this recording is not in the library.';
    const { moving, place } = video;
    if (place.kind === 'bin') return `Video ${video.videoId} is in the bin. Restore it first.`;
    if (place.kind !== 'library') return `Video ${video.videoId} was deleted.`;
    if (moving) return `Video ${video.videoId} is being moved. Wait until that is done.`;
    const isBeingCut = this.queue.status().some(({ group }) => group === cutGroup(video.videoId));
    return isBeingCut ? `Video ${video.videoId} is being cut. Wait until that is done.` : undefined;
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { WorkQueue } from '@streamvault/jobs';
import { type FollowVerdict, type ReadEvent, type Reaction } from '@streamvault/kernel';
import { errorCode } from '@streamvault/failures';
import { MEDIA, type Media, MediaToolFailed, MediaToolTimedOut, NoVideoStream } from '@streamvault/media';
import { LibraryRoot } from '@streamvault/recording';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { videoCategory, type VideoEvent } from '../domain/video-events.js';
import { storyboardPath } from '../naming/sidecars.js';
import { VideoStreams } from '../video-streams.js';

const comes: ReadonlySet<string> = new Set<VideoEvent['type']>(['VideoImported', 'VideoCut']);
const mostTries = 3;
const awaited: ReadonlySet<unknown> = new Set(['disk.gone', 'media.storage-full', 'event-store.unavailable']);

/** A video that was recorded here gets its storyboard by a step of its recording; one that was imported or cut has none. */
@Injectable()
export class MakeStoryboardWhenAVideoComesFromElsewhere implements Reaction {
  readonly name = 'make-storyboard-when-a-video-comes-from-elsewhere';
  readonly role = 'recorder';
  readonly filter = { categories: [videoCategory] };
  readonly from = 'end';

  constructor(
    private readonly videos: VideoStreams,
    private readonly root: LibraryRoot,
    private readonly queue: WorkQueue,
    @Inject(MEDIA) private readonly media: Pick<Media, 'makeStoryboard'>,
  ) {}

  async handle({ stream, type }: ReadEvent, signal: AbortSignal): Promise<void> {
    if (!comes.has(type)) return;
    await this.root.requireThere();
    const videoId = Number(stream.split('-')[1]);
    const video = await this.videos.peek(videoId);
    if (video?.place.kind !== 'library') return;
    const input = join(this.root.path, video.file);
    const output = join(this.root.path, storyboardPath(video.file));
    // Gone or moved in the meantime, or brought along.
    if (!(await isThere(input)) || (await isThere(join(output, '0.jpg')))) return;
    try {
      // After everything that belongs to recordings.
      await this.queue.run(`storyboard of ${videoId}`, { group: 'storyboards', priority: -1, signal }, ({ share }) =>
        this.media.makeStoryboard({ input, output, signal, onProgress: share }),
      );
    } catch (error) {
      // Audio alone, or a file that plays and yet gives no picture: a video without a storyboard is a video.
      const isOfTheFile =
        error instanceof NoVideoStream || error instanceof MediaToolFailed || error instanceof MediaToolTimedOut;
      if (!isOfTheFile) throw error;
    }
  }

  onFailure(error: unknown, _event: ReadEvent, attempt: number): FollowVerdict {
    return attempt >= mostTries && !awaited.has(errorCode(error)) ? 'skip' : 'retry';
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

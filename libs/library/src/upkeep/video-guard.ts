import { Injectable } from '@nestjs/common';
import { Claims } from '@streamvault/kernel';
import { LibraryRoot, type OutputGuard, type RecordingContext } from '@streamvault/recording';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { videoOfOutput } from '../video-of-output.js';
import { VideoStreams } from '../video-streams.js';

const missing = (message: string) => ({
  code: 'parts.video-missing',
  message: `${message} Until then the raw parts stay.`,
});

/** Looks whether the videos of a recording are there, whole, right before its raw parts are removed for good. */
@Injectable()
export class VideoGuard implements OutputGuard {
  constructor(
    private readonly claims: Claims,
    private readonly videos: VideoStreams,
    private readonly library: LibraryRoot,
  ) {}

  async whyPartsAreNeeded({ recordingId, outputs }: RecordingContext): ReturnType<OutputGuard['whyPartsAreNeeded']> {
    if (!(await this.#isRootThere())) return 'later';
    for (const [index, output] of outputs.entries()) {
      const videoId = await videoOfOutput(this.claims, recordingId, index + 1);
      const video = videoId === undefined ? undefined : await this.videos.peek(videoId);
      if (!video) return missing(`${output.file} is not in the library. Retry the step publish.`);
      const { kind } = video.place;
      // Somebody decided that it goes.
      if (kind === 'purging' || kind === 'purged') continue;
      if (video.moving) return 'later';
      const size = await sizeOf(join(this.library.path, video.file));
      if (size === undefined)
        return missing(`${video.file} is missing. Bring it back, or delete video ${video.videoId}.`);
      if (size < video.bytes)
        return missing(
          `${video.file} has ${size} of ${video.bytes} bytes. Bring it back whole, or delete video ${video.videoId}.`,
        );
    }
    return undefined;
  }

  async #isRootThere(): Promise<boolean> {
    try {
      await this.library.requireThere();
      return true;
    } catch {
      // Its disk is away and comes back; health says so.
      return false;
    }
  }
}

const sizeOf = (file: string): Promise<number | undefined> =>
  stat(file).then(
    (found) => (found.isFile() ? found.size : undefined),
    () => undefined,
  );

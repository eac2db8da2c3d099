import { Inject, Injectable } from '@nestjs/common';
import type { StepRequest, StepWork } from '@streamvault/kernel';
import { MEDIA, type Media, NoVideoStream } from '@streamvault/media';
import { pictureOf } from '../naming/sidecars.js';
import { RecordedFiles } from './recorded-files.js';

@Injectable()
export class ThumbnailStep implements StepWork {
  constructor(
    private readonly files: RecordedFiles,
    @Inject(MEDIA) private readonly media: Media,
  ) {}

  async run({ recordingId, signal }: StepRequest) {
    for (const { file, path } of await this.files.of(recordingId)) {
      try {
        await this.media.makeThumbnail({ input: path, output: this.files.pathOf(pictureOf(file)), signal });
      } catch (error) {
        // Audio alone has no picture to take; the console shows its placeholder.
        if (!(error instanceof NoVideoStream)) throw error;
      }
    }
    return {};
  }
}

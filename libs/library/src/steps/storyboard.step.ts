import { Inject, Injectable } from '@nestjs/common';
import type { StepRequest, StepWork } from '@streamvault/kernel';
import { MEDIA, type Media, NoVideoStream } from '@streamvault/media';
import { storyboardPath } from '../naming/sidecars.js';
import { RecordedFiles } from './recorded-files.js';

@Injectable()
export class StoryboardStep implements StepWork {
  constructor(
    private readonly files: RecordedFiles,
    @Inject(MEDIA) private readonly media: Media,
  ) {}

  async run({ recordingId, signal, onProgress }: StepRequest) {
    for (const { file, path } of await this.files.of(recordingId)) {
      try {
        const output = this.files.pathOf(storyboardPath(file));
        await this.media.makeStoryboard({ input: path, output, signal, onProgress });
      } catch (error) {
        // Audio alone has no pictures.
        if (!(error instanceof NoVideoStream)) throw error;
      }
    }
    return {};
  }
}

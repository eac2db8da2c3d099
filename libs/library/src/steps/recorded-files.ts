import { Injectable } from '@nestjs/common';
import { Claims } from '@streamvault/kernel';
import {
  LibraryRoot,
  type Output,
  type RecordingContext,
  RecordingNotFound,
  RecordingStreams,
} from '@streamvault/recording';
import { join } from 'node:path';
import { videoOfOutput } from '../video-of-output.js';
import { VideoStreams } from '../video-streams.js';

export interface RecordedFile {
  /** Below the library's root, with `/` between folders. */
  readonly file: string;
  readonly path: string;
  readonly output: Output;
}

/** The finished files of a recording, for the steps that work on them. */
@Injectable()
export class RecordedFiles {
  constructor(
    private readonly streams: RecordingStreams,
    private readonly library: LibraryRoot,
    private readonly claims: Claims,
    private readonly videos: VideoStreams,
  ) {}

  /** @throws RecordingNotFound */
  async recording(recordingId: number): Promise<RecordingContext> {
    const state = await this.streams.current(recordingId);
    if (!state) throw new RecordingNotFound(recordingId);
    return state.context;
  }

  pathOf(file: string): string {
    return join(this.library.path, file);
  }

  /**
   * Where they are now: a step that is retried later may find the library moved.
   * @throws DiskGone if the library's disk is missing
   */
  async of(recordingId: number): Promise<readonly RecordedFile[]> {
    await this.library.requireThere();
    const { outputs } = await this.recording(recordingId);
    const found: RecordedFile[] = [];
    for (const [index, output] of outputs.entries()) {
      const videoId = await videoOfOutput(this.claims, recordingId, index + 1);
      const video = videoId === undefined ? undefined : await this.videos.peek(videoId);
      const file = video?.file ?? output.file;
      found.push({ file, path: this.pathOf(file), output });
    }
    return found;
  }
}

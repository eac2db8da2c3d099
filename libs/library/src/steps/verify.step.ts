import { Inject, Injectable } from '@nestjs/common';
import type { StepRequest, StepWork } from '@streamvault/kernel';
import { MEDIA, type Media } from '@streamvault/media';
import { RecordedFiles } from './recorded-files.js';

/** Runs before anything is deleted: the video that replaces the parts has to exist, and to play. */
@Injectable()
export class VerifyStep implements StepWork {
  constructor(
    private readonly files: RecordedFiles,
    @Inject(MEDIA) private readonly media: Media,
  ) {}

  async run({ recordingId, signal, onProgress }: StepRequest) {
    const { gapFills, outputs, totals } = await this.files.recording(recordingId);
    for (const { path, output } of await this.files.of(recordingId)) {
      const captured = totals?.durationSeconds ?? output.durationSeconds;
      // A source that gives whole seconds only may be off by one with each segment.
      const isRounded = Number.isInteger(captured);
      await this.media.verifyVideo({
        file: path,
        // Since a gap was filled, it lasts longer than what was captured.
        ledgerSeconds: outputs.length === 1 && gapFills.length === 0 ? captured : output.durationSeconds,
        slackSeconds: isRounded ? (totals?.segments ?? 0) : 0,
        joins: output.timeline.slice(1).map(({ mediaSeconds }) => mediaSeconds),
        signal,
        onProgress,
      });
    }
    return {};
  }
}

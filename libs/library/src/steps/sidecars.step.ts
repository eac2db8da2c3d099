import { Injectable } from '@nestjs/common';
import { Claims, type StepRequest, type StepWork } from '@streamvault/kernel';
import { SidecarWriter } from '../sidecars/sidecar-writer.js';
import { videoOfOutput } from '../video-of-output.js';
import { RecordedFiles } from './recorded-files.js';

/** Writes what media servers read beside a video. */
@Injectable()
export class SidecarsStep implements StepWork {
  constructor(
    private readonly files: RecordedFiles,
    private readonly claims: Claims,
    private readonly sidecars: SidecarWriter,
  ) {}

  async run({ recordingId, signal }: StepRequest) {
    for (const index of (await this.files.of(recordingId)).keys()) {
      const videoId = await videoOfOutput(this.claims, recordingId, index + 1);
      if (videoId !== undefined) await this.sidecars.write(videoId, signal);
    }
    return {};
  }
}

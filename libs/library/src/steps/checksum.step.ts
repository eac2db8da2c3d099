import { Injectable } from '@nestjs/common';
import type { StepRequest, StepWork } from '@streamvault/kernel';
import { checksumPath } from '../naming/sidecars.js';
import { writeChecksum } from '../sidecars/checksum-file.js';
import { RecordedFiles } from './recorded-files.js';

@Injectable()
export class ChecksumStep implements StepWork {
  constructor(private readonly files: RecordedFiles) {}

  async run({ recordingId, signal, onProgress }: StepRequest) {
    for (const { file, path, output } of await this.files.of(recordingId)) {
      const target = this.files.pathOf(checksumPath(file));
      await writeChecksum({ path, target, bytes: output.bytes, signal, onProgress });
    }
    return {};
  }
}

import { Injectable } from '@nestjs/common';
import type { StepRequest, StepWork } from '@streamvault/kernel';
import { writeContentDurably } from '@streamvault/media';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { checksumPath } from '../naming/sidecars.js';
import { RecordedFiles } from './recorded-files.js';

@Injectable()
export class ChecksumStep implements StepWork {
  constructor(private readonly files: RecordedFiles) {}

  async run({ recordingId, signal, onProgress }: StepRequest) {
    for (const { file, path, output } of await this.files.of(recordingId)) {
      const hash = createHash('sha256');
      let done = 0;
      for await (const chunk of createReadStream(path, { highWaterMark: 512 * 1024, signal })) {
        hash.update(chunk as Buffer);
        done += (chunk as Buffer).length;
        onProgress(Math.min(1, done / Math.max(1, output.bytes)));
      }
      await writeContentDurably(this.files.pathOf(checksumPath(file)), `${hash.digest('hex')}  ${basename(file)}\n`);
    }
    return {};
  }
}

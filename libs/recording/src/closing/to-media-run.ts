import type { FileRange, Run } from '@streamvault/capture';
import type { MediaRun } from '@streamvault/media';
import { join } from 'node:path';

/** A run of a ledger, with whole paths. */
export function toMediaRun(run: Run, directory: string): MediaRun {
  const { init, ranges, container, signature, durationSeconds, slackSeconds } = run;
  const within = (range: FileRange): FileRange => ({ ...range, file: join(directory, range.file) });
  return {
    container,
    signature,
    durationSeconds,
    slackSeconds,
    ranges: ranges.map((range) => within(range)),
    ...(init && { init: within(init) }),
  };
}

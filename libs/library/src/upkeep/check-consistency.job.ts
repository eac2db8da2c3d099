import { Injectable } from '@nestjs/common';
import type { Job, JobOutcome, JobSchedule } from '@streamvault/kernel';
import { LibraryCheck } from './library-check.js';

const named = 3;

/** Only reports: whether the log or the disk is right is for a person to decide. */
@Injectable()
export class CheckConsistencyJob implements Job {
  readonly name = 'check-consistency';
  readonly title = 'Compares the library with the files on the disk, and reports the differences. Changes nothing.';
  readonly schedule: JobSchedule = { kind: 'cron', expression: '40 5 * * *' };
  readonly deadlineSeconds = 3600;

  constructor(private readonly check: LibraryCheck) {}

  async run(signal: AbortSignal): Promise<JobOutcome> {
    const { videos, missing, changed, unknown, leftovers } = await this.check.run(signal);
    const findings = [
      inWords(missing, 'missing'),
      inWords(changed, 'of another size than was recorded'),
      inWords(unknown, 'on the disk and in no library'),
      inWords(leftovers, 'left over from videos that are gone'),
    ].filter((finding) => finding !== '');
    return {
      summary: findings.length === 0 ? `All ${videos} videos have their files.` : findings.join(' '),
      figures: {
        videos,
        missing: missing.length,
        changed: changed.length,
        unknown: unknown.length,
        leftovers: leftovers.length,
      },
    };
  }
}

function inWords(files: readonly { readonly file: string }[], what: string): string {
  if (files.length === 0) return '';
  const first = files.slice(0, named).map(({ file }) => file);
  const more = files.length > named ? ` and ${files.length - named} more` : '';
  return `${files.length} files are ${what}: ${first.join(', ')}${more}.`;
}

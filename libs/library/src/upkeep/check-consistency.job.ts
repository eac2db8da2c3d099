import { EntityManager } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { Job, JobOutcome, JobSchedule } from '@streamvault/kernel';
import { LibraryRoot } from '@streamvault/recording';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { VideoRow } from '../read-models/video-row.entity.js';

const named = 3;

/** Reports, and mends nothing: what is right, the log or the disk, is for somebody to say. */
@Injectable()
export class CheckConsistencyJob implements Job {
  readonly name = 'check-consistency';
  readonly title = 'Compares the library with the files on the disk, and tells what does not agree. Changes nothing.';
  readonly schedule: JobSchedule = { kind: 'cron', expression: '40 5 * * *' };
  readonly deadlineSeconds = 3600;

  constructor(
    private readonly em: EntityManager,
    private readonly root: LibraryRoot,
  ) {}

  async run(signal: AbortSignal): Promise<JobOutcome> {
    await this.root.requireThere();
    const rows = await this.em.fork().find(VideoRow, { place: { $ne: 'purged' } }, { fields: ['file', 'bytes'] });
    const missing: string[] = [];
    const changed: string[] = [];
    for (const { file, bytes } of rows) {
      signal.throwIfAborted();
      const found = await stat(join(this.root.path, file)).catch(() => undefined);
      if (!found?.isFile()) missing.push(file);
      else if (found.size !== bytes) changed.push(file);
    }
    const known = new Set(rows.map(({ file }) => file));
    const entries = await readdir(this.root.path, { recursive: true, withFileTypes: true });
    const unknown = entries
      .filter((entry) => entry.isFile() && entry.name.endsWith('.mp4') && !entry.name.startsWith('.'))
      .map((entry) => relative(this.root.path, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((file) => !known.has(file));
    // A disk that went away meanwhile has lost nothing.
    await this.root.requireThere();
    const findings = [
      inWords(missing, 'missing'),
      inWords(changed, 'of another size than was recorded'),
      inWords(unknown, 'there and in no library'),
    ].filter((finding) => finding !== '');
    return {
      summary: findings.length === 0 ? `All ${rows.length} videos have their files.` : findings.join(' '),
      figures: { videos: rows.length, missing: missing.length, changed: changed.length, unknown: unknown.length },
    };
  }
}

function inWords(files: readonly string[], what: string): string {
  if (files.length === 0) return '';
  const more = files.length > named ? ` and ${files.length - named} more` : '';
  return `${files.length} files are ${what}: ${files.slice(0, named).join(', ')}${more}.`;
}

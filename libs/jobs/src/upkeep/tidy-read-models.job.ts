import { EntityManager } from '@mikro-orm/core';
import { BasePostgreSqlPlatform } from '@mikro-orm/sql';
import { Injectable } from '@nestjs/common';
import type { Job, JobOutcome, JobSchedule } from '@streamvault/kernel';

/** Less than this is not worth it. */
const leastFreeBytes = 4 * 1024 * 1024;
const leastFreeShare = 0.2;

@Injectable()
export class TidyReadModelsJob implements Job {
  readonly name = 'tidy-read-models';
  readonly title = "Frees disk space that read models no longer need, and renews the database's statistics.";
  readonly schedule: JobSchedule = { kind: 'cron', expression: '50 4 * * 1' };
  readonly deadlineSeconds = 600;

  constructor(private readonly em: EntityManager) {}

  async run(): Promise<JobOutcome> {
    const em = this.em.fork();
    const connection = em.getConnection();
    if (em.getPlatform() instanceof BasePostgreSqlPlatform) {
      await connection.execute('analyze');
      return { summary: 'Renewed the statistics; PostgreSQL frees space by itself.' };
    }
    const number = async (pragma: string): Promise<number> => {
      const rows = await connection.execute<Record<string, number>[]>(`pragma ${pragma}`);
      return Number(Object.values(rows[0] ?? {})[0] ?? 0);
    };
    const [free, pages, pageBytes] = [
      await number('freelist_count'),
      await number('page_count'),
      await number('page_size'),
    ];
    await connection.execute('pragma optimize');
    // It blocks all readers meanwhile, so only if it is worth that.
    if (free * pageBytes < leastFreeBytes || free < pages * leastFreeShare)
      return { summary: 'Renewed the statistics; there was no space worth freeing.', figures: { bytesFreed: 0 } };
    await connection.execute('vacuum');
    return { summary: 'Freed what read models no longer need.', figures: { bytesFreed: free * pageBytes } };
  }
}

import type { DiskHealth } from '@streamvault/api-contract';
import type { HealthReport, HealthSource } from '@streamvault/kernel';
import { diskHealth } from './disk-health.js';
import type { DiskThresholds, DiskWatch } from './disk-watch.js';
import type { ReadOrm } from './read-database/read-database.js';

/** The disks that are written to. */
export class DisksHealth implements HealthSource {
  readonly name = 'disk';

  /** @param folderWarnings such as that another server writes into a folder */
  constructor(
    private readonly disk: DiskWatch,
    private readonly thresholds: DiskThresholds,
    private readonly folderWarnings: () => readonly string[],
  ) {}

  get disks(): DiskHealth[] {
    return this.disk.status.map((status) => diskHealth(status, this.thresholds));
  }

  async check(): Promise<HealthReport> {
    await this.disk.check();
    const found = this.disk.describe();
    const [warning] = this.folderWarnings();
    return warning === undefined || found.status !== 'ok' ? found : { status: 'warn', detail: warning };
  }
}

/** The database of the read models. */
export class ReadModelsHealth implements HealthSource {
  readonly name = 'readModels';

  constructor(private readonly orm: ReadOrm) {}

  async check(): Promise<HealthReport> {
    await this.orm.em.fork().getConnection().execute('select 1');
    return { status: 'ok' };
  }
}

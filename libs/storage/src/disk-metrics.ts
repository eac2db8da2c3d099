import { gauge, type MetricsSource } from '@streamvault/kernel';
import type { DiskWatch } from './disk-watch.js';

export class DiskMetrics implements MetricsSource {
  constructor(private readonly disk: Pick<DiskWatch, 'status'>) {}

  register(registry: Parameters<MetricsSource['register']>[0]): void {
    gauge(
      registry,
      {
        name: 'streamvault_disk_free_bytes',
        help: 'Free space of the disks that are written to; 0 for one that is gone.',
        labelNames: ['folders'],
      },
      () => this.disk.status.map(({ folders, freeBytes }) => [freeBytes, { folders }]),
    );
  }
}

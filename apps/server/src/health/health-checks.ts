import type { Health } from '@streamvault/api-contract';
import type { EventStore } from '@streamvault/event-store';
import { messageOf } from '@streamvault/failures';
import type { HealthSource } from '@streamvault/kernel';
import { type MediaTools, presentTool, toolCheck } from '@streamvault/media';
import type { SecretVault } from '@streamvault/secrets';
import { diskHealth, type DiskThresholds, type DiskWatch, type ReadOrm } from '@streamvault/storage';

type Check = Health['checks'][string];

export interface HealthParts {
  readonly version: string;
  readonly diskThresholds: DiskThresholds;
  readonly disk: DiskWatch;
  /** Warnings about the folders, such as that another server writes into them. */
  readonly folderWarnings: () => readonly string[];
  readonly store: EventStore;
  readonly orm: ReadOrm;
  readonly tools: MediaTools;
  readonly secrets: SecretVault;
  /** What the other rooms and the contexts have to say. */
  readonly more: readonly HealthSource[];
}

const slowMilliseconds = 2000;

/** What is needed, and whether it is there. */
export class HealthChecks {
  constructor(private readonly parts: HealthParts) {}

  async report(): Promise<Health> {
    const { disk: watch, diskThresholds, more, secrets, store, tools, version } = this.parts;
    const [eventStore, readModels, disk, vault, ...rest] = await Promise.all([
      this.#guarded(() => store.health()),
      this.#guarded(() => this.#readModels()),
      this.#guarded(() => this.#disk()),
      this.#guarded(() => secrets.check()),
      ...more.map((source) => this.#guarded(async () => source.check())),
    ]);
    const told = Object.fromEntries(more.flatMap(({ name }, index) => (rest[index] ? [[name, rest[index]]] : [])));
    const year = new Date().getFullYear();
    const checks: Health['checks'] = {
      ...told,
      eventStore,
      readModels,
      disk,
      secrets: vault,
      ffmpeg: await presentTool(tools.ffmpeg, toolCheck(tools.ffmpeg, year)),
      ffprobe: await presentTool(tools.ffprobe, toolCheck(tools.ffprobe, year)),
    };
    const isDown = [eventStore, readModels, disk, ...rest].some(({ status }) => status === 'down');
    const disks = watch.status.map((status) => diskHealth(status, diskThresholds));
    const isWell = Object.values(checks).every(({ status }) => status === 'ok');
    const status = isDown ? 'down' : isWell ? 'ok' : 'warn';
    return { status, version, uptimeSeconds: process.uptime(), checks, disks };
  }

  async #readModels(): Promise<Check> {
    await this.parts.orm.em.fork().getConnection().execute('select 1');
    return { status: 'ok' };
  }

  async #disk(): Promise<Check> {
    await this.parts.disk.check();
    const found = this.parts.disk.describe();
    const [warning] = this.parts.folderWarnings();
    return warning === undefined || found.status !== 'ok' ? found : { status: 'warn', detail: warning };
  }

  /** A check that hangs or breaks is an answer: down. */
  async #guarded(check: () => Promise<Check>): Promise<Check> {
    const { promise: late, resolve } = Promise.withResolvers<Check>();
    const timer = setTimeout(() => resolve({ status: 'down', detail: 'no answer in time' }), slowMilliseconds);
    try {
      const { status, detail } = await Promise.race([check(), late]);
      return { status, ...(detail !== undefined && { detail }) };
    } catch (error) {
      return { status: 'down', detail: messageOf(error) };
    } finally {
      clearTimeout(timer);
    }
  }
}

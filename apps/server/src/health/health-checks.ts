import { messageOf } from '@streamvault/failures';
import type { Health } from '@streamvault/api-contract';
import type { HealthSource, ProjectionRunner } from '@streamvault/kernel';
import type { EventStore } from '@streamvault/event-store';
import type { StreamlinkState } from '@streamvault/platforms';
import type { MediaTools } from '@streamvault/media';
import type { Recorder } from '@streamvault/recording';
import type { SecretVault } from '@streamvault/secrets';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadOrm } from '../runtime/read-database.js';
import type { Settings } from '../settings/settings.js';
import { diskHealth } from '@streamvault/storage';
import type { DiskWatch } from '@streamvault/storage';

import { presentTool, toolCheck } from './tool-check.js';

type Check = Health['checks'][string];

export interface HealthParts {
  readonly version: string;
  readonly settings: Settings;
  readonly disk: DiskWatch;
  /** Warnings about the folders, such as that another server writes into them. */
  readonly folderWarnings: () => readonly string[];
  readonly store: EventStore;
  readonly orm: ReadOrm;
  readonly projections: ProjectionRunner;
  readonly recorder: Recorder;
  readonly tools: MediaTools;
  readonly secrets: SecretVault;
  readonly proxies: () => Check;
  readonly streamlink: () => Promise<StreamlinkState>;
  /** The checks of the contexts. */
  readonly more: readonly HealthSource[];
}

const slowMilliseconds = 2000;

/**
 * What the server needs, and whether it is available. A stopped projection is a warning: recording goes on without it.
 */
export class HealthChecks {
  constructor(private readonly parts: HealthParts) {}

  async report(): Promise<Health> {
    const { version, tools, recorder, proxies } = this.parts;
    const [streamlink, eventStore, readModels, disk, secrets] = await Promise.all([
      this.#streamlink(),
      this.#guarded(() => this.#eventStore()),
      this.#guarded(() => this.#readModels()),
      this.#guarded(() => this.#disk()),
      this.#guarded(() => this.parts.secrets.check()),
    ]);
    const more = await this.#more();
    const checks: Health['checks'] = {
      ...more,
      eventStore,
      readModels,
      projections: this.#projections(),
      disk,
      secrets,
      ffmpeg: await presentTool(tools.ffmpeg, toolCheck(tools.ffmpeg, new Date().getFullYear())),
      ffprobe: await presentTool(tools.ffprobe, toolCheck(tools.ffprobe, new Date().getFullYear())),
      recorder: { status: 'ok', detail: `${recorder.recordingIds.length} open` },
      twitch: this.#twitch(),
      streamlink,
      proxies: proxies(),
    };
    const isDown = [eventStore, readModels, disk, ...Object.values(more)].some(({ status }) => status === 'down');
    const { disk: watch, settings } = this.parts;
    const disks = watch.status.map((status) => diskHealth(status, settings.diskThresholds));
    const isWell = Object.values(checks).every(({ status }) => status === 'ok');
    const status = isDown ? 'down' : isWell ? 'ok' : 'warn';
    return { status, version, uptimeSeconds: process.uptime(), checks, disks };
  }

  async #more(): Promise<Health['checks']> {
    const told = this.parts.more.map(
      async (source) => [source.name, await this.#guarded(async () => ({ ...(await source.check()) }))] as const,
    );
    return Object.fromEntries(await Promise.all(told));
  }

  async #eventStore(): Promise<Check> {
    const { status, detail } = await this.parts.store.health();
    return { status, ...(detail !== undefined && { detail }) };
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

  /** Only pages of sites that it alone knows need it. */
  async #streamlink(): Promise<Check> {
    const enough = new AbortController();
    const late = sleep(slowMilliseconds / 2, undefined, { signal: enough.signal }).catch(() => undefined);
    const state = await Promise.race([this.parts.streamlink(), late]);
    enough.abort();
    if (state === undefined) return { status: 'ok', detail: 'being looked for' };
    switch (state.status) {
      case 'ok':
        return { status: 'ok', detail: `${state.version} (${state.path})` };
      case 'missing':
        return { status: 'ok', detail: 'not installed: pages of other sites cannot be recorded' };
      case 'too-old':
        return { status: 'warn', detail: `${state.version} is too old: 8 or newer is needed for pages of other sites` };
      default:
        return state satisfies never;
    }
  }

  #twitch(): Check {
    const { userToken } = this.parts.settings.twitch;
    const as = userToken === undefined ? 'without signing in' : 'with the token of a user';
    return { status: 'ok', detail: `Twitch channels are recorded ${as}; automatic start is off` };
  }

  #projections(): Check {
    const all = this.parts.projections.status();
    const poisoned = all.filter(({ state }) => state === 'poisoned');
    if (poisoned.length > 0) {
      const detail = poisoned
        .map(({ name, error, poisonedEvent }) => `${name} stopped at position ${poisonedEvent?.position}: ${error}`)
        .join('; ');
      return { status: 'warn', detail };
    }
    const interrupted = all.filter(({ error }) => error !== undefined);
    if (interrupted.length > 0)
      return {
        status: 'warn',
        detail: interrupted.map(({ name, error }) => `${name} is retrying: ${error}`).join('; '),
      };
    const failed = all.flatMap(({ name, rebuild }) =>
      rebuild?.state === 'failed' ? [`the rebuild of ${name} failed: ${rebuild.error}`] : [],
    );
    if (failed.length > 0) return { status: 'warn', detail: failed.join('; ') };
    const behind = all.filter(({ state }) => state === 'catching-up' || state === 'outdated').map(({ name }) => name);
    return behind.length > 0 ? { status: 'ok', detail: `catching up: ${behind.join(', ')}` } : { status: 'ok' };
  }

  /** A check that hangs or fails is an answer: down. */
  async #guarded(check: () => Promise<Check>): Promise<Check> {
    const { promise: late, resolve } = Promise.withResolvers<Check>();
    const timer = setTimeout(() => resolve({ status: 'down', detail: 'no answer in time' }), slowMilliseconds);
    try {
      return await Promise.race([check(), late]);
    } catch (error) {
      return { status: 'down', detail: messageOf(error) };
    } finally {
      clearTimeout(timer);
    }
  }
}

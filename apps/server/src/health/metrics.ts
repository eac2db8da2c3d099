import type { ProxyStatus } from '@streamvault/network';
import type { MetricsSource, ProjectionRunner } from '@streamvault/kernel';
import type { LiveFigures, ProgressBoard, Recorder } from '@streamvault/recording';
import { collectDefaultMetrics, Gauge, type GaugeConfiguration, Registry } from 'prom-client';
import type { DiskWatch } from '@streamvault/storage';
import type { LiveFeed } from '@streamvault/kernel';

export interface MetricsParts {
  readonly version: string;
  readonly progress: ProgressBoard;
  readonly recorder: Recorder;
  readonly projections: ProjectionRunner;
  readonly feed: LiveFeed;
  readonly disk: DiskWatch;
  readonly proxies: () => readonly ProxyStatus[];
  /** The metrics of the contexts. */
  readonly more: readonly MetricsSource[];
}

/** Prometheus metrics; figures are collected at each request. */
export class Metrics {
  readonly #registry: Registry;
  #isAskedFor = false;

  constructor(parts: MetricsParts) {
    this.#registry = registryOf(parts);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async text(): Promise<string> {
    // Measuring the delay of the event loop takes a timer that wakes it a hundred times a second: most of the CPU that
    // an idle server uses.
    if (!this.#isAskedFor) collectDefaultMetrics({ register: this.#registry });
    this.#isAskedFor = true;
    return told(await this.#registry.metrics());
  }
}

/** What nothing was measured of yet is left out: the least delay of an event loop that was not watched is not 292 years. */
const told = (text: string): string => text.replaceAll(/^\S+ (NaN|Nan|9223372036\.854776)\n/gm, '');

function registryOf({ version, progress, recorder, projections, feed, disk, proxies, more }: MetricsParts): Registry {
  const registry = new Registry();
  const gauge = <Label extends string = string>(configuration: GaugeConfiguration<Label>) =>
    registry.registerMetric(new Gauge({ ...configuration, registers: [] }));
  gauge({
    name: 'streamvault_info',
    help: 'Version of the server.',
    labelNames: ['version'],
    collect() {
      this.set({ version }, 1);
    },
  });
  gauge({
    name: 'streamvault_recordings_open',
    help: 'Recordings that this process works on.',
    collect() {
      this.set(recorder.recordingIds.length);
    },
  });
  gauge({
    name: 'streamvault_live_viewers',
    help: 'Connections to the live feed.',
    collect() {
      this.set(feed.viewers);
    },
  });
  gauge({
    name: 'streamvault_disk_free_bytes',
    help: 'Free space of the disks that are written to; 0 for one that is gone.',
    labelNames: ['folders'],
    collect() {
      this.reset();
      for (const { folders, freeBytes } of disk.status) this.set({ folders }, freeBytes);
    },
  });
  gauge({
    name: 'streamvault_proxy_resting',
    help: '1 if a proxy of SOURCE_PROXIES did not work and is avoided for a while.',
    labelNames: ['proxy'],
    collect() {
      this.reset();
      for (const { name, restsUntil } of proxies()) this.set({ proxy: name }, restsUntil === undefined ? 0 : 1);
    },
  });
  const perRecording = (name: string, help: string, figure: (entry: LiveFigures) => number | undefined) =>
    gauge({
      name: `streamvault_recording_${name}`,
      help,
      labelNames: ['recording', 'streamer'],
      collect() {
        this.reset();
        for (const entry of progress.figures(Date.now())) {
          const value = figure(entry);
          if (value !== undefined) this.set({ recording: entry.recordingId, streamer: entry.streamerName }, value);
        }
      },
    });
  perRecording('bytes', 'Bytes captured so far.', ({ bytes }) => bytes);
  perRecording('duration_seconds', 'Media captured so far.', ({ durationSeconds }) => durationSeconds);
  perRecording('segments', 'Segments captured so far.', ({ segments }) => segments);
  perRecording('bytes_per_second', 'Rate over the last few seconds.', ({ bytesPerSecond }) => bytesPerSecond);
  perRecording('last_byte_age_seconds', 'Time since the last byte was committed.', ({ lastByteAt }) =>
    lastByteAt === undefined ? undefined : (Date.now() - Date.parse(lastByteAt)) / 1000,
  );
  perRecording('gap_seconds', 'Seconds that could not be fetched.', ({ gapSeconds = 0 }) => gapSeconds);
  perRecording('ad_seconds', 'Seconds of advertising, left out or kept.', ({ adSeconds = 0 }) => adSeconds);
  perRecording(
    'stall_seconds',
    'Seconds in which no bytes came although some should have, including a stall that still lasts.',
    ({ stallSeconds }) => stallSeconds,
  );
  perRecording(
    'captured_ratio',
    'Share of the broadcast that could be fetched.',
    ({ durationSeconds, gapSeconds = 0 }) =>
      durationSeconds + gapSeconds > 0 ? durationSeconds / (durationSeconds + gapSeconds) : undefined,
  );
  perRecording('retries', 'Requests that had to be repeated.', ({ retries = 0 }) => retries);
  perRecording('re_resolves', "How often the source's address was found again.", ({ reResolves }) => reResolves);
  gauge({
    name: 'streamvault_projection_lag_seconds',
    help: 'Age of the first event that a projection has not applied yet.',
    labelNames: ['projection'],
    collect() {
      for (const { name, lagSeconds } of projections.status()) this.set({ projection: name }, lagSeconds);
    },
  });
  gauge({
    name: 'streamvault_projection_poisoned',
    help: '1 if a projection stopped at an event that it cannot apply.',
    labelNames: ['projection'],
    collect() {
      for (const { name, state } of projections.status()) this.set({ projection: name }, state === 'poisoned' ? 1 : 0);
    },
  });
  for (const source of more) source.register(registry);
  return registry;
}

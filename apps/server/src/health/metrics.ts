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
  /** What the contexts measure. */
  readonly more: readonly MetricsSource[];
}

/** Prometheus metrics; figures are taken when they are asked for. */
export class Metrics {
  readonly #registry: Registry;
  #isAskedFor = false;

  constructor(parts: MetricsParts) {
    this.#registry = registryOf(parts);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    // To know how late the event loop is takes a timer that wakes it a hundred times a second: most of what an idle server takes.
    if (!this.#isAskedFor) collectDefaultMetrics({ register: this.#registry });
    this.#isAskedFor = true;
    return this.#registry.metrics();
  }
}

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
    help: 'Room on the disks that are written to; 0 for one that is gone.',
    labelNames: ['folders'],
    collect() {
      this.reset();
      for (const { folders, freeBytes } of disk.status) this.set({ folders }, freeBytes);
    },
  });
  gauge({
    name: 'streamvault_proxy_resting',
    help: '1 where a proxy of SOURCE_PROXIES did not work and is left alone for a while.',
    labelNames: ['proxy'],
    collect() {
      this.reset();
      for (const { name, restsUntil } of proxies()) this.set({ proxy: name }, restsUntil === undefined ? 0 : 1);
    },
  });
  const perRecording = (name: string, help: string, figure: (entry: LiveFigures) => number) =>
    gauge({
      name: `streamvault_recording_${name}`,
      help,
      labelNames: ['recording'],
      collect() {
        this.reset();
        for (const entry of progress.figures(Date.now())) this.set({ recording: entry.recordingId }, figure(entry));
      },
    });
  perRecording('bytes', 'Bytes captured so far.', ({ bytes }) => bytes);
  perRecording('duration_seconds', 'Media captured so far.', ({ durationSeconds }) => durationSeconds);
  perRecording('segments', 'Segments captured so far.', ({ segments }) => segments);
  perRecording('bytes_per_second', 'Rate over the last few seconds.', ({ bytesPerSecond }) => bytesPerSecond);
  perRecording('last_byte_age_seconds', 'Time since the last byte was committed.', ({ lastByteAt }) =>
    lastByteAt === undefined ? Number.NaN : (Date.now() - Date.parse(lastByteAt)) / 1000,
  );
  perRecording('gap_seconds', 'Seconds that could not be had.', ({ gapSeconds = 0 }) => gapSeconds);
  perRecording('ad_seconds', 'Seconds of advertising, left out or kept.', ({ adSeconds = 0 }) => adSeconds);
  perRecording(
    'stall_seconds',
    'Seconds in which no byte came although some should have, with the stall that lasts.',
    ({ stallSeconds }) => stallSeconds,
  );
  perRecording('captured_ratio', 'Share of the broadcast that could be had.', ({ durationSeconds, gapSeconds = 0 }) =>
    durationSeconds + gapSeconds > 0 ? durationSeconds / (durationSeconds + gapSeconds) : Number.NaN,
  );
  perRecording('retries', 'Requests that had to be made again.', ({ retries = 0 }) => retries);
  perRecording('re_resolves', 'How often the source was found anew.', ({ reResolves }) => reResolves);
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
    help: '1 where a projection stopped at an event it cannot apply.',
    labelNames: ['projection'],
    collect() {
      for (const { name, state } of projections.status()) this.set({ projection: name }, state === 'poisoned' ? 1 : 0);
    },
  });
  for (const source of more) source.register(registry);
  return registry;
}

import type { ProjectionRunner } from '@streamvault/event-sourcing';
import type { ProgressBoard, Recorder } from '@streamvault/recording';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { LiveFeed } from '../live/live-feed.js';

export interface MetricsParts {
  readonly version: string;
  readonly progress: ProgressBoard;
  readonly recorder: Recorder;
  readonly projections: ProjectionRunner;
  readonly feed: LiveFeed;
}

/** Prometheus metrics; figures are taken when they are asked for. */
export function createMetrics({ version, progress, recorder, projections, feed }: MetricsParts): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Gauge({
    name: 'streamvault_info',
    help: 'Version of the server.',
    labelNames: ['version'],
    registers,
    collect() {
      this.set({ version }, 1);
    },
  });
  new Gauge({
    name: 'streamvault_recordings_open',
    help: 'Recordings that this process works on.',
    registers,
    collect() {
      this.set(recorder.recordingIds.length);
    },
  });
  new Gauge({
    name: 'streamvault_live_viewers',
    help: 'Connections to the live feed.',
    registers,
    collect() {
      this.set(feed.viewers);
    },
  });
  const perRecording = (
    name: string,
    help: string,
    figure: (entry: ReturnType<ProgressBoard['all']>[number]) => number,
  ) =>
    new Gauge({
      name: `streamvault_recording_${name}`,
      help,
      labelNames: ['recording'],
      registers,
      collect() {
        this.reset();
        for (const entry of progress.all()) this.set({ recording: entry.recordingId }, figure(entry));
      },
    });
  perRecording('bytes', 'Bytes captured so far.', ({ bytes }) => bytes);
  perRecording('duration_seconds', 'Media captured so far.', ({ durationSeconds }) => durationSeconds);
  perRecording('segments', 'Segments captured so far.', ({ segments }) => segments);
  perRecording('bytes_per_second', 'Rate over the last few seconds.', ({ bytesPerSecond }) => bytesPerSecond);
  perRecording('last_byte_age_seconds', 'Time since the last byte was committed.', ({ lastByteAt }) =>
    lastByteAt === undefined ? Number.NaN : (Date.now() - Date.parse(lastByteAt)) / 1000,
  );
  new Gauge({
    name: 'streamvault_projection_lag_seconds',
    help: 'Age of the first event that a projection has not applied yet.',
    labelNames: ['projection'],
    registers,
    collect() {
      for (const { name, lagSeconds } of projections.status()) this.set({ projection: name }, lagSeconds);
    },
  });
  new Gauge({
    name: 'streamvault_projection_poisoned',
    help: '1 where a projection stopped at an event it cannot apply.',
    labelNames: ['projection'],
    registers,
    collect() {
      for (const { name, state } of projections.status()) this.set({ projection: name }, state === 'poisoned' ? 1 : 0);
    },
  });
  return registry;
}

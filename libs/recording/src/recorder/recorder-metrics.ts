import { type Figure, gauge, type MetricsSource } from '@streamvault/kernel';
import { capturedRatioOf } from '../domain/captured-ratio.js';
import type { LiveFigures, ProgressBoard } from './progress-board.js';

/** What is recorded right now, recording by recording. */
export class RecorderMetrics implements MetricsSource {
  constructor(
    private readonly host: { readonly recordingIds: readonly number[] },
    private readonly progress: Pick<ProgressBoard, 'figures'>,
  ) {}

  register(registry: Parameters<MetricsSource['register']>[0]): void {
    const { host, progress } = this;
    gauge(registry, { name: 'streamvault_recordings_open', help: 'Recordings that this process works on.' }, () => [
      [host.recordingIds.length],
    ]);
    const each = (name: string, help: string, figure: (entry: LiveFigures) => number | undefined) =>
      gauge(registry, { name: `streamvault_recording_${name}`, help, labelNames: ['recording', 'streamer'] }, () =>
        progress.figures(Date.now()).flatMap((entry): Figure[] => {
          const value = figure(entry);
          return value === undefined
            ? []
            : [[value, { recording: String(entry.recordingId), streamer: entry.streamerName }]];
        }),
      );
    each('bytes', 'Bytes captured so far.', ({ bytes }) => bytes);
    each('duration_seconds', 'Media captured so far.', ({ durationSeconds }) => durationSeconds);
    each('segments', 'Segments captured so far.', ({ segments }) => segments);
    each('bytes_per_second', 'Rate over the last few seconds.', ({ bytesPerSecond }) => bytesPerSecond);
    each('last_byte_age_seconds', 'Time since the last byte was committed.', ({ lastByteAt }) =>
      lastByteAt === undefined ? undefined : (Date.now() - Date.parse(lastByteAt)) / 1000,
    );
    each('gap_seconds', 'Seconds that could not be fetched.', ({ gapSeconds = 0 }) => gapSeconds);
    each('ad_seconds', 'Seconds of advertising, left out or kept.', ({ adSeconds = 0 }) => adSeconds);
    each(
      'stall_seconds',
      'Seconds in which no bytes came although some should have, including a stall that still lasts.',
      ({ stallSeconds }) => stallSeconds,
    );
    each(
      'captured_ratio',
      'Share of the broadcast that could be fetched.',
      ({ durationSeconds, gapSeconds = 0 }) => capturedRatioOf(durationSeconds, gapSeconds) ?? undefined,
    );
    each('retries', 'Requests that had to be repeated.', ({ retries = 0 }) => retries);
    each('re_resolves', "How often the source's address was found again.", ({ reResolves }) => reResolves);
  }
}

import { diskThresholdsOf, recordingSettings, ServerSources, watchDisks } from '@streamvault/recording';
import { SourceSecrets } from '@streamvault/secrets';
import type { DiskWatch } from '@streamvault/storage';
import { type Settings, settingsOf } from '../settings/settings.js';
import type { ServerRuntime } from './server-runtime.js';

/** What a server records from, and the disks it writes to. */
export interface Surroundings {
  readonly sources: ServerSources;
  readonly disk: DiskWatch;
}

export function surroundingsOf(runtime: ServerRuntime, settings: Settings): Surroundings {
  const recording = settingsOf(settings, recordingSettings);
  const { connections, kernelLogger: logger, media, recordingStreams: streams, secrets } = runtime;
  const sources = new ServerSources(recording, {
    connections,
    logger,
    secrets: new SourceSecrets(secrets),
    ffprobePath: media.tools.ffprobe.path,
  });
  const disk = watchDisks({ ...settings, ...runtime, thresholds: diskThresholdsOf(recording), streams, logger });
  return { sources, disk };
}

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { ServerRuntime } from '../runtime/server-runtime.js';
import { Disks } from '@streamvault/storage';
import { DiskWatch } from '@streamvault/storage';

/** The watch over the disks that this server writes to, for its whole life. */
export function watchDisks(runtime: ServerRuntime): DiskWatch {
  const { kernelLogger: logger, marks, progress, recordingStreams, settings } = runtime;
  // Where the work is, not DATA_DIR itself: that is what captures fill, and it may be a mount of its own.
  const captureFolder = { name: 'DATA_DIR', path: join(settings.dataDirectory, 'work') };
  const library = { name: 'RECORDINGS_DIR', path: settings.recordingsDirectory };
  return new DiskWatch({
    disks: new Disks([captureFolder, library], (path) => marks.isThere(path)),
    thresholds: settings.diskThresholds,
    captureFolder,
    captures: () => progress.all(),
    stop: async (recordingId, cause) => {
      const now = new Date().toISOString();
      const commandId = randomUUID();
      const metadata = { commandId, correlationId: commandId, causationId: commandId, actor: 'disk-watch', now };
      await recordingStreams.handle(recordingId, { type: 'StopRecording', at: now, by: 'disk-watch', cause }, metadata);
      logger.warn('A recording was stopped because the disk is nearly full', { recordingId, reason: cause.message });
    },
    logger,
  });
}

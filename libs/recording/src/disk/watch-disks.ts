import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { KernelLogger } from '@streamvault/kernel';
import { Disks, type DiskThresholds, DiskWatch, type FolderMarks } from '@streamvault/storage';
import type { ProgressBoard } from '../recorder/progress-board.js';
import type { RecordingStreams } from '../recording-streams.js';

export interface WatchedDisksParts {
  readonly dataDirectory: string;
  readonly recordingsDirectory: string;
  readonly thresholds: DiskThresholds;
  readonly marks: FolderMarks;
  readonly progress: ProgressBoard;
  readonly streams: RecordingStreams;
  readonly logger: KernelLogger;
}

/** Watches the disks that this server writes to, as long as it runs. */
export function watchDisks(parts: WatchedDisksParts): DiskWatch {
  const { dataDirectory, logger, marks, progress, recordingsDirectory, streams, thresholds } = parts;
  // Checks the work folder, not DATA_DIR itself: captures fill that folder, and it may be a mount of its own.
  const captureFolder = { name: 'DATA_DIR', path: join(dataDirectory, 'work') };
  const library = { name: 'RECORDINGS_DIR', path: recordingsDirectory };
  return new DiskWatch({
    disks: new Disks([captureFolder, library], (path) => marks.isThere(path)),
    thresholds,
    captureFolder,
    captures: () => progress.all(),
    stop: async (recordingId, cause) => {
      const now = new Date().toISOString();
      const commandId = randomUUID();
      const metadata = { commandId, correlationId: commandId, causationId: commandId, actor: 'disk-watch', now };
      await streams.handle(recordingId, { type: 'StopRecording', at: now, by: 'disk-watch', cause }, metadata);
      logger.warn('A recording was stopped because the disk is nearly full', { recordingId, reason: cause.message });
    },
    logger,
  });
}

import { Command } from '@nestjs/cqrs';
import type { Position } from '@streamvault/event-store';
import type { ImportReport } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';

/**
 * Adds the videos of a folder that are not in the library yet. Running it again adds nothing.
 * @throws FolderNotInLibrary, TooManyFiles, ImportRunning, StreamerNotFound, DiskGone
 */
export class ImportLibrary extends Command<{ report: ImportReport; position: Position | undefined }> {
  constructor(
    readonly choice: {
      /** Relative to RECORDINGS_DIR, or absolute and inside it. */
      readonly path: string;
      /** Only reports what would happen. */
      readonly isDryRun: boolean;
      /** The streamer of the videos. Default: found by info files and folder names. */
      readonly streamerId?: number | undefined;
    },
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

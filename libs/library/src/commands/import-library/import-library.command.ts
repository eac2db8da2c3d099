import { Command } from '@nestjs/cqrs';
import type { Position } from '@streamvault/event-store';
import type { ImportReport } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';

/**
 * Brings the videos of a folder of the library into it that are not in it. Running it again adds nothing.
 *
 * @throws FolderNotInLibrary, TooManyFiles, ImportRunning, StreamerNotFound, DiskGone
 */
export class ImportLibrary extends Command<{ report: ImportReport; position: Position | undefined }> {
  constructor(
    readonly choice: {
      /** Below RECORDINGS_DIR, or absolute and in it. */
      readonly path: string;
      /** Only says what would happen. */
      readonly isDryRun: boolean;
      /** Whose videos those are; by info files and folder names where it is not given. */
      readonly streamerId?: number | undefined;
    },
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

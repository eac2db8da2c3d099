import { Command } from '@nestjs/cqrs';
import type { CleanupRunAnswer } from '@streamvault/api-contract';
import type { Position } from '@streamvault/event-store';
import type { CommandMetadata } from '@streamvault/kernel';

export interface RunOptions {
  /** How many removals somebody has seen and wants; needed where they are more than a quarter of the library. */
  readonly confirm?: number | undefined;
  /** Holds a run that is not confirmed instead of refusing it: what needs no confirmation is done. */
  readonly holdUnconfirmed?: boolean;
  readonly signal?: AbortSignal;
}

/** Puts into the bin what the rules choose now; each video only as it was when it was chosen. */
export class RunCleanup extends Command<{ readonly run: CleanupRunAnswer; readonly position: Position | undefined }> {
  constructor(
    readonly options: RunOptions,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

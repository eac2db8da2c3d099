import { Command } from '@nestjs/cqrs';
import type { CleanupRunAnswer } from '@streamvault/api-contract';
import type { Position } from '@streamvault/event-store';
import type { CommandMetadata } from '@streamvault/kernel';

export interface RunOptions {
  /** How many removals the user has seen and wants; required if they are more than a quarter of the library. */
  readonly confirm?: number | undefined;
  /** Holds an unconfirmed run instead of refusing it: what needs no confirmation is done. */
  readonly holdUnconfirmed?: boolean;
  readonly signal?: AbortSignal;
}

/** Puts what the rules choose now into the bin; each video only if it has not changed since it was chosen. */
export class RunCleanup extends Command<{ readonly run: CleanupRunAnswer; readonly position: Position | undefined }> {
  constructor(
    readonly options: RunOptions,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

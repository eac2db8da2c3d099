import { Command } from '@nestjs/cqrs';
import type { CommandMetadata } from '@streamvault/kernel';
import type { VideoOutcome } from '../outcome.js';

export interface PurgeOutcome extends VideoOutcome {
  readonly bytesFreed: number;
  /** Why its files still exist; null if they are gone. */
  readonly failure: { readonly code: string; readonly message: string } | null;
}

/** Removes the files of a video in the bin permanently. After an interruption at any point it is simply sent again. */
export class PurgeVideo extends Command<PurgeOutcome> {
  constructor(
    readonly videoId: number,
    readonly options: { readonly beforeGraceEnds: boolean },
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

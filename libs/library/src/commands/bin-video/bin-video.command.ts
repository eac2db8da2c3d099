import { Command } from '@nestjs/cqrs';
import type { Revision } from '@streamvault/event-store';
import type { CommandMetadata } from '@streamvault/kernel';
import type { VideoOutcome } from '../outcome.js';

export interface BinChoice {
  /** A sentence about the rule that chose it; absent if a person did. */
  readonly rule?: string;
  /** Without it, a protected video is refused. */
  readonly evenProtected?: boolean;
  /** Only if it is still at this revision; else {@link ConcurrencyConflict}. */
  readonly expected?: Revision;
}

/**
 * Hides a video from lists and players. Its files stay until the grace period is over, and until then it can be
 * restored.
 */
export class BinVideo extends Command<VideoOutcome & { readonly bytes: number }> {
  constructor(
    readonly videoId: number,
    readonly choice: BinChoice,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

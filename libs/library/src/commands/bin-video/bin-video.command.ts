import { Command } from '@nestjs/cqrs';
import type { Revision } from '@streamvault/event-store';
import type { CommandMetadata } from '@streamvault/kernel';
import type { VideoOutcome } from '../outcome.js';

export interface BinChoice {
  /** The rule that chose it, in words for people; not given where somebody chose it. */
  readonly rule?: string;
  /** Not given: a protected video is refused. */
  readonly evenProtected?: boolean;
  /** Only as it was known at this revision; else {@link ConcurrencyConflict}. */
  readonly expected?: Revision;
}

/** Deletes a video as far as lists and players go. Its files stay until the grace is over, and until then it can be restored. */
export class BinVideo extends Command<VideoOutcome & { readonly bytes: number }> {
  constructor(
    readonly videoId: number,
    readonly choice: BinChoice,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

import type { Position } from '@streamvault/event-store';

/** Which video, and where in the log the command stands: wait for that position to read one's own write. */
export interface VideoOutcome {
  readonly videoId: number;
  readonly position: Position | undefined;
}

import type { Position } from '@streamvault/event-store';

/**
 * Which video, and the command's position in the log. A reader that waits for that position sees the command's own
 * changes.
 */
export interface VideoOutcome {
  readonly videoId: number;
  readonly position: Position | undefined;
}

import type { Position } from '@streamvault/event-store';

/**
 * Which streamer, and the command's position in the log. A reader that waits for that position sees the command's own
 * changes.
 */
export interface StreamerOutcome {
  readonly streamerId: number;
  readonly position: Position | undefined;
}

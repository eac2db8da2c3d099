import type { Position } from '@streamvault/event-store';

/** Which streamer, and where in the log the command stands: wait for that position to read one's own write. */
export interface StreamerOutcome {
  readonly streamerId: number;
  readonly position: Position | undefined;
}

import type { Position } from '@streamvault/event-store';

/**
 * A command's answer, and its position in the log. A reader that waits for that position sees the command's own
 * changes.
 */
export interface Outcome<Answer> {
  readonly answer: Answer;
  readonly position: Position | undefined;
}

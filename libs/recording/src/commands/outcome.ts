import type { Position } from '@streamvault/event-store';

/** A command's answer, and where in the log it stands: wait for that position to read one's own write. */
export interface Outcome<Answer> {
  readonly answer: Answer;
  readonly position: Position | undefined;
}

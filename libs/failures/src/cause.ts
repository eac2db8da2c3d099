/** A stable dotted code for programs and a sentence for people that says what was seen and what to do next. */
export interface Cause {
  readonly code: string;
  readonly message: string;
}

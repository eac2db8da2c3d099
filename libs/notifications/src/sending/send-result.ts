import type { Verdict } from '../targets/verdict.js';

export interface SendResult {
  readonly verdict: Verdict;
  /** null where the receiver never answered, or speaks no HTTP. */
  readonly status: number | null;
  /** What it said, without secrets, shortened. */
  readonly answer: string;
}

import type { Verdict } from '../targets/verdict.js';

export interface SendResult {
  readonly verdict: Verdict;
  /** null where the receiver never answered, or speaks no HTTP. */
  readonly status: number | null;
  /** Its answer, without secrets, shortened. */
  readonly answer: string;
}

import type { BroadcastDetails } from './sighting.js';

export interface Reason {
  /** Stable and dotted, for programs. */
  readonly code: string;
  /** One sentence for people. */
  readonly message: string;
}

/** A rule that decided, by its place in the list and its name. */
export interface DecidingRule {
  readonly number: number;
  readonly name: string;
}

/** What the rules and settings say about a broadcast, given what is known. */
export interface Verdict {
  /** `undecided`: a rule needs something that is not known yet. */
  readonly decision: 'record' | 'skip' | 'undecided';
  /** null if a setting decided, and no rule. */
  readonly rule: DecidingRule | null;
  readonly reason: Reason;
  /** The next change of a time window, after which the answer may differ. */
  readonly judgeAgainAt: string | null;
}

export interface JudgedBroadcast extends BroadcastDetails {
  readonly kind: string;
}

/** The settings for a broadcast, as they are when something happens to it. */
export interface BroadcastPolicy {
  /** How long a streamer may be away before the broadcast is over. */
  readonly patienceSeconds: number;
  judge(broadcast: JudgedBroadcast, at: string): Verdict;
  /** How long a recording goes on after a change that makes the rules say no; null: until the end. */
  readonly stopsOnChangeAfterSeconds: number | null;
}

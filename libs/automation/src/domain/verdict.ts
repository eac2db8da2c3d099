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

/** What the rules and settings say of a broadcast, by what is known of it. */
export interface Verdict {
  /** `undecided`: a rule asks for something that is not known yet. */
  readonly decision: 'record' | 'skip' | 'undecided';
  /** null where no rule decided, but a setting. */
  readonly rule: DecidingRule | null;
  readonly reason: Reason;
  /** The edge of a time window at which the answer may be another one. */
  readonly judgeAgainAt: string | null;
}

export interface JudgedBroadcast extends BroadcastDetails {
  readonly kind: string;
}

/** The settings that a broadcast is treated by, as they are when something happens to it. */
export interface BroadcastPolicy {
  /** How long a streamer may be away before the broadcast is over. */
  readonly patienceSeconds: number;
  judge(broadcast: JudgedBroadcast, at: string): Verdict;
  /** A recording stops after so long where a change makes the rules say no; null: it goes on. */
  readonly stopsOnChangeAfterSeconds: number | null;
}

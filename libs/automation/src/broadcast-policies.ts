import type { BroadcastPolicy } from './domain/verdict.js';

/** The present settings and rules for a streamer's broadcasts. */
export interface BroadcastPolicies {
  /** Undefined if there is no such streamer (any more). */
  of(streamerId: number): Promise<BroadcastPolicy | undefined>;
}
export const BROADCAST_POLICIES = Symbol('BroadcastPolicies');

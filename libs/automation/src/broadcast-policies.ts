import type { BroadcastPolicy } from './domain/verdict.js';

/** By what settings and rules a streamer's broadcasts are treated now. */
export interface BroadcastPolicies {
  /** Undefined where there is no such streamer (any more). */
  of(streamerId: number): Promise<BroadcastPolicy | undefined>;
}
export const BROADCAST_POLICIES = Symbol('BroadcastPolicies');

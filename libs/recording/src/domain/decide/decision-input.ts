import type { RecordingSnapshot } from '../lifecycle.js';
import type { RecordingEvent } from '../recording-events.js';
import type { RecordingPolicy } from '../recording-policy.js';

/** A recording that exists, and the rules for its waiting and retrying. */
export interface DecisionInput {
  readonly snapshot: RecordingSnapshot;
  readonly policy: RecordingPolicy;
}

export type LaterEvent = Parameters<RecordingSnapshot['can']>[0];
export type Decision = readonly RecordingEvent[];

export const nothing: Decision = [];

/** The events, if the machine can take the first of them. A report that comes too late leads to nothing. */
export const ifPossible = (snapshot: RecordingSnapshot, ...events: [LaterEvent, ...LaterEvent[]]): Decision =>
  snapshot.can(events[0]) ? events : nothing;

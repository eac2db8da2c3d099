import type { BroadcastDetails, Sighting, Witness } from './sighting.js';
import type { BroadcastPolicy, Reason } from './verdict.js';

/** `at`: when it is noticed or done, ISO 8601 UTC; the domain has no clock. */
export type BroadcastCommand = { readonly at: string } & (
  | {
      readonly type: 'Start';
      readonly broadcastId: number;
      readonly streamerId: number;
      readonly formerIds: readonly string[];
      readonly sighting: Sighting;
      readonly policy: BroadcastPolicy;
    }
  | { readonly type: 'Report'; readonly sighting: Sighting; readonly policy: BroadcastPolicy }
  /** Its title and category, without a statement whether it is live. */
  | {
      readonly type: 'Describe';
      readonly witness: Witness;
      readonly changedAt: string;
      readonly details: BroadcastDetails;
      readonly policy: BroadcastPolicy;
    }
  /** Time has passed: patience, a grace period or a time window may be over. */
  | { readonly type: 'PassTime'; readonly policy: BroadcastPolicy }
  /** Rules or settings have changed. */
  | { readonly type: 'Reconsider'; readonly policy: BroadcastPolicy }
  | { readonly type: 'Override'; readonly by: string; readonly wish: 'record' | 'stop' }
  | { readonly type: 'NoteRaid'; readonly raidedAt: string; readonly to: string; readonly viewers: number }
  | { readonly type: 'NoteRecording'; readonly recordingId: number }
  | { readonly type: 'NoteRefusal'; readonly reason: Reason }
  /** The streamer was removed from the list. */
  | { readonly type: 'Abandon' }
);

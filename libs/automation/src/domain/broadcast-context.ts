import type { BroadcastEventData } from './broadcast-events.js';
import type { BroadcastDetails, Liveness, Witness } from './sighting.js';
import type { DecidingRule, Reason } from './verdict.js';

export interface RecordingDecision {
  readonly decision: BroadcastEventData<'RecordingDecided'>['decision'];
  readonly at: string;
  readonly rule: DecidingRule | null;
  readonly reason: Reason;
}

/** What a broadcast knows about itself. JSON only. */
export interface BroadcastContext {
  readonly broadcastId: number;
  readonly streamerId: number;
  readonly startedAt: string;
  readonly noticedAt: string;
  readonly noticedBy: Witness;
  readonly kind: string;
  readonly platformIds: readonly string[];
  readonly formerIds: readonly string[];
  readonly details: BroadcastDetails;
  /** Its titles and categories with their start; oldest first. */
  readonly titles: readonly { readonly at: string; readonly title: string | null; readonly category: string | null }[];
  readonly detailsBy: { readonly witness: Witness; readonly at: string } | null;
  /** Witnesses that have seen it live since it was last away. */
  readonly seenBy: readonly Witness[];
  /** The latest known time at which it was seen live. */
  readonly lastLiveAt: string;
  readonly away: {
    readonly since: string;
    readonly witness: Witness;
    readonly deadline: string;
    /** How often it was found to be away. */
    readonly absences: number;
    readonly lastAbsenceAt: string;
    /** Witnesses that found it away. */
    readonly missedBy: readonly Witness[];
    /** The result of the last check. */
    readonly word: Exclude<Liveness, 'live'>;
  } | null;
  readonly raid: { readonly at: string; readonly to: string; readonly viewers: number } | null;
  readonly decision: RecordingDecision | null;
  readonly judgeAgainAt: string | null;
  readonly stopAt: string | null;
  readonly override: { readonly at: string; readonly by: string; readonly wish: 'record' | 'stop' } | null;
  /** Its one recording. */
  readonly recordingId: number | null;
  /** Recordings that people started after that one was stopped. */
  readonly laterRecordingIds: readonly number[];
  /** Why it was not recorded although it should have been. */
  readonly refusal: Reason | null;
  readonly endedAt: string | null;
  readonly endReason: Reason | null;
}

export type BroadcastInput = BroadcastEventData<'BroadcastStarted'>;

import type { BroadcastEventData } from './broadcast-events.js';
import type { BroadcastDetails, Liveness, Witness } from './sighting.js';
import type { DecidingRule, Reason } from './verdict.js';

export interface RecordingDecision {
  readonly decision: BroadcastEventData<'RecordingDecided'>['decision'];
  readonly at: string;
  readonly rule: DecidingRule | null;
  readonly reason: Reason;
}

/** What a broadcast knows of itself. JSON only. */
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
  /** What it was called and what it showed, from when on; oldest first. */
  readonly titles: readonly { readonly at: string; readonly title: string | null; readonly category: string | null }[];
  readonly detailsBy: { readonly witness: Witness; readonly at: string } | null;
  /** Who has seen it live since it last was away. */
  readonly seenBy: readonly Witness[];
  /** The latest instant that anybody is known to have seen it live at. */
  readonly lastLiveAt: string;
  readonly away: {
    readonly since: string;
    readonly witness: Witness;
    readonly deadline: string;
    /** How often it was found to be gone. */
    readonly absences: number;
    readonly lastAbsenceAt: string;
    /** Who found it gone. */
    readonly missedBy: readonly Witness[];
    /** What the last look gave. */
    readonly word: Exclude<Liveness, 'live'>;
  } | null;
  readonly raid: { readonly at: string; readonly to: string; readonly viewers: number } | null;
  readonly decision: RecordingDecision | null;
  readonly judgeAgainAt: string | null;
  readonly stopAt: string | null;
  readonly override: { readonly at: string; readonly by: string; readonly wish: 'record' | 'stop' } | null;
  /** Its one recording. */
  readonly recordingId: number | null;
  /** What people began after that one was stopped. */
  readonly laterRecordingIds: readonly number[];
  /** Why it was not recorded although it should have been. */
  readonly refusal: Reason | null;
  readonly endedAt: string | null;
  readonly endReason: Reason | null;
}

export type BroadcastInput = BroadcastEventData<'BroadcastStarted'>;

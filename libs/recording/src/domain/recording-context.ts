import type { Cause, Container, FillSource, Output, RecordingEventData, Trigger } from './recording-events.js';
import type { StepStatus } from './steps.js';

export interface PartStatus {
  readonly number: number;
  readonly container: Container;
  readonly reason: string;
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly bytes: number;
  readonly segments: number;
  readonly durationSeconds: number;
}

export interface GapStatus {
  readonly from: string;
  readonly to: string;
  readonly seconds: number;
  readonly cause: Cause;
}

/** The latest attempt to fill a gap. */
export interface GapFillStatus {
  /** Those of the gap. */
  readonly from: string;
  readonly to: string;
  readonly requestedAt: string;
  readonly by: string;
  readonly source: FillSource;
  /** While it runs: after this instant it counts as given up. */
  readonly deadline: string;
  readonly state: 'running' | 'filled' | 'failed';
  /** When it was filled or failed; null while it runs. */
  readonly endedAt: string | null;
  readonly seconds: number;
  readonly mutedSeconds: number;
  /** Why it failed. */
  readonly cause: Cause | null;
}

/** A title and category, and since when the broadcast has them. */
export interface TitleStatus {
  readonly at: string;
  readonly title: string | null;
  readonly category: string | null;
}

/** Advertising that the source marked as such. */
export interface AdStatus {
  readonly from: string;
  readonly to: string;
  readonly seconds: number;
  /** Whether it is in the video; otherwise it was left out. */
  readonly kept: boolean;
}

/**
 * A time in which no bytes arrived although some should have. Later bytes may cover it, so it is not a gap by itself.
 */
export interface StallStatus {
  readonly from: string;
  /** null while it lasts. */
  readonly to: string | null;
  readonly cause: Cause;
}

/** The prefix of a gap's cause if only the audio is missing. */
export const SOUND_GAP = 'sound.';

/** Seconds of the broadcast that could not be fetched at all. */
export const gapSecondsOf = (gaps: readonly GapStatus[]): number =>
  gaps.reduce((sum, { seconds, cause }) => sum + (cause.code.startsWith(SOUND_GAP) ? 0 : seconds), 0);

/** Without a stall that still lasts, whose length depends on the clock. */
export const stallSecondsOf = (stalls: readonly StallStatus[]): number =>
  stalls.reduce((sum, { from, to }) => sum + (to === null ? 0 : (Date.parse(to) - Date.parse(from)) / 1000), 0);

/** What a recording knows about itself. JSON only: it is stored, restored and shown as it is. */
export interface RecordingContext {
  readonly recordingId: number;
  readonly streamerId: number;
  readonly streamerName: string;
  readonly source: { readonly url: string; readonly platform: string };
  readonly quality: string;
  readonly adChoice: 'skip' | 'keep';
  /** Names of proxies and `direct`; null: as the settings say. */
  readonly proxies: readonly string[] | null;
  readonly trigger: Trigger;
  /** The broadcast that it records; null if none was named. */
  readonly broadcastId: number | null;
  /** The present title, or the last one. */
  readonly title: string | null;
  readonly category: string | null;
  /** All titles with their start, oldest first. */
  readonly titles: readonly TitleStatus[];
  /** The recorder that has it, or had it last: one run of a process. null: none was ever assigned. */
  readonly recorder: string | null;
  /** How often it was assigned. */
  readonly epoch: number;
  readonly requestedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** When the present waiting state gives up. */
  readonly deadline: string | null;
  readonly variant: RecordingEventData<'SourceOpened'>['variant'] | null;
  readonly parts: readonly PartStatus[];
  readonly gaps: readonly GapStatus[];
  readonly ads: readonly AdStatus[];
  readonly stalls: readonly StallStatus[];
  /** How often the source's address was found again during the capture. */
  readonly reResolves: number;
  /** Why it waits: for bytes while it reconnects, for its disk while the video is made; null while it does not. */
  readonly interruption: Cause | null;
  /** Why the capture ended; null while it has not. */
  readonly endReason: 'stopped' | 'endlist' | 'gave-up' | null;
  readonly totals: {
    readonly bytes: number;
    readonly segments: number;
    readonly durationSeconds: number;
    readonly capturedRatio: number;
    readonly adSeconds: number;
    readonly retries: number | null;
  } | null;
  readonly finalizeAttempts: number;
  readonly finalizeRetryAt: string | null;
  readonly outputs: readonly Output[];
  readonly steps: readonly StepStatus[];
  readonly videoId: number | null;
  readonly failure: Cause | null;
  readonly completedAt: string | null;
  readonly partsDiscardedAt: string | null;
  /** Why the raw parts are still there although they were to be removed; null if nothing holds them. */
  readonly partsKept: Cause | null;
  readonly gapFills: readonly GapFillStatus[];
}

export type RecordingInput = RecordingEventData<'RecordingRequested'>;

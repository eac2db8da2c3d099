import type { Cause, Container, Output, RecordingEventData, Trigger } from './recording-events.js';
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

/** What the broadcast was called from an instant on. */
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
  /** It is in the video; else it was left out. */
  readonly kept: boolean;
}

/** A time in which no byte arrived although some should have. Bytes that came later may cover it: it is no gap by itself. */
export interface StallStatus {
  readonly from: string;
  /** null while it lasts. */
  readonly to: string | null;
  readonly cause: Cause;
}

/** What the cause of a gap begins with where only the sound is missing. */
export const SOUND_GAP = 'sound.';

/** Seconds of the broadcast that could not be had at all. */
export const gapSecondsOf = (gaps: readonly GapStatus[]): number =>
  gaps.reduce((sum, { seconds, cause }) => sum + (cause.code.startsWith(SOUND_GAP) ? 0 : seconds), 0);

/** Without the one that lasts, of which only a clock can tell. */
export const stallSecondsOf = (stalls: readonly StallStatus[]): number =>
  stalls.reduce((sum, { from, to }) => sum + (to === null ? 0 : (Date.parse(to) - Date.parse(from)) / 1000), 0);

/** What a recording knows of itself. JSON only: it is persisted, restored and shown as it is. */
export interface RecordingContext {
  readonly recordingId: number;
  readonly streamerId: number;
  readonly streamerName: string;
  readonly source: { readonly url: string; readonly platform: string };
  readonly quality: string;
  readonly adChoice: 'skip' | 'keep';
  /** Names of proxies and `direct`; null: as the settings say for all. */
  readonly proxies: readonly string[] | null;
  readonly trigger: Trigger;
  /** The broadcast that it takes; null where none was named. */
  readonly broadcastId: number | null;
  /** As it is called now, or was called last. */
  readonly title: string | null;
  readonly category: string | null;
  /** What it was called from when on, oldest first. */
  readonly titles: readonly TitleStatus[];
  readonly requestedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** The instant at which the present waiting state gives up. */
  readonly deadline: string | null;
  readonly variant: RecordingEventData<'SourceOpened'>['variant'] | null;
  readonly parts: readonly PartStatus[];
  readonly gaps: readonly GapStatus[];
  readonly ads: readonly AdStatus[];
  readonly stalls: readonly StallStatus[];
  /** How often the source was found anew in the middle of a capture. */
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
}

export type RecordingInput = RecordingEventData<'RecordingRequested'>;

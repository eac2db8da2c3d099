import type { CaptureFact } from '@streamvault/capture';
import type { Liveness } from '@streamvault/platforms';
import type { Cause, FillSource, Output, PlannedStep } from './recording-events.js';
import type { RecordingInput } from './recording-context.js';

interface Instant {
  /** ISO 8601 UTC. It comes in with the command, because the domain has no clock. */
  readonly at: string;
}

/** What people and schedules ask for. Refused with an error if it does not fit the state. */
export type RecordingRequest =
  | (Instant & { readonly type: 'RequestRecording'; readonly request: Omit<RecordingInput, 'at' | 'deadline'> })
  | (Instant & { readonly type: 'StopRecording'; readonly by: string; readonly cause?: Cause })
  | (Instant & {
      readonly type: 'ChangeDetails';
      /** `at`: since when the broadcast has this title. */
      readonly details: { readonly at: string; readonly title: string | null; readonly category: string | null };
    })
  | (Instant & { readonly type: 'CancelRecording'; readonly by: string })
  | (Instant & { readonly type: 'RetryRecording'; readonly by: string })
  | (Instant & { readonly type: 'RetryStep'; readonly by: string; readonly name: string })
  | (Instant & { readonly type: 'SkipStep'; readonly by: string; readonly name: string })
  | (Instant & {
      readonly type: 'RequestGapFill';
      readonly by: string;
      /** The start of the gap. */
      readonly from: string;
      readonly source: FillSource;
    });

/**
 * What the recorder's effects report. A late or repeated report changes nothing, because an effect cannot know what
 * happened while it worked. Refused is only a recorder that has lost the recording.
 */
export type RecordingReport =
  | (Instant & { readonly type: 'BeginCapture' })
  | (Instant & {
      readonly type: 'ReportFact';
      readonly fact: CaptureFact;
      /** How long an interruption may last, where somebody knows; otherwise the recording's own patience. */
      readonly waitsUntil?: string;
    })
  | (Instant & { readonly type: 'ReportRecorderRestart' })
  | (Instant & { readonly type: 'ReportSourceEnd' })
  | (Instant & { readonly type: 'ReportCaptureFailure'; readonly cause: Cause })
  | (Instant & {
      readonly type: 'ReportCaptureClosed';
      readonly bytes: number;
      readonly segments: number;
      readonly durationSeconds: number;
      readonly gapSeconds: number;
      readonly adSeconds: number;
      readonly retries: number;
    })
  | (Instant & {
      readonly type: 'ReportFinalized';
      readonly outputs: readonly Output[];
      /** What is to be done with the outputs. */
      readonly steps: readonly PlannedStep[];
    })
  | (Instant & { readonly type: 'ReportFinalizeFailure'; readonly cause: Cause })
  | (Instant & { readonly type: 'StartStep'; readonly name: string })
  | (Instant & { readonly type: 'ReportStepSuccess'; readonly name: string; readonly videoId: number | null })
  | (Instant & { readonly type: 'ReportStepFailure'; readonly name: string; readonly cause: Cause })
  | (Instant & {
      readonly type: 'ReportDeadline';
      readonly deadline: string;
      /** What the platform says about the streamer, if there is one to ask. */
      readonly word?: Liveness;
    })
  | (Instant & { readonly type: 'ReportPartsDiscarded'; readonly bytes: number })
  | (Instant & { readonly type: 'ReportPartsKept'; readonly cause: Cause })
  | (Instant & {
      readonly type: 'ReportGapFilled';
      readonly from: string;
      readonly seconds: number;
      readonly mutedSeconds: number;
      readonly output: Output;
    })
  | (Instant & { readonly type: 'ReportGapFillFailure'; readonly from: string; readonly cause: Cause });

export type RecordingCommand = RecordingRequest | RecordingReport;
export type RecordingCommandOf<Type extends RecordingCommand['type']> = Extract<RecordingCommand, { type: Type }>;

/**
 * The recorder that reports, and the epoch under which it holds the recording: the number of assignments that it knows.
 * 0 is a recording that was never assigned, as all of them were before there were assignments.
 */
export interface Reporter {
  readonly recorderId: string;
  readonly epoch: number;
}

/** A command with the id of its recording, which the decider of an empty stream could not know otherwise. */
export interface AddressedCommand {
  readonly recordingId: number;
  readonly command: RecordingCommand;
  /** Of what a recorder says. */
  readonly reporter?: Reporter | undefined;
}

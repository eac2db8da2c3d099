import type { CaptureRequest, Clock as CaptureClock, PartReason } from '@streamvault/capture';
import type { LiveWord, WantedSource } from '@streamvault/platforms';
import type { Cause, Container, Output, PlannedStep } from './domain/recording-events.js';
import type { RecordingContext } from './domain/recording-context.js';

/** The time, and waiting for it. Injected, so that a test can hold it still. `sleep` ends early, and never rejects, when its signal aborts. */
export type Clock = Pick<CaptureClock, 'now' | 'sleep'>;

export interface RecordedStreamer {
  readonly id: number;
  readonly name: string;
  readonly url: string;
  readonly platform: string;
  readonly quality: string;
  /** What becomes of advertising that the source marks as such. */
  readonly ads: 'skip' | 'keep';
  /** Names of proxies and `direct`, in the order in which they are wanted; null: as the settings say for all. */
  readonly proxies: readonly string[] | null;
}

/** The streamers' context, as far as a recording needs it. */
export interface StreamerDirectory {
  /** From the log, not from a read model that may lag. Undefined where there is none (any more). */
  find(streamerId: number): Promise<RecordedStreamer | undefined>;
}
export const STREAMER_DIRECTORY = Symbol('StreamerDirectory');

/** Whether another recording may be begun, as far as the machine is concerned. */
export interface RecordingAdmission {
  /** @throws DomainError that says what is missing and what to do */
  requireRoom(): Promise<void>;
}
export const RECORDING_ADMISSION = Symbol('RecordingAdmission');

/** What is to be recorded, with the names of the ways to it: what lies behind a name may be a secret. */
export interface WantedBroadcast extends Omit<WantedSource, 'proxies'> {
  /** Names of proxies and `direct`, in the order in which they are wanted; null: as the settings say for all. */
  readonly proxies: readonly string[] | null;
}

/** A recording whose source ended, as far as those who watch broadcasts need it. */
export type AwaitingRecording = Pick<RecordingContext, 'recordingId' | 'streamerId' | 'broadcastId'>;

/** Where the bytes of a source are had: a platform's address becomes a URL that an engine can open. */
export interface SourceResolver {
  /** @throws SourceUnavailable */
  resolve(wanted: WantedBroadcast, signal: AbortSignal): Promise<CaptureRequest['source']>;
  /** What the platform says of the channel; undefined where there is none to ask. */
  isLive?(wanted: WantedBroadcast, signal: AbortSignal): Promise<LiveWord | undefined>;
  /**
   * Whether the broadcast that a recording takes may go on after its source has ended: it is then held open, until whoever watches the
   * broadcast stops it. One that a person began is of no broadcast by itself, and may belong to one all the same.
   */
  isAwaited?(recording: AwaitingRecording): Promise<boolean>;
}

/** What closing a recording's ledger found. */
export interface ClosedCapture {
  readonly bytes: number;
  readonly segments: number;
  readonly durationSeconds: number;
  readonly gapSeconds: number;
  readonly adSeconds: number;
  readonly retries: number;
  readonly parts: readonly {
    readonly number: number;
    readonly container: Container;
    readonly reason: PartReason;
    readonly openedAt: string;
    readonly closedAt: string;
    readonly bytes: number;
    readonly segments: number;
    readonly durationSeconds: number;
  }[];
  readonly gaps: readonly {
    readonly from: string;
    readonly to: string;
    readonly seconds: number;
    readonly cause: Cause;
  }[];
  readonly ads: readonly {
    readonly from: string;
    readonly to: string;
    readonly seconds: number;
    readonly kept: boolean;
  }[];
}

/** Makes the video out of a closed capture. Idempotent: killed at any point, it is simply called again. */
export interface Finalizer {
  /** Recovers and closes the ledger. Nothing captures into the folder at the same time. Never makes one where there should be one. */
  close(context: RecordingContext): Promise<ClosedCapture>;
  finalize(
    context: RecordingContext,
    signal: AbortSignal,
    onProgress?: (share: number) => void,
  ): Promise<readonly Output[]>;
}

/** Where a recording's video lies below the library's root. */
export interface OutputNames {
  /** With `/` between folders. The same recording always gets the same name. @param startedAt ISO 8601; null where nobody knows */
  fileOf(context: RecordingContext, startedAt: string | null): Promise<string>;
}
export const OUTPUT_NAMES = Symbol('OutputNames');

/** The post-processing steps. Each is idempotent, and throws where it failed. */
export interface StepRunner {
  /** What is done with finished files, in the order in which equally ready steps begin. */
  readonly plan: readonly PlannedStep[];
  run(
    name: string,
    context: RecordingContext,
    signal: AbortSignal,
    /** From 0 to 1. */
    onProgress: (share: number) => void,
  ): Promise<{ readonly videoId: number | null }>;
}

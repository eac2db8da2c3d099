import type { CaptureRequest, Clock as CaptureClock, PartReason } from '@streamvault/capture';
import type { StepRequest } from '@streamvault/kernel';
import type { Liveness, WantedSource } from '@streamvault/platforms';
import type { Cause, Container, Output, PlannedStep } from './domain/recording-events.js';
import type { RecordingContext } from './domain/recording-context.js';

/**
 * The time, and waiting. Injected, so that a test can control it. `sleep` ends early, and never rejects, when its
 * signal aborts.
 */
export type Clock = Pick<CaptureClock, 'now' | 'sleep'>;

export interface RecordedStreamer {
  readonly id: number;
  readonly name: string;
  readonly url: string;
  readonly platform: string;
  readonly quality: string;
  /** What happens to advertising that the source marks. */
  readonly ads: 'skip' | 'keep';
  /** Names of proxies and `direct`, in order of preference; null: as the settings say. */
  readonly proxies: readonly string[] | null;
}

/** What a recording needs from the streamers' context. */
export interface StreamerDirectory {
  /** From the log, not from a read model that may lag. Undefined if it does not exist (any more). */
  find(streamerId: number): Promise<RecordedStreamer | undefined>;
}
export const STREAMER_DIRECTORY = Symbol('StreamerDirectory');

/** Whether the machine has room for another recording. */
export interface RecordingAdmission {
  /** @throws DomainError that says what is missing and what to do */
  requireRoom(): Promise<void>;
}
export const RECORDING_ADMISSION = Symbol('RecordingAdmission');

/** What is to be recorded, with proxies by name only: an address of a proxy may contain a secret. */
export interface WantedBroadcast extends Omit<WantedSource, 'proxies'> {
  /** Names of proxies and `direct`, in order of preference; null: as the settings say. */
  readonly proxies: readonly string[] | null;
}

/** A recording whose source ended, with what the watchers of broadcasts need. */
export type AwaitingRecording = Pick<RecordingContext, 'recordingId' | 'streamerId' | 'broadcastId'>;

/** Turns a platform's address into a URL that an engine can open. */
export interface SourceResolver {
  /** @throws SourceUnavailable */
  resolve(wanted: WantedBroadcast, signal: AbortSignal): Promise<CaptureRequest['source']>;
  /** What the platform says about the streamer; undefined if there is no platform to ask. */
  isLive?(wanted: WantedBroadcast, signal: AbortSignal): Promise<Liveness | undefined>;
  /**
   * Whether the recorded broadcast may go on after its source has ended. The recording is then held open until the
   * context that watches broadcasts stops it. A recording that a person began has no broadcast of its own, but may
   * belong to one.
   * @returns when the broadcast counts as over, as far as is known by now (ISO 8601 UTC); undefined if nothing is waited
   * for
   */
  awaitedUntil?(recording: AwaitingRecording): Promise<string | undefined>;
}

/** What was found when a recording's ledger was closed. */
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

/** Makes the video from a closed capture. Idempotent: after an interruption at any point it is simply called again. */
export interface Finalizer {
  /**
   * Recovers and closes the ledger. No capture may use the folder at the same time. Never creates a ledger where there
   * should be one.
   */
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

/** Says whether a recording's videos can do without its raw parts. */
export interface OutputGuard {
  /** A cause: something has to be done first. `later`: not now. Undefined: the parts may go. */
  whyPartsAreNeeded(context: RecordingContext): Promise<Cause | 'later' | undefined>;
}
export const OUTPUT_GUARD = Symbol('OutputGuard');

/** Says whether the file of a recording may be exchanged for a longer one. */
export interface GapGuard {
  /** Why not, for people. Undefined: it may. */
  whyFileStays(context: RecordingContext): Promise<string | undefined>;
}
export const GAP_GUARD = Symbol('GapGuard');

/** The engine that fetches what a gap lacks: the one that records. */
export const CAPTURE_ENGINE = Symbol('CaptureEngine');

/** The post-processing steps. Each is idempotent, and throws if it fails. */
export interface StepRunner {
  /** The steps for finished files, in the order in which steps begin that are ready at the same time. */
  readonly plan: readonly PlannedStep[];
  run(name: string, request: StepRequest): Promise<{ readonly videoId: number | null }>;
}

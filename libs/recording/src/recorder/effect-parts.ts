import type { CaptureEngine } from '@streamvault/capture';
import type { WorkQueue } from '@streamvault/jobs';
import type { KernelLogger } from '@streamvault/kernel';
import type { RecordingReport } from '../domain/recording-commands.js';
import type { Clock, Finalizer, SourceResolver, StepRunner } from '../ports.js';
import type { CausingEvent } from '../recording-streams.js';
import type { ProgressBoard } from './progress-board.js';
import type { WorkFolders } from './work-folders.js';

/**
 * Takes a report to the log, for as long as that needs; settles when it stands there or the recorder is going down. Answers the
 * last event that it led to, which what follows may name as its cause; without one, the event that began the effect is the cause.
 */
export type Report = (report: RecordingReport, because?: CausingEvent) => Promise<CausingEvent | undefined>;

/** Under which a recording's work stands in the work queue. */
export const workGroup = (recordingId: number): string => `recording-${recordingId}`;

export interface EffectParts {
  readonly engine: CaptureEngine;
  readonly sources: SourceResolver;
  readonly finalizer: Finalizer;
  readonly steps: StepRunner;
  /** So much ffmpeg at a time, of all recordings together. */
  readonly work: WorkQueue;
  readonly folders: WorkFolders;
  readonly progress: ProgressBoard;
  readonly clock: Clock;
  readonly logger: KernelLogger;
}

import type { CaptureEngine } from '@streamvault/capture';
import type { WorkQueue } from '@streamvault/jobs';
import type { KernelLogger } from '@streamvault/kernel';
import type { RecordingReport } from '../domain/recording-commands.js';
import type { Clock, Finalizer, SourceResolver, StepRunner } from '../ports.js';
import type { CausingEvent } from '../recording-streams.js';
import type { ProgressBoard } from './progress-board.js';
import type { WorkFolders } from './work-folders.js';

/**
 * Takes a report to the log, however long that takes. Settles when it is stored or the recorder shuts down. Answers the
 * last event that it caused, which later reports may name as their cause. Without a named cause, the event that started
 * the effect is the cause.
 */
export type Report = (report: RecordingReport, because?: CausingEvent) => Promise<CausingEvent | undefined>;

/** The group of a recording's work in the work queue. */
export const workGroup = (recordingId: number): string => `recording-${recordingId}`;

export interface EffectParts {
  readonly engine: CaptureEngine;
  readonly sources: SourceResolver;
  readonly finalizer: Finalizer;
  readonly steps: StepRunner;
  /** Limits how many ffmpeg run at a time, for all recordings together. */
  readonly work: WorkQueue;
  readonly folders: WorkFolders;
  readonly progress: ProgressBoard;
  readonly clock: Clock;
  readonly logger: KernelLogger;
}

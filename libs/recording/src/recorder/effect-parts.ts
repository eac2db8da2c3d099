import type { CaptureEngine } from '@streamvault/capture';
import type { KernelLogger } from '@streamvault/kernel';
import type { RecordingReport } from '../domain/recording-commands.js';
import type { Clock, Finalizer, SourceResolver, StepRunner } from '../ports.js';
import type { ProgressBoard } from './progress-board.js';
import type { WorkFolders } from './work-folders.js';

/** Takes a report to the log, for as long as that needs; settles when it stands there or the recorder is going down. */
export type Report = (report: RecordingReport) => Promise<void>;

export interface EffectParts {
  readonly engine: CaptureEngine;
  readonly sources: SourceResolver;
  readonly finalizer: Finalizer;
  readonly steps: StepRunner;
  readonly folders: WorkFolders;
  readonly progress: ProgressBoard;
  readonly clock: Clock;
  readonly logger: KernelLogger;
}

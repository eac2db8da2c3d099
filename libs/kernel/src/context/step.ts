import type { Type } from '@nestjs/common';

export interface StepRequest {
  readonly recordingId: number;
  readonly signal: AbortSignal;
  /** From 0 to 1. */
  readonly onProgress: (share: number) => void;
}

/**
 * The work of one post-processing step. Idempotent: after an interruption at any point it is simply called again.
 * Throws if it fails.
 */
export interface StepWork {
  run(request: StepRequest): Promise<{ readonly videoId?: number }>;
}

/** A post-processing step as the plan of a recording lists it. */
export interface StepDefinition {
  /** Kebab-case and stable, because it is stored in events. */
  readonly name: string;
  /** Names of the steps that must have succeeded before. */
  readonly dependsOn: readonly string[];
  readonly work: Type<StepWork>;
}

import { Inject, Injectable } from '@nestjs/common';
import { ALL_STEPS, type RunnableStep, type StepRequest } from '@streamvault/kernel';
import type { PlannedStep } from '../domain/recording-events.js';
import type { StepRunner } from '../ports.js';

/** The steps that all contexts contribute, in the order of the contexts. */
@Injectable()
export class ContributedSteps implements StepRunner {
  readonly plan: readonly PlannedStep[];

  constructor(@Inject(ALL_STEPS) private readonly steps: readonly RunnableStep[]) {
    this.plan = steps.map(({ name, dependsOn }) => ({ name, dependsOn: [...dependsOn] }));
  }

  async run(name: string, request: StepRequest): Promise<{ readonly videoId: number | null }> {
    const step = this.steps.find((known) => known.name === name);
    if (!step) throw new Error(`This version of StreamVault has no step ${name}. Skip it, or update.`);
    const { videoId } = await step.work.run(request);
    return { videoId: videoId ?? null };
  }
}

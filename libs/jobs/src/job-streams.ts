import { Injectable } from '@nestjs/common';
import type { EventStore, Position, Revision } from '@streamvault/event-store';
import { CommandHandling, type CommandMetadata, EventRegistry, type Fold, foldStream } from '@streamvault/kernel';
import { type JobCommand, jobDecider } from './domain/job-decider.js';
import { type JobEvent, jobEvents, jobStream } from './domain/job-events.js';
import type { EndedJobRun, JobState } from './domain/job-state.js';

/** The streams of jobs: present state, earlier runs, and commands. */
@Injectable()
export class JobStreams {
  readonly #registry = new EventRegistry(jobEvents);

  constructor(private readonly handling: CommandHandling) {}

  current(job: string): Promise<Fold<JobState>> {
    return this.handling.current({ stream: jobStream(job), decider: jobDecider });
  }

  async handle(
    command: JobCommand,
    metadata: CommandMetadata,
    expected?: Revision | 'no_stream',
  ): Promise<{ readonly state: JobState; readonly position: Position | undefined }> {
    const { state, position } = await this.handling.handle({
      stream: jobStream(command.job),
      decider: jobDecider,
      command,
      metadata,
      expected,
    });
    return { state, position };
  }

  /** Its runs, newest first. */
  async runs(store: Pick<EventStore, 'readStream'>, job: string, limit: number): Promise<readonly EndedJobRun[]> {
    const runs: EndedJobRun[] = [];
    const onEvent = (_: JobEvent, { lastRun }: JobState) => {
      if (lastRun && runs.at(-1)?.runId !== lastRun.runId) runs.push(lastRun);
      if (runs.length > limit) runs.shift();
    };
    await foldStream<JobState, JobEvent>({
      store,
      registry: this.#registry,
      stream: jobStream(job),
      decider: jobDecider,
      onEvent,
    });
    return runs.toReversed();
  }
}

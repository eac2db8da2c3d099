import { Command } from '@nestjs/cqrs';
import type { CommandMetadata, JobSchedule } from '@streamvault/kernel';

export interface JobChanges {
  readonly paused?: boolean | undefined;
  /** null: its own schedule again. */
  readonly schedule?: JobSchedule | null | undefined;
}

/** Pauses or resumes a job, or gives it another schedule. */
export class ChangeJob extends Command<void> {
  constructor(
    readonly name: string,
    readonly changes: JobChanges,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

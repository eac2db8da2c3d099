import { Injectable } from '@nestjs/common';
import type { Job, JobOutcome, JobSchedule } from '@streamvault/kernel';
import { randomUUID } from 'node:crypto';
import { LibraryStream } from '../choices/library-stream.js';
import { LibraryMover } from './library-move.js';

export const MOVE_JOB = 'move-library';

/** Does what was asked for and not finished, also after the server was killed in the middle of it. */
@Injectable()
export class MoveLibraryJob implements Job {
  readonly name = MOVE_JOB;
  readonly title = 'Moves videos to the names that the template wants, where somebody asked for that.';
  readonly schedule: JobSchedule = { kind: 'every', seconds: 3600 };
  readonly deadlineSeconds = 24 * 3600;

  constructor(
    private readonly library: LibraryStream,
    private readonly mover: LibraryMover,
  ) {}

  async run(signal: AbortSignal): Promise<JobOutcome> {
    const { move } = await this.library.state();
    if (!move) return { summary: 'Nobody asked for videos to be moved.' };
    const id = randomUUID();
    const metadata = {
      commandId: id,
      correlationId: id,
      causationId: id,
      actor: move.by,
      now: new Date().toISOString(),
    };
    const { videos, moved, failed, trouble } = await this.mover.run(move.template, metadata, signal);
    const finished = { type: 'FinishMove', by: move.by, at: new Date().toISOString(), moved, failed } as const;
    await this.library.handle(finished, { ...metadata, commandId: randomUUID() });
    const stayed = trouble === undefined ? '' : ` ${failed} stayed where they were: ${trouble}`;
    return { summary: `${moved} of ${videos} videos were moved.${stayed}`, figures: { videos, moved, failed } };
  }
}

import { Backoff } from '@streamvault/failures';
import {
  type CommandMetadata,
  ConcurrencyConflict,
  DomainError,
  type Job,
  type KernelLogger,
} from '@streamvault/kernel';
import { randomUUID } from 'node:crypto';
import { JobAlreadyRunning } from '../domain/job-errors.js';
import type { JobCommand } from '../domain/job-decider.js';
import type { JobRun, JobRunOutcome } from '../domain/job-state.js';
import type { JobStreams } from '../job-streams.js';
import { type Due, whyDue } from '../schedule/due.js';
import { isKnownGone } from './job-owner.js';

export interface JobRunnerParts {
  readonly jobs: readonly Job[];
  readonly streams: JobStreams;
  /** IANA name. */
  readonly timeZone: string;
  /** This process's name in the log. */
  readonly owner: string;
  /** No other process writes to this log: a run that is not ours is lost. */
  readonly isAlone: boolean;
  readonly logger: KernelLogger;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** How long after its start a process waits with what is due by schedule. */
  readonly settleMs?: number;
  /** How many run at once. */
  readonly atOnce?: number;
}

/** How long after its deadline a run counts as lost if the other process never reported its end. */
const silenceMs = 60_000;
/** How long a stopping process waits for its jobs. */
const stopMs = 2000;

const stopped: JobRunOutcome = {
  kind: 'interrupted',
  cause: { code: 'job.interrupted', message: 'StreamVault was stopped; the job runs again after its start.' },
};
const lost: JobRunOutcome = {
  kind: 'interrupted',
  cause: { code: 'job.lost', message: 'The process that ran it ended without a report; the job runs again.' },
};

interface Running {
  readonly abort: AbortController;
  readonly work: Promise<void>;
}

/**
 * Runs jobs when the log says that they are due. The clock only makes it check; what was missed is due at the next
 * check, once. Starting means appending: of several processes one succeeds, and the others see it.
 */
export class JobRunner {
  readonly #parts: Required<JobRunnerParts>;
  readonly #since: number;
  readonly #running = new Map<string, Running>();
  #looking: Promise<void> | undefined;
  #again = false;
  #isStopping = false;

  constructor(parts: JobRunnerParts) {
    this.#parts = { now: Date.now, settleMs: 15_000, atOnce: 2, ...parts };
    this.#since = this.#parts.now();
  }

  get running(): readonly string[] {
    return [...this.#running.keys()];
  }

  /** Checks what is due and starts it. Overlapping checks become one, and one more. Never rejects. */
  look(): Promise<void> {
    if (this.#looking) {
      this.#again = true;
      return this.#looking;
    }
    const looking = this.#lookAtAll();
    this.#looking = looking;
    return looking;
  }

  /** Settles when nothing runs any more. */
  async idle(): Promise<void> {
    await Promise.all(Array.from(this.#running.values(), ({ work }) => work));
  }

  /** Ends what runs; it is made up for after the next start. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#looking;
    for (const { abort } of this.#running.values()) abort.abort(stopped);
    await this.idle();
  }

  async #lookAtAll(): Promise<void> {
    // So that it ends after it was registered.
    await Promise.resolve();
    try {
      do {
        this.#again = false;
        for (const job of this.#parts.jobs) if (!this.#isStopping) await this.#lookQuietly(job);
      } while (this.#again && !this.#isStopping);
    } finally {
      this.#looking = undefined;
    }
  }

  async #lookQuietly(job: Job): Promise<void> {
    try {
      await this.#lookAt(job);
    } catch (error) {
      // The log is temporarily unavailable: the next check comes in seconds.
      this.#parts.logger.warn('A job could not be checked; trying again', { job: job.name, error });
    }
  }

  async #lookAt(job: Job): Promise<void> {
    const { streams, timeZone, now, settleMs, atOnce } = this.#parts;
    const { state, revision } = await streams.current(job.name);
    if (state.countedFrom === null) {
      await this.#send({ type: 'IntroduceJob', job: job.name, by: 'scheduler', at: this.#at() });
      this.#again = true;
      return;
    }
    if (state.running && this.#isLost(state.running)) {
      await this.#send({ type: 'EndRun', job: job.name, runId: state.running.runId, outcome: lost, at: this.#at() });
      this.#again = true;
    }
    if (this.#running.has(job.name) || this.#running.size >= atOnce) return;
    const due = whyDue(state, job.schedule, timeZone, this.#at(), new Date(this.#since).toISOString());
    if (!due || (due.trigger !== 'user' && now() < this.#since + settleMs)) return;
    await this.#start(job, due, revision);
  }

  #isLost({ owner, deadline }: JobRun): boolean {
    const { isAlone, now, owner: self } = this.#parts;
    if (owner === self) return false;
    return isAlone || isKnownGone(owner, self) || now() > Date.parse(deadline) + silenceMs;
  }

  async #start(job: Job, { trigger, by, dueAt }: Due, revision: bigint | undefined): Promise<void> {
    const { now, owner, streams } = this.#parts;
    const runId = randomUUID();
    const at = this.#at();
    const deadline = new Date(now() + job.deadlineSeconds * 1000).toISOString();
    try {
      await streams.handle(
        { type: 'StartRun', job: job.name, at, by, runId, owner, trigger, dueAt, deadline },
        metadataOf(runId, at),
        // The state must be unchanged, or another process may have run it since.
        revision ?? 'no_stream',
      );
    } catch (error) {
      if (error instanceof ConcurrencyConflict || error instanceof JobAlreadyRunning) return;
      throw error;
    }
    const abort = new AbortController();
    const work = this.#run(job, runId, abort).finally(() => {
      this.#running.delete(job.name);
      // Another job may have waited for the place.
      if (!this.#isStopping) void this.look();
    });
    this.#running.set(job.name, { abort, work });
  }

  /** Never rejects. */
  async #run(job: Job, runId: string, abort: AbortController): Promise<void> {
    const { logger } = this.#parts;
    const deadline = setTimeout(
      () => abort.abort(deadlineOf(job)),
      // Node's timers end at 2^31 ms.
      Math.min(job.deadlineSeconds * 1000, 2 ** 31 - 1),
    );
    deadline.unref();
    const aborted = new Promise<JobRunOutcome>((resolve) => {
      abort.signal.addEventListener('abort', () => resolve(abort.signal.reason as JobRunOutcome), { once: true });
    });
    const work = outcomeOf(job, abort.signal);
    const outcome = await Promise.race([work, aborted]);
    clearTimeout(deadline);
    if (outcome.kind !== 'succeeded')
      logger.warn('A job did not succeed', { job: job.name, outcome: outcome.kind, reason: outcome.cause.message });
    await this.#report({ type: 'EndRun', job: job.name, runId, outcome, at: this.#at() });
    // A job that ignores its signal goes on for a while: until then it is not started again here.
    await (this.#isStopping ? Promise.race([work, pause(stopMs)]) : work);
  }

  /** Until the log has it, or this process stops: then the next one finds out. */
  async #report(command: JobCommand): Promise<void> {
    const backoff = new Backoff();
    const patience = new AbortController();
    for (;;) {
      try {
        await this.#send(command);
        return;
      } catch (error) {
        this.#parts.logger.warn('The end of a job could not be recorded; trying again', {
          job: command.job,
          error,
        });
        if (this.#isStopping) return;
      }
      await backoff.wait(patience.signal);
    }
  }

  async #send(command: JobCommand): Promise<void> {
    await this.#parts.streams.handle(command, metadataOf(randomUUID(), command.at));
  }

  #at(): string {
    return new Date(this.#parts.now()).toISOString();
  }
}

async function outcomeOf(job: Job, signal: AbortSignal): Promise<JobRunOutcome> {
  try {
    const { summary, figures = {} } = await job.run(signal);
    return { kind: 'succeeded', summary, figures };
  } catch (error) {
    const code = error instanceof DomainError ? error.code : 'job.failed';
    const message = typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : '';
    return { kind: 'failed', cause: { code, message: message || 'It ended without giving a reason.' } };
  }
}

const deadlineOf = ({ deadlineSeconds }: Job): JobRunOutcome => ({
  kind: 'deadline',
  cause: { code: 'job.deadline', message: `It had not ended after ${deadlineSeconds} seconds and was aborted.` },
});

const metadataOf = (id: string, now: string): CommandMetadata => ({
  commandId: id,
  correlationId: id,
  causationId: id,
  actor: 'scheduler',
  now,
});

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });

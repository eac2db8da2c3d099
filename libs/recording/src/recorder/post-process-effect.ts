import { isWaitedFor } from '../domain/disk-causes.js';
import type { RecordingContext } from '../domain/recording-context.js';
import type { Cause } from '../domain/recording-events.js';
import { isReady, waitsForDisk, type StepStatus } from '../domain/steps.js';
import type { CausingEvent } from '../recording-streams.js';
import { causeOf } from './cause-of.js';
import { workGroup, type EffectParts, type Report } from './effect-parts.js';
import { waitUntil } from './wait-until.js';

/** Pause before a disk that was full or missing is tried again. */
const roomMilliseconds = 10_000;
/** A step that works this long will not end. Waiting for a place in the queue does not count. */
const longestStepMilliseconds = 6 * 3600_000;

/** A recording as the log has it, while its effect runs. */
export interface LiveRecording {
  readonly context: RecordingContext;
  /** The event that moved it last. */
  readonly latest: CausingEvent;
  /** Settles with the next event. */
  changed(): Promise<void>;
}

type Outcome = { readonly videoId: number | null } | { readonly cause: Cause };

class StepTooSlow extends Error {
  readonly code = 'step.too-slow';
  constructor(name: string) {
    super(`Step ${name} did not end within ${longestStepMilliseconds / 3600_000} h. Check the disk, then retry.`);
  }
}

/**
 * Runs the steps of a recording until there are none left. Steps that do not depend on each other run at the same time.
 */
export class PostProcessEffect {
  readonly #parts: EffectParts;
  readonly #recording: LiveRecording;
  readonly #report: Report;
  readonly #signal: AbortSignal;
  readonly #running = new Map<string, AbortController>();

  constructor(parts: EffectParts, recording: LiveRecording, report: Report, signal: AbortSignal) {
    this.#parts = parts;
    this.#recording = recording;
    this.#report = report;
    this.#signal = signal;
  }

  async run(): Promise<void> {
    const called = Promise.withResolvers<void>();
    this.#signal.addEventListener('abort', () => called.resolve(), { once: true });
    while (!this.#signal.aborted) {
      this.#callOff();
      this.#beginWhatIsReady();
      await Promise.race([this.#recording.changed(), called.promise]);
    }
  }

  #beginWhatIsReady(): void {
    const { steps } = this.#recording.context;
    for (const step of steps) {
      if (this.#running.has(step.name) || !isReady(step, steps)) continue;
      const mine = new AbortController();
      this.#running.set(step.name, mine);
      void this.#take(step, this.#recording.latest, AbortSignal.any([this.#signal, mine.signal])).catch(
        (error: unknown) => {
          const { recordingId } = this.#recording.context;
          this.#parts.logger.error('A post-processing step is broken', { err: error, recordingId, step: step.name });
        },
      );
    }
  }

  /** Somebody skipped a step or asked to retry it, while it waits or runs. */
  #callOff(): void {
    for (const step of this.#recording.context.steps) {
      const mine = this.#running.get(step.name);
      if (step.state !== 'skipped' || !mine) continue;
      this.#running.delete(step.name);
      mine.abort();
    }
  }

  async #take(step: StepStatus, because: CausingEvent, signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#parts;
    const { name, retryAt } = step;
    if (retryAt !== null) await Promise.race([waitUntil(retryAt, clock, signal), this.#retriedAtOnce(name, signal)]);
    let started: CausingEvent | undefined;
    const begin = async () => void (started = await this.#report({ type: 'StartStep', at: this.#at(), name }, because));
    let outcome: Outcome;
    if (waitsForDisk(step)) {
      // It has reported what it waits for, and now retries silently until that is there.
      outcome = await this.#try(name, signal, undefined);
      while (!signal.aborted && 'cause' in outcome && isWaitedFor(outcome.cause)) {
        await Promise.race([clock.sleep(roomMilliseconds, signal), this.#retriedAtOnce(name, signal)]);
        outcome = await this.#try(name, signal, undefined);
      }
      if (!signal.aborted) await begin();
    } else {
      outcome = await this.#try(name, signal, begin);
    }
    if (signal.aborted) return;
    if ('cause' in outcome) {
      const { recordingId } = this.#recording.context;
      logger.warn(`A post-processing step failed: ${outcome.cause.message}`, {
        code: outcome.cause.code,
        recordingId,
        step: name,
      });
      await this.#report({ type: 'ReportStepFailure', at: this.#at(), name, cause: outcome.cause }, started);
    } else {
      await this.#report({ type: 'ReportStepSuccess', at: this.#at(), name, videoId: outcome.videoId }, started);
    }
    await this.#untilReceived(name);
  }

  /** The result is in the log, but the recording here may not have received it yet. */
  async #untilReceived(name: string): Promise<void> {
    const stateOf = () => this.#recording.context.steps.find((step) => step.name === name)?.state;
    while (!this.#signal.aborted && stateOf() === 'running') await this.#recording.changed();
    this.#running.delete(name);
    if (!this.#signal.aborted) this.#beginWhatIsReady();
  }

  /** Settles when somebody asks to retry the step before its pause is over. */
  async #retriedAtOnce(name: string, signal: AbortSignal): Promise<void> {
    const waits = () => this.#recording.context.steps.some((step) => step.name === name && step.retryAt !== null);
    while (!signal.aborted && waits()) await this.#recording.changed();
  }

  async #try(name: string, signal: AbortSignal, begin: (() => Promise<void>) | undefined): Promise<Outcome> {
    const { steps, work } = this.#parts;
    const { recordingId } = this.#recording.context;
    const tooLong = new AbortController();
    const limited = AbortSignal.any([signal, tooLong.signal]);
    try {
      return await work.run(name, { group: workGroup(recordingId), signal }, async ({ share }) => {
        await begin?.();
        const timer = setTimeout(() => tooLong.abort(new StepTooSlow(name)), longestStepMilliseconds);
        try {
          return await steps.run(name, { recordingId, signal: limited, onProgress: share });
        } finally {
          clearTimeout(timer);
        }
      });
    } catch (error) {
      return { cause: causeOf(tooLong.signal.aborted ? tooLong.signal.reason : error, 'step.failed') };
    }
  }

  #at(): string {
    return new Date(this.#parts.clock.now()).toISOString();
  }
}

import type { LiveWord } from '@streamvault/platforms';
import { isOfDisk, isWaitedFor } from '../domain/disk-causes.js';
import type { RecordingContext } from '../domain/recording-context.js';
import type { DeadlineInput } from '../domain/recording.machine.js';
import { nextStep, waitsForDisk } from '../domain/steps.js';
import { CaptureEffect } from './capture-effect.js';
import { causeOf } from './cause-of.js';
import type { EffectParts, Report } from './effect-parts.js';
import { waitUntil } from './system-clock.js';

/** Before a disk is tried again that had no room, or was not there. */
const roomMilliseconds = 10_000;

/**
 * What a recording's states do. None of it changes state: it reports, and the actor moves when the log says so. Each may
 * be cut off at any point and is begun again from what stands in the log and in the folder.
 */
export class RecordingEffects {
  readonly #parts: EffectParts;

  constructor(parts: EffectParts) {
    this.#parts = parts;
  }

  /** The recording as the log tells it now. */
  note(context: RecordingContext): void {
    this.#parts.progress.note(context);
  }

  /** The recording is let go of. */
  forget(recordingId: number): void {
    this.#parts.progress.forget(recordingId);
  }

  async beginCapture(report: Report): Promise<void> {
    await report({ type: 'BeginCapture', at: this.#at() });
  }

  async deadline({ deadline, asked }: DeadlineInput, report: Report, signal: AbortSignal): Promise<void> {
    if (deadline === null) return;
    await waitUntil(deadline, this.#parts.clock, signal);
    const word = asked && !signal.aborted ? await this.#askPlatform(asked, signal) : undefined;
    if (signal.aborted) return;
    await report({ type: 'ReportDeadline', at: this.#at(), deadline, ...(word !== undefined && { word }) });
  }

  async #askPlatform(
    { source, quality, proxies }: NonNullable<DeadlineInput['asked']>,
    signal: AbortSignal,
  ): Promise<LiveWord | undefined> {
    const { logger, sources } = this.#parts;
    try {
      return await sources.isLive?.({ ...source, quality, proxies }, signal);
    } catch (error) {
      // Whatever became of the question, it was no answer.
      if (!signal.aborted) logger.warn('The platform could not be asked whether a channel is live', { err: error });
      return 'unknown';
    }
  }

  /**
   * Captures until the source ends or a signal aborts: `signal` when it is to be finished, `leaving` (before or after that) when the
   * recorder goes. Trouble of our own is reported, and then tried again.
   */
  async capture(context: RecordingContext, report: Report, signal: AbortSignal, leaving: AbortSignal): Promise<void> {
    try {
      await new CaptureEffect(this.#parts, context, report, { stop: signal, leaving }).run();
    } finally {
      this.#parts.progress.remove(context.recordingId);
    }
  }

  async finalize(context: RecordingContext, report: Report, signal: AbortSignal): Promise<void> {
    const { recordingId, finalizeRetryAt } = context;
    const { clock, folders, logger } = this.#parts;
    if (finalizeRetryAt !== null) await waitUntil(finalizeRetryAt, clock, signal);
    let told = context.interruption?.code;
    while (!signal.aborted) {
      const error = await folders.inTurn(recordingId, () => this.#finalizeOnce(context, report, signal));
      if (error === undefined || signal.aborted) return;
      const cause = causeOf(error, 'finalize.failed');
      const { code, message } = cause;
      if (!isOfDisk(cause)) logger.error('The video could not be finished', { err: error, recordingId });
      else if (code !== told) logger.warn(`A video waits for its disk: ${message}`, { code, recordingId });
      told = code;
      await report({ type: 'ReportFinalizeFailure', at: this.#at(), cause });
      if (!isOfDisk(cause)) return;
      // Told the first time, it comes here again by that event; from then on it waits in silence.
      await clock.wait(roomMilliseconds, signal);
    }
  }

  /** @returns why it did not work, if it did not */
  async #finalizeOnce(context: RecordingContext, report: Report, signal: AbortSignal): Promise<unknown> {
    if (signal.aborted) return undefined;
    const { finalizer, folders } = this.#parts;
    try {
      await folders.requireRoot();
      const { ads, parts, gaps, ...totals } = await finalizer.close(context);
      const at = this.#at();
      for (const { number, container, reason, openedAt, ...closed } of parts) {
        await report({ type: 'ReportFact', at, fact: { kind: 'partOpened', at: openedAt, number, container, reason } });
        await report({ type: 'ReportFact', at, fact: { kind: 'partClosed', number, ...closed, at: closed.closedAt } });
      }
      for (const gap of gaps) await report({ type: 'ReportFact', at, fact: { kind: 'gap', ...gap } });
      for (const ad of ads) await report({ type: 'ReportFact', at, fact: { kind: 'ad', ...ad } });
      const closed = await report({ type: 'ReportCaptureClosed', at, ...totals });
      if (totals.segments === 0 || signal.aborted) return undefined;
      const outputs = await finalizer.finalize(context, signal);
      await report({ type: 'ReportFinalized', at: this.#at(), outputs, steps: this.#parts.steps.plan }, closed);
      return undefined;
    } catch (error) {
      return error ?? new Error('It was broken off');
    }
  }

  /** Runs the next step. The machine enters its state anew after each, so this is called again while there are more. */
  async postProcess(context: RecordingContext, report: Report, signal: AbortSignal): Promise<void> {
    const step = nextStep(context.steps);
    if (!step) return;
    if (waitsForDisk(step)) return this.#untilStepsHaveRoom(context, report, signal);
    const { name } = step;
    const { clock, logger } = this.#parts;
    if (step.retryAt !== null) await waitUntil(step.retryAt, clock, signal);
    if (signal.aborted) return;
    const started = await report({ type: 'StartStep', at: this.#at(), name });
    const outcome = await this.#tryStep(name, context, signal);
    if (signal.aborted) return;
    if (outcome.type === 'ReportStepFailure') {
      const { code, message } = outcome.cause;
      logger.warn(`A post-processing step failed: ${message}`, { code, recordingId: context.recordingId, step: name });
    }
    await report(outcome, started);
  }

  /** What waits is tried in silence until one of them has what it needs, or fails of something else. */
  async #untilStepsHaveRoom(context: RecordingContext, report: Report, signal: AbortSignal): Promise<void> {
    const waiting = context.steps.filter((step) => waitsForDisk(step));
    const first = waiting.map(({ retryAt }) => retryAt ?? '').toSorted()[0] ?? '';
    await waitUntil(first, this.#parts.clock, signal);
    while (!signal.aborted) {
      for (const { name } of waiting) {
        const outcome = await this.#tryStep(name, context, signal);
        if (signal.aborted) return;
        if (outcome.type === 'ReportStepFailure' && isWaitedFor(outcome.cause)) continue;
        const started = await report({ type: 'StartStep', at: this.#at(), name });
        await report(outcome, started);
        return;
      }
      await this.#parts.clock.wait(roomMilliseconds, signal);
    }
  }

  async #tryStep(name: string, context: RecordingContext, signal: AbortSignal) {
    try {
      const { videoId } = await this.#parts.steps.run(name, context, signal);
      return { type: 'ReportStepSuccess', at: this.#at(), name, videoId } as const;
    } catch (error) {
      return { type: 'ReportStepFailure', at: this.#at(), name, cause: causeOf(error, 'step.failed') } as const;
    }
  }

  #at(): string {
    return new Date(this.#parts.clock.now()).toISOString();
  }
}

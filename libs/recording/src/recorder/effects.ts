import type { Liveness } from '@streamvault/platforms';
import { isOfDisk } from '../domain/disk-causes.js';
import type { RecordingContext } from '../domain/recording-context.js';
import { JOIN_STEP } from '../domain/steps.js';
import type { DeadlineInput } from '../domain/recording-effects.js';
import { CaptureEffect } from './capture-effect.js';
import { causeOf } from './cause-of.js';
import { workGroup, type EffectParts, type Report } from './effect-parts.js';
import { PostProcessEffect, type LiveRecording } from './post-process-effect.js';
import { waitUntil } from './wait-until.js';

/** Pause before a disk that was full or missing is tried again. */
const roomMilliseconds = 10_000;

/**
 * What a recording does in its states. An effect never changes state: it reports, and the actor moves when the log says
 * so. An effect may be interrupted at any point, and starts again from what is in the log and in the folder.
 */
export class RecordingEffects {
  readonly #parts: EffectParts;

  constructor(parts: EffectParts) {
    this.#parts = parts;
  }

  /** Sets the recording as the log has it now. */
  note(context: RecordingContext): void {
    this.#parts.progress.note(context);
  }

  /** The recording is no longer hosted here. */
  forget(recordingId: number): void {
    this.#parts.progress.forget(recordingId);
  }

  async beginCapture(report: Report): Promise<void> {
    await report({ type: 'BeginCapture', at: this.#at() });
  }

  /** @param current the present deadline, which may have moved without the state being entered again */
  async deadline(
    { deadline: first, asked }: DeadlineInput,
    current: () => string | null,
    report: Report,
    signal: AbortSignal,
  ): Promise<void> {
    let deadline = first;
    while (deadline !== null) {
      await waitUntil(deadline, this.#parts.clock, signal);
      const now = current();
      if (signal.aborted || now === deadline) break;
      deadline = now;
    }
    if (deadline === null) return;
    const word = asked && !signal.aborted ? await this.#askPlatform(asked, signal) : undefined;
    if (signal.aborted) return;
    await report({ type: 'ReportDeadline', at: this.#at(), deadline, ...(word !== undefined && { word }) });
  }

  async #askPlatform(
    { source, quality, proxies, ...recording }: NonNullable<DeadlineInput['asked']>,
    signal: AbortSignal,
  ): Promise<Liveness | undefined> {
    const { logger, sources } = this.#parts;
    try {
      if ((await sources.awaitedUntil?.(recording)) !== undefined) return 'live';
      return await sources.isLive?.({ ...source, quality, proxies }, signal);
    } catch (error) {
      // Whatever went wrong, there is no answer.
      if (!signal.aborted) logger.warn('The platform did not say whether a streamer is live', { err: error });
      return 'unknown';
    }
  }

  /**
   * Captures until the source ends or a signal aborts: `signal` when it is to be finished, `leaving` (before or after
   * that) when the recorder shuts down. A fault of our own is reported and then retried.
   */
  async capture(
    context: RecordingContext,
    report: Report,
    signal: AbortSignal,
    leaving: AbortSignal,
    now: () => RecordingContext = () => context,
  ): Promise<void> {
    try {
      await new CaptureEffect(this.#parts, context, report, { stop: signal, leaving, now }).run();
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
      // After the first report it gets here again by that event; from then on it waits silently.
      await clock.sleep(roomMilliseconds, signal);
    }
  }

  /** @returns why it failed, if it did */
  async #finalizeOnce(context: RecordingContext, report: Report, signal: AbortSignal): Promise<unknown> {
    if (signal.aborted) return undefined;
    const { finalizer, folders, work } = this.#parts;
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
      const outputs = await work.run(
        JOIN_STEP,
        { group: workGroup(context.recordingId), priority: 1, signal },
        ({ share }) => finalizer.finalize(context, signal, share),
      );
      await report({ type: 'ReportFinalized', at: this.#at(), outputs, steps: this.#parts.steps.plan }, closed);
      return undefined;
    } catch (error) {
      return error ?? new Error('It was broken off');
    }
  }

  async postProcess(recording: LiveRecording, report: Report, signal: AbortSignal): Promise<void> {
    await new PostProcessEffect(this.#parts, recording, report, signal).run();
  }

  #at(): string {
    return new Date(this.#parts.clock.now()).toISOString();
  }
}

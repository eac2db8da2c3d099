import { SourceUnavailable, type CaptureEngine, type CaptureFact, type LiveWord } from '@streamvault/capture';
import type { KernelLogger } from '@streamvault/event-sourcing';
import type { RecordingReport } from '../domain/recording-commands.js';
import { isOfDisk } from '../domain/disk-causes.js';
import type { Cause } from '../domain/recording-events.js';
import type { DeadlineInput, RecordingContext } from '../domain/recording.machine.js';
import { isStepName, nextStep } from '../domain/steps.js';
import type { Clock, Finalizer, SourceResolver, StepRunner } from '../ports.js';
import type { ProgressBoard } from './progress-board.js';
import { waitUntil } from './system-clock.js';
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

const noRoom: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

/** A failure as people are told it. An error that brings no code of its own is nothing a user did. */
export function causeOf(error: unknown, code: string): Cause {
  if (!(error instanceof Error)) return { code, message: String(error) };
  const own: unknown = 'code' in error ? error.code : undefined;
  if (noRoom.has(own)) return { code: 'disk.full', message: 'The disk is full. Free some space.' };
  return { code: typeof own === 'string' && own.includes('.') ? own : code, message: error.message };
}

const longestPauseMilliseconds = 30_000;
/** Tries to find the source of a fresh recording while that is disturbed. */
const findAttempts = 3;

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
    const { recordingId } = context;
    const { clock, folders, logger, progress } = this.#parts;
    const history = { hasBegun: context.parts.length > 0 };
    let attempts = 0;
    try {
      for (let pause = 1000; !signal.aborted; pause = Math.min(pause * 2, longestPauseMilliseconds)) {
        try {
          await folders.inTurn(recordingId, () => this.#captureOnce(context, history, report, signal, leaving));
          return;
        } catch (error) {
          if (signal.aborted) return;
          attempts += 1;
          if (error instanceof SourceUnavailable) {
            logger.warn(`The source could not be found: ${error.message}`, { code: error.code, recordingId });
            if (!history.hasBegun && (error.definitive || attempts >= findAttempts)) {
              const cause = causeOf(error, error.code);
              await report({ type: 'ReportCaptureFailure', at: this.#at(), cause });
              return;
            }
          } else logger.error('The capture broke and is begun again', { err: error, recordingId });
          const fact: CaptureFact = { kind: 'interrupted', at: this.#at(), cause: causeOf(error, 'capture.broken') };
          await report({ type: 'ReportFact', at: this.#at(), fact });
          await clock.wait(pause, signal);
        }
      }
    } finally {
      progress.remove(recordingId);
    }
  }

  async #captureOnce(
    context: RecordingContext,
    history: { hasBegun: boolean },
    report: Report,
    signal: AbortSignal,
    leaving: AbortSignal,
  ): Promise<void> {
    if (signal.aborted) return;
    const { engine, folders, progress, sources } = this.#parts;
    const { recordingId, quality, proxies, adChoice: ads } = context;
    const source = await sources.resolve({ ...context.source, quality, proxies }, signal);
    const hadBegun = history.hasBegun;
    history.hasBegun = true;
    const end = await engine.capture(
      { recordingId, directory: folders.path(recordingId), source, quality, ads },
      {
        fact: (fact) => report({ type: 'ReportFact', at: this.#at(), fact }),
        progress: (now) => progress.update(now),
      },
      signal,
      leaving,
    );
    switch (end.kind) {
      case 'ended':
        return report({ type: 'ReportSourceEnd', at: this.#at() });
      case 'failed':
        // What is there waits for its disk; only a recording that has nothing yet ends of it.
        if (hadBegun && isOfDisk(end.cause))
          throw Object.assign(new Error(end.cause.message), { code: end.cause.code });
        return report({ type: 'ReportCaptureFailure', at: this.#at(), cause: end.cause });
      case 'stopped':
        return;
      default:
        return end satisfies never;
    }
  }

  async finalize(context: RecordingContext, report: Report, signal: AbortSignal): Promise<void> {
    const { recordingId, finalizeRetryAt } = context;
    const { clock, finalizer, folders, logger } = this.#parts;
    if (finalizeRetryAt !== null) await waitUntil(finalizeRetryAt, clock, signal);
    await folders.inTurn(recordingId, async () => {
      if (signal.aborted) return;
      try {
        const { ads, parts, gaps, ...totals } = await finalizer.close(recordingId);
        const at = this.#at();
        for (const { number, container, reason, openedAt, ...closed } of parts) {
          await report({
            type: 'ReportFact',
            at,
            fact: { kind: 'partOpened', at: openedAt, number, container, reason },
          });
          await report({
            type: 'ReportFact',
            at,
            fact: { kind: 'partClosed', number, ...closed, at: closed.closedAt },
          });
        }
        for (const gap of gaps) await report({ type: 'ReportFact', at, fact: { kind: 'gap', ...gap } });
        for (const ad of ads) await report({ type: 'ReportFact', at, fact: { kind: 'ad', ...ad } });
        await report({ type: 'ReportCaptureClosed', at, ...totals });
        if (totals.segments === 0 || signal.aborted) return;
        const outputs = await finalizer.finalize(context, signal);
        await report({ type: 'ReportFinalized', at: this.#at(), outputs });
      } catch (error) {
        if (signal.aborted) return;
        logger.error('The video could not be finished', { err: error, recordingId });
        await report({ type: 'ReportFinalizeFailure', at: this.#at(), cause: causeOf(error, 'finalize.failed') });
      }
    });
  }

  /** Runs the next step. The machine enters its state anew after each, so this is called again while there are more. */
  async postProcess(context: RecordingContext, report: Report, signal: AbortSignal): Promise<void> {
    const step = nextStep(context.steps);
    if (!step || !isStepName(step.name)) return;
    const { name } = step;
    const { clock, logger, steps } = this.#parts;
    if (step.retryAt !== null) await waitUntil(step.retryAt, clock, signal);
    if (signal.aborted) return;
    await report({ type: 'StartStep', at: this.#at(), name });
    try {
      const { videoId } = await steps.run(name, context, signal);
      await report({ type: 'ReportStepSuccess', at: this.#at(), name, videoId });
    } catch (error) {
      if (signal.aborted) return;
      logger.warn('A post-processing step failed', { err: error, recordingId: context.recordingId, step: name });
      await report({ type: 'ReportStepFailure', at: this.#at(), name, cause: causeOf(error, 'step.failed') });
    }
  }

  #at(): string {
    return new Date(this.#parts.clock.now()).toISOString();
  }
}

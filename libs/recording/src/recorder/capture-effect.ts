import { BROADCAST_OVER, type CaptureFact } from '@streamvault/capture';
import { SourceUnavailable } from '@streamvault/platforms';
import { isOfDisk } from '../domain/disk-causes.js';
import { SOURCE_ENDED } from '../domain/patience.js';
import type { RecordingContext } from '../domain/recording-context.js';
import type { Cause } from '../domain/recording-events.js';
import { causeOf } from './cause-of.js';
import type { EffectParts, Report } from './effect-parts.js';

const longestPauseMilliseconds = 30_000;
/** Checking whether a disk is back costs next to nothing. */
const lookMilliseconds = 1000;
/** How often opening an unreachable source is tried for a fresh recording. */
const findAttempts = 3;

/** The source ended, but its broadcast may go on: StreamVault looks for the source again. */
class SourcePaused extends Error {
  readonly code = SOURCE_ENDED;
  constructor(readonly waitsUntil: string) {
    super('The source ended, and the streamer may come back. StreamVault waits.');
  }
}

/** `stop` when a capture is to be finished, `leaving` (before or after that) when the recorder shuts down. */
export interface EndSignals {
  readonly stop: AbortSignal;
  readonly leaving: AbortSignal;
  /** The recording as it is by then. Silence before a stop is a gap; silence before an end by itself is not. */
  readonly now?: () => Pick<RecordingContext, 'endReason'>;
}

/** The capture of one recording. It begins again whenever it breaks through a fault of our own. */
export class CaptureEffect {
  readonly #parts: EffectParts;
  readonly #context: RecordingContext;
  readonly #report: Report;
  readonly #signal: AbortSignal;
  readonly #now: EndSignals['now'];
  readonly #leaving: AbortSignal;
  /** The engine has started: from then on a fault is an interruption. */
  #wasTried: boolean;
  /** Something of it lies in its folder. */
  #hasBegun: boolean;
  /** The disk was in the way and, as far as is known, still is. */
  #waitsFor: Cause | undefined;
  #attempts = 0;

  constructor(parts: EffectParts, context: RecordingContext, report: Report, { leaving, now, stop }: EndSignals) {
    this.#parts = parts;
    this.#context = context;
    this.#signal = stop;
    this.#now = now;
    this.#leaving = leaving;
    this.#hasBegun = context.parts.length > 0;
    this.#wasTried = this.#hasBegun;
    this.#report = report;
  }

  async run(): Promise<void> {
    const { clock, folders } = this.#parts;
    const { recordingId } = this.#context;
    for (let pause = 1000; !this.#signal.aborted; pause = Math.min(pause * 2, longestPauseMilliseconds)) {
      try {
        await folders.inTurn(recordingId, () => this.#captureOnce());
        return;
      } catch (error) {
        if (this.#signal.aborted) return;
        const cause = causeOf(error, 'capture.broken');
        if (await this.#fails(error, cause)) return;
        this.#log(error, cause);
        const fact: CaptureFact = { kind: 'interrupted', at: this.#at(), cause };
        const wait = error instanceof SourcePaused && { waitsUntil: error.waitsUntil };
        await this.#report({ type: 'ReportFact', at: this.#at(), fact, ...wait });
        await clock.sleep(pause, this.#signal);
        if (cause.code === 'disk.gone') await this.#untilDiskIsBack();
      }
    }
  }

  /** Ends a recording that has nothing yet, if a retry would not help. */
  async #fails(error: unknown, cause: Cause): Promise<boolean> {
    this.#attempts += 1;
    const isHopeless =
      error instanceof SourceUnavailable
        ? !this.#wasTried && (error.definitive || this.#attempts >= findAttempts)
        : !this.#hasBegun && isOfDisk(cause);
    if (isHopeless) await this.#report({ type: 'ReportCaptureFailure', at: this.#at(), cause });
    return isHopeless;
  }

  #log(error: unknown, cause: Cause): void {
    const { logger } = this.#parts;
    const { recordingId } = this.#context;
    const { code, message } = cause;
    if (error instanceof SourcePaused)
      return logger.info('A source ended; StreamVault waits for its broadcast', { recordingId });
    if (error instanceof SourceUnavailable)
      return logger.warn(`The source could not be found: ${message}`, { code, recordingId });
    if (!isOfDisk(cause)) return logger.error('The capture broke and is restarted', { err: error, recordingId });
    // Logged once, however long it takes.
    if (this.#waitsFor?.code !== code) logger.warn(`A recording waits for its disk: ${message}`, { code, recordingId });
    this.#waitsFor = cause;
  }

  async #untilDiskIsBack(): Promise<void> {
    const { clock, folders, logger } = this.#parts;
    const { recordingId } = this.#context;
    while (!this.#signal.aborted && !(await folders.has(recordingId)))
      await clock.sleep(lookMilliseconds, this.#signal);
    if (!this.#signal.aborted) logger.info('The disk of a recording is back; it goes on', { recordingId });
  }

  async #captureOnce(): Promise<void> {
    const signal = this.#signal;
    if (signal.aborted) return;
    const { engine, folders, progress, sources } = this.#parts;
    const { recordingId, quality, proxies, adChoice: ads } = this.#context;
    await folders.requireRoot();
    const mayGoOn = (await this.#awaitedUntil()) !== undefined;
    const source = await sources.resolve({ ...this.#context.source, quality, proxies }, signal);
    const hadBegun = this.#wasTried;
    const isFresh = !this.#hasBegun;
    this.#wasTried = true;
    const stop = new AbortController();
    // The recording reaches its new state once the event that moved it is processed.
    const end = () =>
      queueMicrotask(() => stop.abort(this.#now?.().endReason === 'stopped' ? undefined : BROADCAST_OVER));
    signal.addEventListener('abort', end, { once: true });
    const outcome = await engine
      .capture(
        {
          recordingId,
          directory: folders.path(recordingId),
          source,
          quality,
          ads,
          hasBegun: this.#hasBegun,
          mayGoOn,
          ...(this.#waitsFor && { away: this.#waitsFor }),
        },
        {
          fact: (fact) => this.#take(fact),
          progress: (now) => progress.update(now),
        },
        stop.signal,
        this.#leaving,
      )
      .finally(() => signal.removeEventListener('abort', end));
    switch (outcome.kind) {
      case 'ended': {
        // What was over before it was opened is a video, and nothing to wait for.
        const until = isFresh && outcome.wasOver === true ? undefined : await this.#awaitedUntil();
        if (until !== undefined) throw new SourcePaused(until);
        await this.#report({ type: 'ReportSourceEnd', at: this.#at() });
        return;
      }
      case 'failed':
        // A recording that has captured something waits for its disk. Only one that has nothing yet fails.
        if (hadBegun && isOfDisk(outcome.cause))
          throw Object.assign(new Error(outcome.cause.message), { code: outcome.cause.code });
        await this.#report({ type: 'ReportCaptureFailure', at: this.#at(), cause: outcome.cause });
        return;
      case 'stopped':
        return;
      default:
        return outcome satisfies never;
    }
  }

  /** A broadcast may go on after its source ended. The context that watches broadcasts decides. */
  async #awaitedUntil(): Promise<string | undefined> {
    return this.#parts.sources.awaitedUntil?.(this.#context);
  }

  async #take(fact: CaptureFact): Promise<void> {
    if (fact.kind === 'partOpened') this.#hasBegun = true;
    if (fact.kind === 'resumed') this.#waitsFor = undefined;
    await this.#report({ type: 'ReportFact', at: this.#at(), fact });
  }

  #at(): string {
    return new Date(this.#parts.clock.now()).toISOString();
  }
}

import type { KernelLogger } from '@streamvault/event-sourcing';
import { createActor, fromPromise, type ActorRefFrom } from 'xstate';
import type { RecordingSnapshot } from '../domain/lifecycle.js';
import type { RecordingReport } from '../domain/recording-commands.js';
import type { RecordingEvent } from '../domain/recording-events.js';
import type { RecordingContext } from '../domain/recording-context.js';
import { recordingMachine, type DeadlineInput, type EffectInput } from '../domain/recording.machine.js';
import type { CausingEvent } from '../recording-streams.js';
import type { Report } from './effect-parts.js';
import type { RecordingEffects } from './effects.js';

export type ReportBecause = (report: RecordingReport, because: CausingEvent) => Promise<void>;

export interface RecordingActorParts {
  readonly effects: RecordingEffects;
  readonly report: ReportBecause;
  readonly logger: KernelLogger;
}

/** A recording that runs: the machine with hands. It moves only by the events it is given from the log. */
export class RecordingActor {
  readonly #actor: ActorRefFrom<typeof recordingMachine>;
  /** Also ends captures that were stopped and are on their way out. */
  readonly #leaving = new AbortController();
  /** The event it was moved by last. */
  #latest: CausingEvent;

  /**
   * Begins from a folded snapshot: the effects of its present state start, those of earlier ones do not.
   *
   * @param latest the event that the snapshot was folded up to
   */
  constructor(snapshot: RecordingSnapshot, latest: CausingEvent, { effects, logger, report }: RecordingActorParts) {
    this.#latest = latest;
    const { recordingId } = snapshot.context;
    const effect = <Input>(name: string, run: (input: Input, report: Report, signal: AbortSignal) => Promise<void>) =>
      fromPromise<void, Input>(async ({ input, signal }) => {
        // Why the effect runs is what made it begin; what it does once it is called off is due to what called it off.
        const began = this.#latest;
        const because: Report = (what) => report(what, signal.aborted ? this.#latest : began);
        // An effect reports what goes wrong by itself. What comes here is a defect: loud, and not the end of the process.
        await run(input, because, signal).catch((error: unknown) => {
          logger.error('An effect of the recorder is broken', { err: error, recordingId, effect: name });
        });
      });
    const machine = recordingMachine.provide({
      actors: {
        beginCapture: effect<EffectInput>('beginCapture', (_input, report) => effects.beginCapture(report)),
        // Not from their input: restored, an effect is given that of when its state was entered, which may be long ago.
        capture: effect<EffectInput>('capture', (_input, report, signal) =>
          effects.capture(this.context, report, signal, this.#leaving.signal),
        ),
        finalize: effect<EffectInput>('finalize', (_input, report, signal) =>
          effects.finalize(this.context, report, signal),
        ),
        postProcess: effect<EffectInput>('postProcess', (_input, report, signal) =>
          effects.postProcess(this.context, report, signal),
        ),
        deadline: effect<DeadlineInput>('deadline', (input, report, signal) => effects.deadline(input, report, signal)),
      },
    });
    // Persisted and restored, its invoked effects begin; a snapshot taken as it is would leave them asleep.
    const persisted = recordingMachine.getPersistedSnapshot(snapshot);
    this.#actor = createActor(machine, { snapshot: persisted, input: undefined as never });
  }

  start(): void {
    this.#actor.start();
  }

  apply(event: RecordingEvent, { id, correlationId }: CausingEvent): void {
    this.#latest = { id, correlationId };
    if (event.type !== 'RecordingRequested') this.#actor.send(event);
  }

  get context(): RecordingContext {
    return this.#actor.getSnapshot().context;
  }

  get isOver(): boolean {
    return this.#actor.getSnapshot().hasTag('ended');
  }

  /** Aborts what it does; nothing is appended by that, so it can be taken up again. */
  stop(): void {
    this.#leaving.abort();
    this.#actor.stop();
  }
}

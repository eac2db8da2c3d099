import type { KernelLogger } from '@streamvault/kernel';
import { createActor, fromPromise, type ActorRefFrom } from 'xstate';
import type { RecordingSnapshot } from '../domain/lifecycle.js';
import type { RecordingReport } from '../domain/recording-commands.js';
import type { RecordingEvent } from '../domain/recording-events.js';
import type { RecordingContext } from '../domain/recording-context.js';
import { recordingMachine, type DeadlineInput, type EffectInput } from '../domain/recording.machine.js';
import type { CausingEvent } from '../recording-streams.js';
import type { Report } from './effect-parts.js';
import type { RecordingEffects } from './effects.js';

export type ReportBecause = (report: RecordingReport, because: CausingEvent) => Promise<CausingEvent | undefined>;

interface EffectWork<Input> {
  readonly input: Input;
  readonly report: Report;
  readonly signal: AbortSignal;
}

export interface RecordingActorParts {
  readonly effects: RecordingEffects;
  readonly report: ReportBecause;
  readonly logger: KernelLogger;
}

/** By the system of its machine: the one thing that an effect is given and that is its recording's own. */
const actors = new WeakMap<object, RecordingActor>();

/** As an actor of the machine: it is run for the recording whose machine it belongs to. */
const effect = <Input>(
  name: string,
  run: (effects: RecordingEffects, recording: RecordingActor, work: EffectWork<Input>) => Promise<void>,
) =>
  fromPromise<void, Input>(async ({ input, signal, system }) => {
    const recording = actors.get(system);
    if (recording === undefined) throw new Error('An effect belongs to no recording');
    await recording.run(name, signal, (effects, report) => run(effects, recording, { input, report, signal }));
  });

/** The machine with hands: one for all recordings, since making one takes longer than a state does. */
const machineWithHands = recordingMachine.provide({
  actors: {
    beginCapture: effect<EffectInput>('beginCapture', (effects, _recording, { report }) =>
      effects.beginCapture(report),
    ),
    // Not from their input: restored, an effect is given that of when its state was entered, which may be long ago.
    capture: effect<EffectInput>('capture', (effects, recording, { report, signal }) =>
      effects.capture(recording.context, report, signal, recording.leaving, () => recording.context),
    ),
    finalize: effect<EffectInput>('finalize', (effects, { context }, { report, signal }) =>
      effects.finalize(context, report, signal),
    ),
    postProcess: effect<EffectInput>('postProcess', (effects, recording, { report, signal }) =>
      effects.postProcess(recording, report, signal),
    ),
    deadline: effect<DeadlineInput>('deadline', (effects, recording, { input, report, signal }) =>
      effects.deadline(input, () => recording.context.deadline, report, signal),
    ),
  },
});

/** A recording that runs. It moves only by the events it is given from the log. */
export class RecordingActor {
  readonly #actor: ActorRefFrom<typeof recordingMachine>;
  readonly #parts: RecordingActorParts;
  /** Also ends captures that were stopped and are on their way out. */
  readonly #leaving = new AbortController();
  /** The event it was moved by last. */
  #latest: CausingEvent;
  #change = Promise.withResolvers<void>();

  /**
   * Begins from a folded snapshot: the effects of its present state start, those of earlier ones do not.
   *
   * @param latest the event that the snapshot was folded up to
   */
  constructor(snapshot: RecordingSnapshot, latest: CausingEvent, parts: RecordingActorParts) {
    this.#latest = latest;
    this.#parts = parts;
    // Persisted and restored, its invoked effects begin; a snapshot taken as it is would leave them asleep.
    const persisted = recordingMachine.getPersistedSnapshot(snapshot);
    this.#actor = createActor(machineWithHands, { snapshot: persisted, input: undefined as never });
    actors.set(this.#actor.system, this);
  }

  start(): void {
    this.#actor.start();
  }

  /** Aborts when its recorder goes. */
  get leaving(): AbortSignal {
    return this.#leaving.signal;
  }

  async run(
    name: string,
    signal: AbortSignal,
    work: (effects: RecordingEffects, report: Report) => Promise<void>,
  ): Promise<void> {
    const { effects, logger, report } = this.#parts;
    // Why the effect runs is what made it begin; what it does once it is called off is due to what called it off.
    const began = this.#latest;
    const because: Report = (what, cause = began) => report(what, signal.aborted ? this.#latest : cause);
    // An effect reports what goes wrong by itself. What comes here is a defect: loud, and not the end of the process.
    await work(effects, because).catch((error: unknown) => {
      const { recordingId } = this.context;
      logger.error('An effect of the recorder is broken', { err: error, recordingId, effect: name });
    });
  }

  apply(event: RecordingEvent, { id, correlationId }: CausingEvent): void {
    this.#latest = { id, correlationId };
    if (event.type !== 'RecordingRequested') this.#actor.send(event);
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }

  get context(): RecordingContext {
    return this.#actor.getSnapshot().context;
  }

  get latest(): CausingEvent {
    return this.#latest;
  }

  /** Settles with the next event. */
  changed(): Promise<void> {
    return this.#change.promise;
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

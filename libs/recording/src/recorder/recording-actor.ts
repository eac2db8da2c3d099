import type { KernelLogger } from '@streamvault/kernel';
import { createActor, fromPromise, type ActorRefFrom } from 'xstate';
import type { RecordingSnapshot } from '../domain/lifecycle.js';
import type { RecordingReport } from '../domain/recording-commands.js';
import type { RecordingEvent } from '../domain/recording-events.js';
import type { RecordingContext } from '../domain/recording-context.js';
import type { DeadlineInput, EffectInput } from '../domain/recording-effects.js';
import { recordingMachine } from '../domain/recording.machine.js';
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

/**
 * The recording's actor by the system of its machine. The system is the only thing an effect gets that is specific to
 * its recording.
 */
const actors = new WeakMap<object, RecordingActor>();

/** Wraps an effect as an actor of the machine: it runs for the recording that the machine belongs to. */
const effect = <Input>(
  name: string,
  run: (effects: RecordingEffects, recording: RecordingActor, work: EffectWork<Input>) => Promise<void>,
) =>
  fromPromise<void, Input>(async ({ input, signal, system }) => {
    const recording = actors.get(system);
    if (recording === undefined) throw new Error('An effect belongs to no recording');
    await recording.run(name, signal, (effects, report) => run(effects, recording, { input, report, signal }));
  });

/** The machine with its effects. All recordings share it, because making one takes longer than a transition. */
const machineWithEffects = recordingMachine.provide({
  actors: {
    beginCapture: effect<EffectInput>('beginCapture', (effects, _recording, { report }) =>
      effects.beginCapture(report),
    ),
    // Does not use the input: after a restore, an effect gets the input of when its state was entered, perhaps long
    // ago.
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

/** A recording that runs. It moves only by events from the log. */
export class RecordingActor {
  readonly #actor: ActorRefFrom<typeof recordingMachine>;
  readonly #parts: RecordingActorParts;
  /** Also ends captures that were stopped and are ending. */
  readonly #leaving = new AbortController();
  /** The event that moved it last. */
  #latest: CausingEvent;
  #change = Promise.withResolvers<void>();

  /**
   * Begins from a folded snapshot: the effects of its present state start, those of earlier states do not.
   * @param latest the last event in the snapshot
   */
  constructor(snapshot: RecordingSnapshot, latest: CausingEvent, parts: RecordingActorParts) {
    this.#latest = latest;
    this.#parts = parts;
    // Persisting and restoring starts the invoked effects; using the snapshot directly would not.
    const persisted = recordingMachine.getPersistedSnapshot(snapshot);
    this.#actor = createActor(machineWithEffects, { snapshot: persisted, input: undefined as never });
    actors.set(this.#actor.system, this);
  }

  start(): void {
    this.#actor.start();
  }

  /** Aborts when its recorder shuts down. */
  get leaving(): AbortSignal {
    return this.#leaving.signal;
  }

  async run(
    name: string,
    signal: AbortSignal,
    work: (effects: RecordingEffects, report: Report) => Promise<void>,
  ): Promise<void> {
    const { effects, logger, report } = this.#parts;
    // The cause of an effect is the event that started it. What it does after it is cancelled is caused by the event
    // that cancelled it.
    const began = this.#latest;
    const because: Report = (what, cause = began) => report(what, signal.aborted ? this.#latest : cause);
    // An effect reports its own failures. An error here is a defect: logged, but not the end of the process.
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

  /** Aborts what it does. Nothing is appended, so it can be taken up again. */
  stop(): void {
    this.#leaving.abort();
    this.#actor.stop();
  }
}

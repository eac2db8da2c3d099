import type { KernelLogger } from '@streamvault/event-sourcing';
import { createActor, fromPromise, type ActorRefFrom } from 'xstate';
import type { RecordingSnapshot } from '../domain/lifecycle.js';
import type { RecordingEvent } from '../domain/recording-events.js';
import {
  recordingMachine,
  type DeadlineInput,
  type EffectInput,
  type RecordingContext,
} from '../domain/recording.machine.js';

import type { RecordingEffects, Report } from './effects.js';

/** A recording that runs: the machine with hands. It moves only by the events it is given from the log. */
export class RecordingActor {
  readonly #actor: ActorRefFrom<typeof recordingMachine>;

  /** Begins from a folded snapshot: the effects of its present state start, those of earlier ones do not. */
  constructor(snapshot: RecordingSnapshot, effects: RecordingEffects, report: Report, logger: KernelLogger) {
    const { recordingId } = snapshot.context;
    const effect = (name: string, run: (input: EffectInput, signal: AbortSignal) => Promise<void>) =>
      fromPromise<void, EffectInput>(async ({ input, signal }) => {
        // An effect reports what goes wrong by itself. What comes here is a defect: loud, and not the end of the process.
        await run(input, signal).catch((error: unknown) => {
          logger.error('An effect of the recorder is broken', { err: error, recordingId, effect: name });
        });
      });
    const machine = recordingMachine.provide({
      actors: {
        beginCapture: effect('beginCapture', () => effects.beginCapture(report)),
        capture: effect('capture', ({ context }, signal) => effects.capture(context, report, signal)),
        finalize: effect('finalize', ({ context }, signal) => effects.finalize(context, report, signal)),
        postProcess: effect('postProcess', ({ context }, signal) => effects.postProcess(context, report, signal)),
        deadline: fromPromise<void, DeadlineInput>(({ input, signal }) => effects.deadline(input, report, signal)),
      },
    });
    // Persisted and restored, its invoked effects begin; a snapshot taken as it is would leave them asleep.
    const persisted = recordingMachine.getPersistedSnapshot(snapshot);
    this.#actor = createActor(machine, { snapshot: persisted, input: undefined as never });
  }

  start(): void {
    this.#actor.start();
  }

  apply(event: RecordingEvent): void {
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
    this.#actor.stop();
  }
}

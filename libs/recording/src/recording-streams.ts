import type { CommandHandling, CommandMetadata, Handled, ReadEvent } from '@streamvault/kernel';
import type { Position, Revision } from '@streamvault/event-store';
import type { Decider } from '@streamvault/kernel';
import type { AddressedCommand, RecordingCommand, Reporter } from './domain/recording-commands.js';
import type { RecordingSnapshot, RecordingState } from './domain/lifecycle.js';
import { recordingDecider } from './domain/recording-decider.js';
import { RecordingNotFound } from './domain/recording-errors.js';
import type { RecordingEvent } from './domain/recording-events.js';
import type { RecordingPolicy } from './domain/recording-policy.js';
import { recordingStream } from './domain/recording-registry.js';

/** An event of the log that something reacts to. Its consequences carry its id as cause, and its correlation id. */
export interface CausingEvent {
  readonly id: string;
  readonly correlationId: string;
}

export interface LoadedRecording {
  readonly snapshot: RecordingSnapshot;
  readonly revision: Revision;
  readonly position: Position;
  /** Its last event. */
  readonly latest: CausingEvent;
}

/** Recordings in the log: the one place that loads, folds and appends them. */
export class RecordingStreams {
  readonly #handling: CommandHandling;
  readonly #decider: Decider<RecordingState, AddressedCommand, RecordingEvent>;

  constructor(handling: CommandHandling, policy: RecordingPolicy) {
    this.#handling = handling;
    this.#decider = recordingDecider(policy);
  }

  /** @throws RecordingNotFound, StaleRecorder */
  async handle(
    recordingId: number,
    command: RecordingCommand,
    metadata: CommandMetadata,
    reporter?: Reporter,
  ): Promise<Handled<RecordingState, RecordingEvent> & { readonly state: RecordingSnapshot }> {
    const handled = await this.#handling.handle({
      stream: recordingStream(recordingId),
      decider: this.#decider,
      command: { recordingId, command, reporter },
      metadata,
    });
    if (!handled.state) throw new RecordingNotFound(recordingId);
    return { ...handled, state: handled.state };
  }

  /** As it is now; undefined if there is no such recording. */
  async current(recordingId: number): Promise<RecordingState> {
    const { state } = await this.#handling.current({ stream: recordingStream(recordingId), decider: this.#decider });
    return state;
  }

  /** Like {@link load}, for a caller that has just received what is probably the latest event. */
  async loadFrom(
    recordingId: number,
    { id, metadata, revision }: ReadEvent<RecordingEvent>,
  ): Promise<LoadedRecording | undefined> {
    const now = await this.#handling.current({ stream: recordingStream(recordingId), decider: this.#decider });
    const { state, position } = now;
    if (!state || position === undefined || now.revision !== revision) return this.load(recordingId);
    return { snapshot: state, revision, position, latest: { id, correlationId: metadata.$correlationId } };
  }

  /** Undefined if there is no such recording. */
  async load(recordingId: number, to?: Revision): Promise<LoadedRecording | undefined> {
    const { state, events } = await this.#handling.load({
      stream: recordingStream(recordingId),
      decider: this.#decider,
      to,
    });
    const last = events.at(-1);
    if (!state || !last) return undefined;
    const { revision, position, id, metadata } = last;
    return { snapshot: state, revision, position, latest: { id, correlationId: metadata.$correlationId } };
  }

  /** The recording as it was right after the request to stop it; undefined if there was none. */
  async loadAsStopped(recordingId: number): Promise<LoadedRecording | undefined> {
    const { events } = await this.#handling.load({ stream: recordingStream(recordingId), decider: this.#decider });
    // If nothing had been captured, the recorder's reaction to the stop comes after the answer, and is not part of it.
    const stop = events.findLast(
      ({ type, data }) => type === 'StopRequested' || (type === 'RecordingCancelled' && data.by !== 'recorder'),
    );
    return stop && this.load(recordingId, stop.revision);
  }
}

import { randomUUID } from 'node:crypto';
import type { CommandMetadata, KernelLogger, ReadEvent } from '@streamvault/kernel';
import { EventDamaged, type Revision } from '@streamvault/event-store';
import type { RecordingReport, Reporter } from '../domain/recording-commands.js';
import { stateName } from '../domain/lifecycle.js';
import type { RecordingEvent } from '../domain/recording-events.js';
import type { Clock } from '../ports.js';
import type { CausingEvent, LoadedRecording, RecordingStreams } from '../recording-streams.js';
import { StaleRecorder } from '../domain/recording-errors.js';
import type { RecordingEffects } from './effects.js';
import { RecordingActor } from './recording-actor.js';
import type { RecorderLeases } from './recorder-leases.js';
import type { WorkFolders } from './work-folders.js';

/** Answers the id of the last event that the report led to. */
export type SendReport = (
  recordingId: number,
  report: RecordingReport,
  metadata: CommandMetadata,
  reporter: Reporter,
) => Promise<string | undefined>;

export interface RecorderParts {
  readonly leases: Pick<RecorderLeases, 'recorderId' | 'mayTake' | 'isAlone'>;
  readonly streams: RecordingStreams;
  readonly effects: RecordingEffects;
  readonly folders: WorkFolders;
  readonly send: SendReport;
  readonly clock: Clock;
  readonly logger: KernelLogger;
}

/** A recording that is hosted here, and up to which revision it has received its events. */
interface Hosted {
  readonly actor: RecordingActor;
  revision: Revision;
}

/** After these events, a recording without a host may need one. */
const opening: ReadonlySet<string> = new Set<RecordingEvent['type']>([
  'RecordingRequested',
  'RecordingRetried',
  'StepRetryRequested',
  'StepSkipped',
]);
const longestPauseMilliseconds = 10_000;

/**
 * Owns one actor per open recording that is assigned to it. It receives every recording event in the log's order (`apply`), starts an actor
 * when a recording is requested, moves it, and releases it when it is over. At start it takes up the open recordings
 * of dead recorders.
 */
export class Recorder {
  readonly #parts: RecorderParts;
  readonly #hosted = new Map<number, Hosted>();
  readonly #closing = new AbortController();
  #stopping = false;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
  }

  get recordingIds(): number[] {
    return [...this.#hosted.keys()];
  }

  /** Takes up recordings that are open and that no living recorder has. */
  async restore(recordingIds: readonly number[]): Promise<void> {
    for (const recordingId of recordingIds) {
      try {
        await this.#takeUp(recordingId);
      } catch (error) {
        if (!(error instanceof EventDamaged)) throw error;
        // Only this recording is affected: the others go on.
        this.#parts.logger.error('A recording cannot be taken up: the log is damaged', { err: error, recordingId });
      }
    }
  }

  async #takeUp(recordingId: number): Promise<void> {
    const before = await this.#parts.streams.load(recordingId);
    if (!before || before.snapshot.hasTag('ended') || this.#hosted.has(recordingId)) return;
    const { folders, leases, streams } = this.#parts;
    const { recorder, epoch } = before.snapshot.context;
    if (!leases.mayTake(recorder)) return;
    // Reported before the actor moves: what was running does not count as running until bytes arrive again. The report
    // assigns the recording, too.
    await this.#report(recordingId, before.latest, { type: 'ReportRecorderRestart', at: this.#at() }, epoch);
    const taken = await streams.load(recordingId);
    if (taken?.snapshot.context.recorder !== leases.recorderId) return;
    // A former recorder of an embedded log is gone; one of a shared log may only have been stopped.
    if (recorder !== null && !leases.isAlone) await folders.takeOver(recordingId);
    this.#host(recordingId, taken);
  }

  /** The next event of the log. */
  async apply(event: ReadEvent<RecordingEvent>): Promise<void> {
    const recordingId = Number(event.stream.slice(event.stream.indexOf('-') + 1));
    const hosted = this.#hosted.get(recordingId);
    if (!hosted) {
      if (opening.has(event.type)) await this.#open(recordingId, event);
      return;
    }
    if (event.revision <= hosted.revision) return;
    hosted.revision = event.revision;
    // Before the actor moves on: what follows is the other recorder's work.
    if (event.type === 'RecorderAssigned' && event.data.recorderId !== this.#parts.leases.recorderId)
      return this.#letGo(recordingId, hosted);
    hosted.actor.apply(event, { id: event.id, correlationId: event.metadata.$correlationId });
    this.#parts.effects.note(hosted.actor.context);
    if (hosted.actor.isOver) this.#letGo(recordingId, hosted);
  }

  /** There is something to do for a recording that is not hosted here. */
  async #open(recordingId: number, event: ReadEvent<RecordingEvent>): Promise<void> {
    const loaded = await this.#parts.streams.loadFrom(recordingId, event);
    if (!loaded) return;
    const { snapshot } = loaded;
    // What is requested is assigned by its beginning: all recorders try, and one of them gets it.
    const isAnybodys = stateName(snapshot) === 'requested';
    if (isAnybodys || snapshot.context.recorder === this.#parts.leases.recorderId) this.#host(recordingId, loaded);
    else await this.#takeUp(recordingId);
  }

  /** Stops everything so that it can be taken up again. Settles when no folder is written to any more. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const { actor } of this.#hosted.values()) actor.stop();
    this.#hosted.clear();
    // The last reports of the captures still reach the log; only then is reporting closed.
    await this.#parts.folders.idle();
    this.#closing.abort();
  }

  #host(recordingId: number, loaded: LoadedRecording | undefined): void {
    if (this.#stopping || !loaded || loaded.snapshot.hasTag('ended')) return;
    const { snapshot, revision, latest } = loaded;
    const { effects, logger } = this.#parts;
    const actor = new RecordingActor(snapshot, latest, {
      effects,
      logger,
      report: (report, because) => this.#report(recordingId, because, report),
    });
    const hosted: Hosted = { actor, revision };
    this.#hosted.set(recordingId, hosted);
    effects.note(snapshot.context);
    actor.start();
  }

  #letGo(recordingId: number, { actor }: Hosted): void {
    actor.stop();
    this.#hosted.delete(recordingId);
    this.#parts.effects.forget(recordingId);
  }

  /**
   * A report is never dropped: an unavailable log is no reason to forget what was seen. The command id stays the same,
   * so that a report whose answer was lost is stored once.
   */
  async #report(
    recordingId: number,
    { id: causationId, correlationId }: CausingEvent,
    report: RecordingReport,
    epoch = this.#hosted.get(recordingId)?.actor.context.epoch ?? 0,
  ): Promise<CausingEvent | undefined> {
    const { clock, leases, logger, send } = this.#parts;
    const { recorderId } = leases;
    const commandId = randomUUID();
    let reporter: Reporter = { recorderId, epoch };
    for (let pause = 100; ; pause = Math.min(pause * 2, longestPauseMilliseconds)) {
      try {
        const metadata = { commandId, correlationId, causationId, actor: 'recorder', now: report.at };
        const id = await send(recordingId, report, metadata, reporter);
        return id === undefined ? undefined : { id, correlationId };
      } catch (error) {
        if (this.#closing.signal.aborted) return undefined;
        if (error instanceof StaleRecorder) {
          // An assignment that its actor has not heard of yet: to this recorder, most often, and then it may report.
          const own = await this.#ownEpoch(recordingId);
          if (own === undefined) return undefined;
          reporter = { recorderId, epoch: own };
          continue;
        }
        logger.error('A report did not reach the log; trying again', { err: error, recordingId, report: report.type });
        await clock.sleep(pause, this.#closing.signal);
      }
    }
  }

  /** The epoch under which this recorder has the recording; undefined where another one has it, which is then left to it. */
  async #ownEpoch(recordingId: number): Promise<number | undefined> {
    const { leases, logger, streams } = this.#parts;
    const state = await streams.current(recordingId);
    if (state?.context.recorder === leases.recorderId) return state.context.epoch;
    const hosted = this.#hosted.get(recordingId);
    if (hosted) {
      logger.warn('Another recorder has taken over a recording', { recordingId, recorder: state?.context.recorder });
      this.#letGo(recordingId, hosted);
    }
    return undefined;
  }

  #at(): string {
    return new Date(this.#parts.clock.now()).toISOString();
  }
}

import { randomUUID } from 'node:crypto';
import type { CommandMetadata, KernelLogger, ReadEvent } from '@streamvault/kernel';
import { EventDamaged, type Position, type Revision } from '@streamvault/event-store';
import type { RecordingReport } from '../domain/recording-commands.js';
import type { RecordingEvent } from '../domain/recording-events.js';
import type { Clock } from '../ports.js';
import type { CausingEvent, LoadedRecording, RecordingStreams } from '../recording-streams.js';
import type { RecordingEffects } from './effects.js';
import { RecordingActor } from './recording-actor.js';
import type { WorkFolders } from './work-folders.js';

/** Answers the id of the last event that the report led to. */
export type SendReport = (
  recordingId: number,
  report: RecordingReport,
  metadata: CommandMetadata,
) => Promise<string | undefined>;

export interface RecorderParts {
  readonly streams: RecordingStreams;
  readonly effects: RecordingEffects;
  readonly folders: WorkFolders;
  readonly send: SendReport;
  readonly clock: Clock;
  readonly logger: KernelLogger;
}

/** A recording under way here, and how far of its stream it has been told. */
interface Hosted {
  readonly actor: RecordingActor;
  revision: Revision;
}

/** After these there may be something to do for a recording that nobody hosts. */
const opening: ReadonlySet<string> = new Set<RecordingEvent['type']>([
  'RecordingRequested',
  'RecordingRetried',
  'StepRetryRequested',
  'StepSkipped',
]);
const longestPauseMilliseconds = 10_000;

/**
 * Owns one actor per open recording. Told every recording event in the log's order (`apply`), it starts an actor when a
 * recording is requested, moves it, and lets it go when it is over; at start it takes up those that were open.
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

  /** Takes up recordings that were open when the last recorder went. */
  async restore(recordingIds: readonly number[]): Promise<void> {
    for (const recordingId of recordingIds) {
      try {
        await this.#takeUp(recordingId);
      } catch (error) {
        if (!(error instanceof EventDamaged)) throw error;
        // Of this recording alone: the others go on.
        this.#parts.logger.error('A recording cannot be taken up: the log is damaged', { err: error, recordingId });
      }
    }
  }

  async #takeUp(recordingId: number): Promise<void> {
    const before = await this.#parts.streams.load(recordingId);
    if (!before || before.snapshot.hasTag('ended') || this.#hosted.has(recordingId)) return;
    // Said before the actor moves: what was running is not running until bytes are there again.
    await this.#report(recordingId, before.latest, { type: 'ReportRecorderRestart', at: this.#at() });
    this.#host(recordingId, await this.#parts.streams.load(recordingId));
  }

  /** The next event of the log. */
  async apply(event: ReadEvent<RecordingEvent>): Promise<void> {
    const recordingId = Number(event.stream.slice(event.stream.indexOf('-') + 1));
    const hosted = this.#hosted.get(recordingId);
    if (!hosted) {
      if (opening.has(event.type)) this.#host(recordingId, await this.#parts.streams.loadFrom(recordingId, event));
      return;
    }
    if (event.revision <= hosted.revision) return;
    hosted.revision = event.revision;
    hosted.actor.apply(event, { id: event.id, correlationId: event.metadata.$correlationId });
    this.#parts.effects.note(hosted.actor.context);
    if (hosted.actor.isOver) this.#letGo(recordingId, hosted);
  }

  /** Stops everything so that it can be taken up again; settles when no folder is written to any more. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const { actor } of this.#hosted.values()) actor.stop();
    this.#hosted.clear();
    // What the captures still have to say on their way out reaches the log; only then is nothing reported any more.
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
   * A report is not given up: the log being away is no reason to forget what was seen. The command id stays the same, so
   * that one whose answer was lost is not told twice.
   */
  async #report(
    recordingId: number,
    { id: causationId, correlationId }: CausingEvent,
    report: RecordingReport,
  ): Promise<CausingEvent | undefined> {
    const { clock, logger, send } = this.#parts;
    const commandId = randomUUID();
    for (let pause = 100; ; pause = Math.min(pause * 2, longestPauseMilliseconds)) {
      try {
        const metadata = { commandId, correlationId, causationId, actor: 'recorder', now: report.at };
        const id = await send(recordingId, report, metadata);
        return id === undefined ? undefined : { id, correlationId };
      } catch (error) {
        if (this.#closing.signal.aborted) return undefined;
        logger.error('A report did not reach the log; trying again', { err: error, recordingId, report: report.type });
        await clock.sleep(pause, this.#closing.signal);
      }
    }
  }

  #at(): string {
    return new Date(this.#parts.clock.now()).toISOString();
  }
}

/** Where a recorder begins to follow the log: the recordings open at that position, as a read model knows them. */
export interface OpenRecordings {
  readonly recordingIds: readonly number[];
  readonly position: Position | 'start';
}

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
 * Owns one actor per open recording. It receives every recording event in the log's order (`apply`), starts an actor
 * when a recording is requested, moves it, and releases it when it is over. At start it takes up the recordings that
 * were open.
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

  /** Takes up recordings that were open when the last recorder ended. */
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
    // Reported before the actor moves: what was running does not count as running until bytes arrive again.
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

/**
 * Where a recorder begins to follow the log: the recordings that are open at that position, as a read model has them.
 */
export interface OpenRecordings {
  readonly recordingIds: readonly number[];
  readonly position: Position | 'start';
}

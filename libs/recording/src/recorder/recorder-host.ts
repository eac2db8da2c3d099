import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { EntityManager } from '@mikro-orm/core';
import type { CommandBus } from '@nestjs/cqrs';
import { type CaptureEngine, systemClock } from '@streamvault/capture';
import type { WorkQueue } from '@streamvault/jobs';
import type { EventStore, Position } from '@streamvault/event-store';
import {
  deterministicId,
  type EventRegistry,
  followLog,
  type KernelLogger,
  type ProjectionRunner,
  type Role,
} from '@streamvault/kernel';
import type { Media } from '@streamvault/media';
import { streamerCategory } from '@streamvault/streamers';
import { LedgerFinalizer } from '../closing/ledger-finalizer.js';
import type { LibraryRoot } from '../closing/library-root.js';
import { ReportToRecording } from '../commands/report-to-recording/report-to-recording.command.js';
import type { Cause, RecordingEvent } from '../domain/recording-events.js';
import { recordingCategory } from '../domain/recording-registry.js';
import { PartsJanitor } from '../janitor/parts-janitor.js';
import type { RecordingMedia } from '../playback/recording-media.js';
import type { OutputGuard, OutputNames, SourceResolver, StepRunner } from '../ports.js';
import { foldOpenRecordings } from '../read-models/fold-open-recordings.js';
import { findOpenRecordings } from '../read-models/open-recordings.js';
import { recordingViewProjection } from '../read-models/recording-view.projection.js';
import type { RecordingStreams } from '../recording-streams.js';
import { RecordingEffects } from './effects.js';
import type { ProgressBoard } from './progress-board.js';
import { RecorderLeases } from './recorder-leases.js';
import { Recorder } from './recorder.js';
import type { WorkFolders } from './work-folders.js';

export interface RecorderHostParts {
  readonly commands: CommandBus;
  readonly em: () => EntityManager;
  readonly engine: CaptureEngine & { prepare(): void };
  readonly folders: WorkFolders;
  readonly guard: OutputGuard;
  readonly keepParts: boolean;
  readonly library: LibraryRoot;
  readonly logger: KernelLogger;
  readonly media: Media;
  readonly names: OutputNames;
  readonly partsGraceSeconds: number;
  readonly progress: ProgressBoard;
  readonly projections: ProjectionRunner;
  readonly recordingMedia: RecordingMedia;
  readonly registry: EventRegistry;
  readonly roles: ReadonlySet<Role>;
  /** Other processes may record by the same log. */
  readonly sharesLog: boolean;
  readonly sources: SourceResolver;
  readonly steps: StepRunner;
  readonly store: EventStore;
  readonly streams: RecordingStreams;
  readonly work: WorkQueue;
}

/** Every second of delay is a second of a broadcast that is not captured. */
const catchUpMilliseconds = 5000;
/** How often recordings are looked for whose recorder is dead. */
const takeOverMilliseconds = 5000;

/** Runs what the roles of this process ask for: the recorder, and what tidies up after it. */
export class RecorderHost {
  readonly #parts: RecorderHostParts;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>[] = [];
  #recorder: Recorder | undefined;
  #leases: RecorderLeases | undefined;

  constructor(parts: RecorderHostParts) {
    this.#parts = parts;
  }

  /** What this process works on; nothing where it has not the role `recorder`. */
  get recordingIds(): readonly number[] {
    return this.#recorder?.recordingIds ?? [];
  }

  /** Takes up open recordings, and follows the log from there. Settles when all of them run again. */
  async start(): Promise<void> {
    const { keepParts, logger, projections, registry, roles, store } = this.#parts;
    if (roles.has('recorder')) {
      const leases = leasesOf(this.#parts);
      const recorder = recorderOf(this.#parts, leases);
      this.#leases = leases;
      this.#recorder = recorder;
      // The position first: what happens between the two is told again, and does no harm.
      const from = (await store.headPosition()) ?? 'start';
      await recorder.restore(await this.#openRecordings(from));
      this.#running.push(
        followLog<RecordingEvent>({
          store,
          registry,
          filter: { categories: [recordingCategory] },
          from,
          signal: this.#stopping.signal,
          handle: (event) => recorder.apply(event),
          onError: (error, event) =>
            logger.error('The recorder could not take an event and tries again', { error, position: event?.position }),
        }),
        this.#prepare(),
        leases.run(this.#stopping.signal),
        this.#takeOver(recorder, leases),
      );
    }
    if (roles.has('scheduler') && !keepParts && projections.status().length > 0)
      this.#running.push(this.#janitor().run(this.#stopping.signal));
  }

  /**
   * An installation with streamers will record, so slow preparations begin now. A server without streamers stays small.
   */
  async #prepare(): Promise<void> {
    const { engine, logger, registry, store } = this.#parts;
    const done = new AbortController();
    await followLog({
      store,
      registry,
      filter: { categories: [streamerCategory] },
      from: 'start',
      signal: AbortSignal.any([this.#stopping.signal, done.signal]),
      handle: async () => {
        engine.prepare();
        done.abort();
      },
      onError: (error) => {
        logger.warn('The first recording will begin a little later: the log could not be read', { error });
        return 'stop';
      },
    });
  }

  /** Goes on with what a recorder had that is heard no more. On a log of its own there is no other. */
  async #takeOver(recorder: Recorder, { isAlone }: RecorderLeases): Promise<void> {
    const { em, logger } = this.#parts;
    const { signal } = this.#stopping;
    if (isAlone) return;
    while (!signal.aborted) {
      await systemClock.sleep(takeOverMilliseconds, signal);
      try {
        if (!signal.aborted) await recorder.restore(await findOpenRecordings(em()));
      } catch (error) {
        // The log or the read database is away: the next look comes soon.
        logger.warn('Recordings without a recorder could not be looked for', { error });
      }
    }
  }

  /** Leaves every recording in a state from which it can be taken up again. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#recorder?.stop();
    await this.#leases?.release();
    await Promise.all(this.#running);
  }

  /** From the read model, if it is ready in time; else from the log, which takes a scan. */
  async #openRecordings(at: Position | 'start'): Promise<number[]> {
    const { em, logger, projections, registry, store } = this.#parts;
    if (at === 'start') return [];
    const names = [recordingViewProjection.name];
    try {
      if (await projections.waitFor(at, { timeoutMs: catchUpMilliseconds, projections: names }))
        return await findOpenRecordings(em());
    } catch (error) {
      // The read database became unavailable in between.
      logger.warn('The read model could not say which recordings are open', { error });
    }
    logger.warn('The recorder does not wait for its read model and takes up open recordings from the log', {});
    return foldOpenRecordings(store, registry);
  }

  #janitor(): PartsJanitor {
    const { em, folders, guard, logger, partsGraceSeconds, recordingMedia } = this.#parts;
    return new PartsJanitor({
      em,
      folders,
      media: recordingMedia,
      guard,
      graceSeconds: partsGraceSeconds,
      clock: systemClock,
      logger,
      report: (recordingId, outcome) => this.#reportParts(recordingId, outcome),
    });
  }

  async #reportParts(
    recordingId: number,
    outcome: { readonly bytes: number } | { readonly cause: Cause },
  ): Promise<void> {
    const { commands, streams } = this.#parts;
    const loaded = await streams.load(recordingId);
    if (!loaded) return;
    const now = new Date(systemClock.now()).toISOString();
    await commands.execute(
      new ReportToRecording(
        recordingId,
        'bytes' in outcome
          ? { type: 'ReportPartsDiscarded', at: now, bytes: outcome.bytes }
          : { type: 'ReportPartsKept', at: now, cause: outcome.cause },
        {
          commandId: deterministicId(
            `discard ${recordingId} ${'bytes' in outcome ? '' : `${outcome.cause.code} ${now}`}`.trim(),
          ),
          correlationId: loaded.latest.correlationId,
          causationId: loaded.latest.id,
          actor: 'scheduler',
          now,
        },
      ),
    );
  }
}

const leasesOf = ({ logger, registry, sharesLog, store }: RecorderHostParts): RecorderLeases =>
  new RecorderLeases({
    store,
    registry,
    logger,
    recorderId: `${hostname().replaceAll(/[^\w.]/g, '_')}.${process.pid}.${randomUUID().slice(0, 8)}`,
    isAlone: !sharesLog,
  });

function recorderOf(parts: RecorderHostParts, leases: RecorderLeases): Recorder {
  const { commands, engine, folders, library, logger, media, names, progress, sources, steps, streams, work } = parts;
  const clock = systemClock;
  const finalizer = new LedgerFinalizer(folders, media, library, names, clock);
  return new Recorder({
    leases,
    streams,
    folders,
    clock,
    logger,
    send: (recordingId, report, metadata, reporter) =>
      commands.execute(new ReportToRecording(recordingId, report, metadata, reporter)),
    effects: new RecordingEffects({ engine, sources, folders, progress, logger, clock, finalizer, steps, work }),
  });
}

import type { CommandBus } from '@nestjs/cqrs';
import { deterministicId, followLog } from '@streamvault/kernel';
import type { Position } from '@streamvault/event-store';
import {
  findOpenRecordings,
  foldOpenRecordings,
  Recorder,
  recordingCategory,
  RecordingEffects,
  type RecordingEvent,
  recordingViewProjection,
  ReportToRecording,
  type SourceResolver,
  systemClock,
} from '@streamvault/recording';
import { streamerCategory } from '@streamvault/streamers';
import type { ServerRuntime } from '../runtime/server-runtime.js';
import { LedgerFinalizer } from './ledger-finalizer.js';
import { PartsJanitor } from './parts-janitor.js';
import { PostProcessing } from './post-processing.js';

/** Every second of it is a second of a broadcast that nobody takes. */
const catchUpMilliseconds = 5000;

/** Runs the recorder and what tidies up after it, for as long as the server does. */
export class RecorderHost {
  readonly recorder: Recorder;
  readonly #runtime: ServerRuntime;
  readonly #janitor: PartsJanitor;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>[] = [];

  constructor(runtime: ServerRuntime, commands: CommandBus, sources: SourceResolver) {
    const {
      engine,
      folders,
      kernelLogger: logger,
      library,
      media,
      orm,
      progress,
      recordingStreams: streams,
      settings,
    } = runtime;
    this.#runtime = runtime;
    this.recorder = new Recorder({
      streams,
      folders,
      clock: systemClock,
      logger,
      send: (recordingId, report, metadata) => commands.execute(new ReportToRecording(recordingId, report, metadata)),
      effects: new RecordingEffects({
        engine,
        sources,
        folders,
        progress,
        logger,
        clock: systemClock,
        finalizer: new LedgerFinalizer(folders, media, library, systemClock),
        steps: new PostProcessing(commands, streams, media, library, systemClock),
      }),
    });
    this.#janitor = new PartsJanitor({
      em: () => orm.em,
      folders,
      media: runtime.recordingMedia,
      graceSeconds: settings.partsGraceSeconds,
      clock: systemClock,
      logger,
      report: (recordingId, bytes) => this.#reportDiscard(commands, recordingId, bytes),
    });
  }

  /** Takes up what was open, and follows the log from there. Settles when all of it runs again. */
  async start(): Promise<void> {
    const { kernelLogger: logger, projections, registry, settings, store } = this.#runtime;
    if (settings.roles.has('recorder')) {
      // The position first: what happens between the two is told again, and does no harm.
      const from = (await store.headPosition()) ?? 'start';
      await this.recorder.restore(await this.#openRecordings(from));
      this.#running.push(
        followLog<RecordingEvent>({
          store,
          registry,
          filter: { categories: [recordingCategory] },
          from,
          signal: this.#stopping.signal,
          handle: (event) => this.recorder.apply(event),
          onError: (error, event) =>
            logger.error('The recorder could not take an event and tries again', { error, position: event?.position }),
        }),
        this.#prepare(),
      );
    }
    if (settings.roles.has('scheduler') && !settings.keepParts && projections.status().length > 0)
      this.#running.push(this.#janitor.run(this.#stopping.signal));
  }

  /** Whoever has a channel will record: what that takes begins with the first one, and a server without any stays small. */
  async #prepare(): Promise<void> {
    const { engine, kernelLogger: logger, registry, store } = this.#runtime;
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

  /** Leaves every recording so that it can be taken up again. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.recorder.stop();
    await Promise.all(this.#running);
  }

  /** As the read model knows them, where it is there in time; else as the log does, which takes a scan of it. */
  async #openRecordings(at: Position | 'start'): Promise<number[]> {
    const { kernelLogger: logger, orm, projections, registry, store } = this.#runtime;
    if (at === 'start') return [];
    const names = [recordingViewProjection.name];
    try {
      if (await projections.waitFor(at, { timeoutMs: catchUpMilliseconds, projections: names }))
        return await findOpenRecordings(orm.em);
    } catch (error) {
      // The read database went away in between.
      logger.warn('The read model could not say which recordings are open', { error });
    }
    logger.warn('The recorder does not wait for its read model and takes up open recordings from the log', {});
    return foldOpenRecordings(store, registry);
  }

  async #reportDiscard(commands: CommandBus, recordingId: number, bytes: number): Promise<void> {
    const loaded = await this.#runtime.recordingStreams.load(recordingId);
    if (!loaded) return;
    const now = new Date(systemClock.now()).toISOString();
    await commands.execute(
      new ReportToRecording(
        recordingId,
        { type: 'ReportPartsDiscarded', at: now, bytes },
        {
          commandId: deterministicId(`discard ${recordingId}`),
          correlationId: loaded.latest.correlationId,
          causationId: loaded.latest.id,
          actor: 'scheduler',
          now,
        },
      ),
    );
  }
}

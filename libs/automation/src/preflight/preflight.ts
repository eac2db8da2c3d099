import { EntityManager } from '@mikro-orm/core';
import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { activeRecordingStates, type PreflightFacts, type PreflightProblem } from '@streamvault/api-contract';
import { INSTALLATION, type Installation, KERNEL_LOGGER, type KernelLogger } from '@streamvault/kernel';
import { LibraryRoot, RecordingRow, ServerSources } from '@streamvault/recording';
import { DiskWatch } from '@streamvault/storage';
import { type EffectiveStreamer, StreamerRow, StreamerStreams } from '@streamvault/streamers';
import { BroadcastRow } from '../read-models/broadcast-row.entity.js';
import { TwitchConnection } from '../twitch/twitch-connection.js';
import { checkCredentials } from './credential-checks.js';
import { expectedNext, usualBytes } from './expected-broadcasts.js';
import { aboutQuality, aboutRoom } from './findings.js';
import { checkFolders } from './folder-checks.js';
import { PreflightLog } from './preflight-log.js';
import { SourceChecks } from './source-checks.js';

const habitFrom = 30;
const quantityFrom = 5;
const dayMilliseconds = 24 * 3600 * 1000;
/** Changes come in bursts: an import of follows, a form that is saved twice. */
const gatherMilliseconds = 3000;
const mostProblems = 500;

type Expected = PreflightFacts['expected'][number];

/** Checks everything that the next recordings need, before they need it. */
@Injectable()
export class Preflight implements BeforeApplicationShutdown {
  readonly #stopping = new AbortController();
  readonly #sourceChecks: SourceChecks;
  #running: Promise<PreflightFacts> | undefined;
  #soon: NodeJS.Timeout | undefined;

  constructor(
    private readonly em: EntityManager,
    private readonly streamers: StreamerStreams,
    private readonly connection: TwitchConnection,
    private readonly disks: DiskWatch,
    private readonly log: PreflightLog,
    private readonly root: LibraryRoot,
    sources: ServerSources,
    @Inject(INSTALLATION) private readonly installation: Installation,
    @Inject(KERNEL_LOGGER) private readonly logger: KernelLogger,
  ) {
    this.#sourceChecks = new SourceChecks(sources, connection);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.#soon);
    this.#stopping.abort(new Error('StreamVault was stopped'));
    await this.#running?.catch(() => undefined);
  }

  /** Something changed: everything is checked again soon. */
  soon(): void {
    if (this.#soon || this.#stopping.signal.aborted) return;
    this.#soon = setTimeout(() => {
      this.#soon = undefined;
      this.check(this.#stopping.signal).catch((error: unknown) => {
        if (!this.#stopping.signal.aborted) this.logger.warn('The preflight failed', { error });
      });
    }, gatherMilliseconds);
    this.#soon.unref();
  }

  /** Overlapping checks become one. */
  check(signal: AbortSignal): Promise<PreflightFacts> {
    const either = AbortSignal.any([signal, this.#stopping.signal]);
    this.#running ??= this.#check(either).finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #check(signal: AbortSignal): Promise<PreflightFacts> {
    const now = Date.now();
    const watched = await this.#watched();
    const recorded = await this.#recorded();
    const watchesTwitch = watched.some(({ platform }) => platform === 'twitch');
    const [sources, { credentials, problems }, folders, history] = await Promise.all([
      this.#sourceChecks.check(watched, recorded, signal),
      checkCredentials(this.connection, watchesTwitch, signal),
      checkFolders([
        { name: 'DATA_DIR', path: this.installation.dataDirectory },
        {
          name: 'RECORDINGS_DIR',
          path: this.installation.recordingsDirectory,
          requireThere: () => this.root.requireThere(),
        },
      ]),
      this.#history(watched, now, signal),
    ]);
    signal.throwIfAborted();
    const expected = history.flatMap(({ next }) => next ?? []).toSorted((one, other) => (one.at < other.at ? -1 : 1));
    const room = await this.#room(expected);
    const facts: PreflightFacts = {
      checkedAt: new Date(now).toISOString(),
      streamers: watched.length,
      problems: [
        ...folders,
        ...(room ? aboutRoom(room.freeBytes, room.neededBytes, room.until) : []),
        ...problems,
        ...sources,
        ...history.flatMap(({ quality }) => quality),
      ].slice(0, mostProblems),
      credentials,
      expected,
      room,
    };
    await this.log.note(facts);
    return facts;
  }

  async #watched(): Promise<EffectiveStreamer[]> {
    const rows = await this.em.fork().find(StreamerRow, {}, { fields: ['id'], orderBy: { id: 'asc' } });
    const known: EffectiveStreamer[] = [];
    for (const { id } of rows) {
      const streamer = await this.streamers.find(id);
      if (streamer?.autoRecord) known.push(streamer);
    }
    return known;
  }

  async #recorded(): Promise<ReadonlySet<number>> {
    const where = { state: { $in: [...activeRecordingStates] } };
    const rows = await this.em.fork().find(RecordingRow, where, { fields: ['streamerId'] });
    return new Set(rows.map(({ streamerId }) => streamerId));
  }

  async #history(
    streamers: readonly EffectiveStreamer[],
    now: number,
    signal: AbortSignal,
  ): Promise<{ quality: PreflightProblem[]; next: Expected | undefined }[]> {
    const all: { quality: PreflightProblem[]; next: Expected | undefined }[] = [];
    const em = this.em.fork();
    for (const streamer of streamers) {
      signal.throwIfAborted();
      const { id: streamerId, name: streamerName } = streamer;
      const latest = { orderBy: { id: 'desc' } } as const;
      const over = { streamerId, state: { $in: ['completed', 'failed'] as ('completed' | 'failed')[] } };
      const recordings = await em.find(RecordingRow, over, { ...latest, limit: quantityFrom });
      const broadcasts = await em.find(BroadcastRow, { streamerId }, { ...latest, limit: habitFrom });
      const [last] = recordings;
      const quality = aboutQuality(
        streamer,
        last && {
          state: last.state,
          capturedRatio: last.context.totals?.capturedRatio ?? null,
          failure: last.context.failure?.message ?? null,
        },
      );
      const isLive = broadcasts.some(({ isOpen }) => isOpen);
      const starts = broadcasts.map(({ context }) => Date.parse(context.startedAt));
      const at = isLive ? undefined : expectedNext(starts, now);
      const bytes = usualBytes(recordings.map(({ context }) => context.totals?.bytes ?? 0));
      const isNear = at !== undefined && at - now <= dayMilliseconds;
      const next = isNear ? { streamerId, streamerName, at: new Date(at).toISOString(), bytes } : undefined;
      all.push({ quality, next });
    }
    return all;
  }

  async #room(expected: readonly Expected[]): Promise<PreflightFacts['room']> {
    await this.disks.check();
    const disk = this.disks.status.find(({ folders }) => folders.split(', ').includes('RECORDINGS_DIR'));
    if (!disk || !Number.isFinite(disk.freeBytes)) return null;
    const [first] = expected;
    const seconds = first ? Math.max(0, Date.parse(first.at) - Date.now()) / 1000 : 0;
    const written = Math.round(disk.bytesPerSecond * seconds);
    const neededBytes = written + expected.reduce((sum, { bytes }) => sum + bytes, 0);
    return { freeBytes: disk.freeBytes, neededBytes, until: first?.at ?? null };
  }
}

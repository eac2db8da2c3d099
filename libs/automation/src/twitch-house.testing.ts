import type { EntityManager } from '@mikro-orm/core';
import type { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { EventStore, Position } from '@streamvault/event-store';
import {
  Claims,
  CommandHandling,
  DomainError,
  type EventRegistry,
  IdSequence,
  type Installation,
  type KernelLogger,
  type LeaseTimes,
  type ReadEvent,
} from '@streamvault/kernel';
import { type RecordingStreams, type ServerSources, StartRecording } from '@streamvault/recording';
import type { StreamerStreams } from '@streamvault/streamers';
import { BroadcastStreams } from './broadcast-streams.js';
import { causedByLook } from './caused-by.js';
import { ReportSighting } from './commands/report-sighting/report-sighting.command.js';
import { ReportSightingHandler } from './commands/report-sighting/report-sighting.handler.js';
import { TellBroadcast } from './commands/tell-broadcast/tell-broadcast.command.js';
import { TellBroadcastHandler } from './commands/tell-broadcast/tell-broadcast.handler.js';
import { broadcastCategory, type BroadcastEvent } from './domain/broadcast-events.js';
import { type BroadcastSnapshot, type BroadcastState, evolve } from './domain/broadcast-state.js';
import { barely, type Liveness } from './domain/sighting.js';
import type { BroadcastPolicy } from './domain/verdict.js';
import { NoticesAtOnce } from './eventsub/at-once.js';
import { noticeCategory } from './eventsub/notice-events.js';
import { NoticeInbox } from './eventsub/notice-inbox.js';
import { broadcastIdOf } from './reactions/broadcast-id-of.js';
import { ReportWhatTwitchNotices } from './reactions/report-what-twitch-notices.js';
import { StartRecordingWhenBroadcastGoesLive } from './reactions/start-recording-when-broadcast-goes-live.js';
import type { BroadcastRow } from './read-models/broadcast-row.entity.js';
import type { OpenBroadcasts } from './read-models/open-broadcasts.js';
import type { FormerBroadcasts } from './read-models/former-broadcasts.js';
import { RecordingStarter } from './recording-starter.js';
import { AppToken } from './twitch/app-token.js';
import { Helix } from './twitch/helix.js';
import { TwitchApi } from './twitch/twitch-api.js';
import type { TwitchConnection } from './twitch/twitch-connection.js';
import { TwitchHttp } from './twitch/twitch-http.js';
import { LiveBoard } from './watch/live-board.js';
import { LiveObserver } from './watch/live-observer.js';
import { TwitchChannels } from './watch/twitch-channels.js';
import { TwitchWatch } from './watch/twitch-watch.js';

export const patienceSeconds = 720;
const quiet: KernelLogger = { info: () => {}, warn: () => {}, error: () => {} };
const policy: BroadcastPolicy = {
  patienceSeconds,
  stopsOnChangeAfterSeconds: null,
  judge: () => ({
    decision: 'record',
    rule: null,
    reason: { code: 'auto-record.on', message: 'Automatic recording is on.' },
    judgeAgainAt: null,
  }),
};

export interface DayRecording {
  readonly id: number;
  readonly streamerId: number;
  readonly broadcastId: number;
  isActive: boolean;
}

/** What survives a process: the log, the recordings in it, and the list of streamers. */
export interface Installed {
  readonly store: EventStore;
  readonly registry: EventRegistry;
  /** Logins by the streamer's id. */
  readonly streamers: ReadonlyMap<number, string>;
  readonly recordings: DayRecording[];
  /** Whether their playlist can be played now. */
  readonly plays: (streamerId: number) => boolean;
  /** Of several processes over one log; then a test starts the watch itself. */
  readonly leaseTimes?: LeaseTimes;
  readonly settings: {
    readonly TWITCH_ID_URL: string;
    readonly TWITCH_HELIX_URL: string;
    readonly TWITCH_EVENTSUB_URL: string;
    readonly clientId: string;
    readonly clientSecret: string;
  };
}

/**
 * One process that watches Twitch: the real client, watch, inbox, observer, broadcasts and reactions over a log; only
 * the recorder is a model. It is killed by discarding it.
 */
export class TwitchHouse {
  readonly watch: TwitchWatch;
  readonly #installed: Installed;
  readonly #streams: BroadcastStreams;
  readonly #notices: ReportWhatTwitchNotices;
  readonly #starts: StartRecordingWhenBroadcastGoesLive;
  readonly #commands: CommandBus;
  readonly #http = new TwitchHttp();
  readonly #atOnce: NoticesAtOnce;
  readonly #broadcasts = new Map<number, BroadcastState>();
  readonly #stopping = new AbortController();
  #position: Position | undefined;
  /** Number of checks by this process, for unique ids. */
  #looks = 0;
  readonly #lastWords = new Map<number, Liveness>();

  constructor(
    installed: Installed,
    readonly name: string,
  ) {
    this.#installed = installed;
    const { registry, settings, store, streamers } = installed;
    const handling = new CommandHandling({ store, registry });
    this.#streams = new BroadcastStreams(handling, new Claims(store), new IdSequence(store));
    const policies = { of: () => Promise.resolve(policy) };
    const sees = new ReportSightingHandler(this.#streams, policies);
    const tells = new TellBroadcastHandler(this.#streams, policies);
    this.#commands = {
      execute: (command: unknown) => {
        if (command instanceof ReportSighting) return sees.execute(command);
        if (command instanceof TellBroadcast) return tells.execute(command);
        if (command instanceof StartRecording) return this.#record(command);
        throw new TypeError('Nobody here takes such a command.');
      },
    } as unknown as CommandBus;
    const { clientId, clientSecret } = settings;
    const helix = new Helix({ baseUrl: settings.TWITCH_HELIX_URL, clientId, http: this.#http });
    const appToken = new AppToken({ clientId, clientSecret }, settings.TWITCH_ID_URL, this.#http);
    const api = new TwitchApi(helix, appToken);
    const connection = { http: this.#http, settings, signedIn: { clientId, appToken, helix, api } };
    const inbox = new NoticeInbox(store, registry);
    const rows = [...streamers].map(([id, login]) => ({ id, url: `https://www.twitch.tv/${login}` }));
    const channels = new TwitchChannels(store, registry);
    const sources = { look: ({ url }: { url: string }) => Promise.resolve(this.#playlistOf(url)) };
    const found = {
      find: (id: number) => Promise.resolve({ ...rows.find((row) => row.id === id), platform: 'twitch' }),
    };
    this.watch = new TwitchWatch(
      { fork: () => ({ find: () => Promise.resolve(rows) }) } as unknown as EntityManager,
      this.#commands,
      connection as unknown as TwitchConnection,
      channels,
      this.#open(),
      new LiveObserver(this.#commands, new LiveBoard()),
      this.#streams,
      sources as unknown as ServerSources,
      found as unknown as StreamerStreams,
      registry,
      inbox,
      store,
      quiet,
      {
        roles: new Set(['scheduler']),
        publicUrl: undefined,
        sharesLog: installed.leaseTimes !== undefined,
      } as unknown as Installation,
      installed.leaseTimes,
    );
    this.#notices = new ReportWhatTwitchNotices(this.#commands, channels, this.#streams, this.watch);
    const nothing = { recordingsOf: () => Promise.resolve([]) } as unknown as FormerBroadcasts;
    const none = { execute: () => Promise.resolve(undefined) } as unknown as QueryBus;
    const recordings = { current: () => Promise.resolve(undefined) } as unknown as RecordingStreams;
    const starter = new RecordingStarter(this.#commands, this.#streams, recordings, none, nothing);
    this.#starts = new StartRecordingWhenBroadcastGoesLive(starter);
    const roles = { roles: new Set(['scheduler']) } as unknown as Installation;
    this.#atOnce = new NoticesAtOnce(inbox, this.#notices, channels, this.#streams, starter, roles, quiet);
    this.#atOnce.onModuleInit();
    // Else its lease opens it.
    if (!installed.leaseTimes) this.watch.openLink();
  }

  /** The broadcasts in the log now, by id. */
  get broadcasts(): ReadonlyMap<number, BroadcastState> {
    return this.#broadcasts;
  }

  /**
   * Everything that this process would do by now: check Twitch, receive notices, handle what time brings, and record.
   */
  async minute(): Promise<void> {
    await this.#atOnce.idle();
    await this.watch.look(this.#stopping.signal);
    await this.settle();
    const now = new Date().toISOString();
    for (const [id, state] of this.#broadcasts)
      if (state && state.value !== 'ended')
        await this.#commands.execute(new TellBroadcast(id, { type: 'PassTime' }, this.#look(`pass ${id} ${now}`)));
    await this.settle();
  }

  /** Until the log has nothing new: reactions, and what the recorder learns from its sources. */
  async settle(): Promise<void> {
    do await this.#recorder();
    while (await this.#react());
  }

  /** kill -9: nothing is written, and nothing kept. */
  async kill(): Promise<void> {
    this.#stopping.abort();
    await this.#atOnce.beforeApplicationShutdown();
    await this.watch.beforeApplicationShutdown();
  }

  async #react(): Promise<boolean> {
    const { registry, store } = this.#installed;
    const after = this.#position;
    const news: ReadEvent[] = [];
    for await (const recorded of store.readAll(after === undefined ? {} : { after }))
      news.push(registry.read(recorded));
    for (const event of news) {
      this.#position = event.position;
      if (event.stream.startsWith(`${broadcastCategory}-`)) {
        const id = broadcastIdOf(event);
        this.#broadcasts.set(id, evolve(this.#broadcasts.get(id), event as ReadEvent & BroadcastEvent));
        await this.#starts.handle(event);
        await this.#stops(event as ReadEvent & BroadcastEvent, id);
      }
      // After a start the last notices come again: they are handled as if for the first time.
      if (event.stream.startsWith(`${noticeCategory}-`)) await this.#notices.handle(event);
    }
    return news.length > 0;
  }

  #stops({ type }: BroadcastEvent, broadcastId: number): Promise<void> {
    if (type === 'BroadcastEnded')
      for (const recording of this.#installed.recordings)
        if (recording.broadcastId === broadcastId) recording.isActive = false;
    return Promise.resolve();
  }

  async #record({ streamerId, metadata, occasion }: StartRecording): Promise<{ answer: { recordingId: number } }> {
    const { recordings } = this.#installed;
    const broadcastId = Number(occasion.broadcastId);
    // The command's id comes from the broadcast: started twice, it is the same recording.
    const known = recordings.find((recording) => recording.broadcastId === broadcastId);
    if (known) return { answer: { recordingId: known.id } };
    if (recordings.some((recording) => recording.streamerId === streamerId && recording.isActive))
      throw new AlreadyActive(metadata.commandId);
    const id = recordings.length + 1;
    recordings.push({ id, streamerId, broadcastId, isActive: true });
    return Promise.resolve({ answer: { recordingId: id } });
  }

  /** Media that arrives, or a list that ended: reported on a change. */
  async #recorder(): Promise<void> {
    for (const { id, isActive, streamerId } of this.#installed.recordings) {
      if (!isActive) continue;
      const word: Liveness = this.#installed.plays(streamerId) ? 'live' : 'offline';
      if (this.#lastWords.get(id) === word) continue;
      this.#lastWords.set(id, word);
      const sighting = barely('playlist', word, new Date().toISOString());
      await this.#commands.execute(new ReportSighting(streamerId, sighting, this.#look(`recorder ${id} ${word}`)));
    }
  }

  #playlistOf(url: string): Liveness {
    const login = url.split('/').at(-1);
    const found = [...this.#installed.streamers].find(([, known]) => known === login);
    return found && this.#installed.plays(found[0]) ? 'live' : 'offline';
  }

  #open(): OpenBroadcasts {
    const open = () =>
      [...this.#broadcasts.values()].filter(
        (state): state is BroadcastSnapshot => state !== undefined && state.value !== 'ended',
      );
    return {
      all: () =>
        Promise.resolve(
          new Map(
            open().map(({ value, context }) => [
              context.streamerId,
              { id: context.broadcastId, state: value, context } as unknown as BroadcastRow,
            ]),
          ),
        ),
    } as unknown as OpenBroadcasts;
  }

  #look(what: string) {
    this.#looks += 1;
    return causedByLook(`${this.name} ${this.#looks} ${what}`);
  }
}

class AlreadyActive extends DomainError {
  readonly code = 'recording.already-active';
  readonly kind = 'conflict';
}

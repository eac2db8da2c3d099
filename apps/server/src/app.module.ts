import { EntityManager } from '@mikro-orm/core';
import { type DynamicModule, type FactoryProvider, Module, type Provider } from '@nestjs/common';
import { CommandBus, CqrsModule, QueryBus } from '@nestjs/cqrs';
import { Connections } from '@streamvault/network';
import { Claims, CommandHandling, EventRegistry, IdSequence, ProjectionRunner } from '@streamvault/kernel';
import { AddVideoHandler, GetVideoFilesHandler, GetVideoHandler, ListVideosHandler } from '@streamvault/library';
import {
  ActiveRecordingClaim,
  CancelRecordingHandler,
  GetActiveRecordings,
  GetActiveRecordingsHandler,
  GetRecordingHandler,
  ListQueueHandler,
  ListRecordingsHandler,
  ProgressBoard,
  RECORDING_ADMISSION,
  RecordingStreams,
  ReportToRecordingHandler,
  RetryRecordingHandler,
  RetryStepHandler,
  StartRecordingHandler,
  StopRecordingHandler,
  STREAMER_DIRECTORY,
  type StreamerDirectory,
} from '@streamvault/recording';
import {
  AddStreamerHandler,
  ChangeStreamerHandler,
  FindStreamerByUrlHandler,
  GetStreamerHandler,
  ListStreamersHandler,
  PROXY_NAMES,
  RECORDING_ACTIVITY,
  type RecordingActivity,
  RemoveStreamerHandler,
  StreamerStreams,
} from '@streamvault/streamers';
import { AuditController } from './audit/audit.controller.js';
import { ProjectionsController } from './audit/projections.controller.js';
import { StreamHistory } from './audit/stream-history.js';
import { DemoChannel } from './demo/demo-channel.js';
import { SecretVault } from '@streamvault/secrets';
import { DiskWatch } from '@streamvault/storage';
import { proxyCheck } from './health/proxy-check.js';
import { HealthChecks } from './health/health-checks.js';
import { Metrics } from './health/metrics.js';
import { SystemController } from './health/system.controller.js';
import { CommandDoor } from '@streamvault/http-kit';
import { DemoController } from './http/demo.controller.js';
import { ProxiesController } from './http/proxies.controller.js';
import { RecordingCommandsController } from './http/recording-commands.controller.js';
import { RecordingsController } from './http/recordings.controller.js';
import { StreamersController } from './http/streamers.controller.js';
import { VideosController } from './http/videos.controller.js';
import { LiveController } from './live/live.controller.js';
import { LiveFeed } from './live/live-feed.js';
import { RecorderHost } from './recorder/recorder-host.js';
import { RecordingMedia } from './recorder/recording-media.js';
import { ServerSources } from './recorder/server-sources.js';
import type { ServerRuntime } from './runtime/server-runtime.js';
import { EVENT_STORE, LOGGER, SETTINGS } from './runtime/tokens.js';
import { version } from './version.js';

const handlers: Provider[] = [
  AddStreamerHandler,
  ChangeStreamerHandler,
  RemoveStreamerHandler,
  ListStreamersHandler,
  GetStreamerHandler,
  FindStreamerByUrlHandler,
  StartRecordingHandler,
  StopRecordingHandler,
  CancelRecordingHandler,
  RetryRecordingHandler,
  RetryStepHandler,
  ReportToRecordingHandler,
  ListRecordingsHandler,
  GetRecordingHandler,
  GetActiveRecordingsHandler,
  ListQueueHandler,
  AddVideoHandler,
  ListVideosHandler,
  GetVideoHandler,
  GetVideoFilesHandler,
];

/** What a context needs of another one, and gets from here. */
function bridges({ activeClaim, streamerStreams }: ServerRuntime): FactoryProvider[] {
  return [
    {
      provide: STREAMER_DIRECTORY,
      useFactory: (): StreamerDirectory => ({ find: (streamerId) => streamerStreams.find(streamerId) }),
    },
    {
      provide: RECORDING_ACTIVITY,
      inject: [QueryBus],
      useFactory: (queries: QueryBus): RecordingActivity => ({
        active: () => queries.execute(new GetActiveRecordings()),
        activeOf: (streamerId, now) => activeClaim.active(streamerId, now),
      }),
    },
  ];
}

@Module({})
export class AppModule {
  static with(runtime: ServerRuntime, demo: DemoChannel, sources: ServerSources, disk: DiskWatch): DynamicModule {
    const { orm, progress, projections, registry, settings, store } = runtime;
    const given: readonly (readonly [object | symbol, unknown])[] = [
      [SETTINGS, settings],
      [LOGGER, runtime.logger],
      [EVENT_STORE, store],
      [EventRegistry, registry],
      [ProjectionRunner, projections],
      [EntityManager, orm.em],
      [CommandHandling, runtime.handling],
      [SecretVault, runtime.secrets],
      [IdSequence, runtime.ids],
      [Claims, runtime.claims],
      [RecordingStreams, runtime.recordingStreams],
      [StreamerStreams, runtime.streamerStreams],
      [ActiveRecordingClaim, runtime.activeClaim],
      [ProgressBoard, progress],
      [RecordingMedia, runtime.recordingMedia],
      [CommandDoor, new CommandDoor(runtime.idempotency, projections)],
      [LiveFeed, new LiveFeed({ store, registry, projections, progress, logger: runtime.kernelLogger })],
      [StreamHistory, new StreamHistory(store, registry)],
      [DemoChannel, demo],
      [DiskWatch, disk],
      [RECORDING_ADMISSION, disk],
      [ServerSources, sources],
      [Connections, runtime.connections],
      [PROXY_NAMES, settings.sourceProxies],
    ];
    const api = [
      StreamersController,
      RecordingCommandsController,
      RecordingsController,
      VideosController,
      LiveController,
      AuditController,
      ProjectionsController,
      DemoController,
      ProxiesController,
    ];
    return {
      module: AppModule,
      imports: [CqrsModule.forRoot()],
      controllers: [SystemController, ...(settings.roles.has('api') ? api : [])],
      providers: [
        ...given.map(([provide, useValue]): Provider => ({ provide: provide as symbol, useValue })),
        ...bridges(runtime),
        ...handlers,
        {
          provide: RecorderHost,
          inject: [CommandBus],
          useFactory: (commands: CommandBus) => new RecorderHost(runtime, commands, sources),
        },
        {
          provide: HealthChecks,
          inject: [RecorderHost],
          useFactory: ({ recorder }: RecorderHost) =>
            new HealthChecks({
              version,
              settings,
              disk,
              store,
              orm,
              projections,
              recorder,
              tools: runtime.media.tools,
              secrets: runtime.secrets,
              demo: () => demoCheck(demo),
              proxies: () =>
                proxyCheck(settings.sourceProxies.status(runtime.connections.proxies, Date.now()), sources),
              streamlink: () => sources.streamlink.state(),
            }),
        },
        {
          provide: Metrics,
          inject: [RecorderHost, LiveFeed],
          useFactory: ({ recorder }: RecorderHost, feed: LiveFeed) =>
            new Metrics({
              version,
              progress,
              recorder,
              projections,
              feed,
              disk,
              proxies: () => settings.sourceProxies.status(runtime.connections.proxies, Date.now()),
            }),
        },
      ],
    };
  }
}

/** The demo being away hurts nobody's recordings: it is told, and no more. */
function demoCheck(demo: DemoChannel): { status: 'ok' | 'warn'; detail: string } {
  const { state, failure } = demo.status();
  return failure === undefined ? { status: 'ok', detail: state } : { status: 'warn', detail: failure };
}

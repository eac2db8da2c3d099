import { EntityManager } from '@mikro-orm/core';
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { ScheduleModule } from '@nestjs/schedule';
import { contexts } from '@streamvault/contexts';
import { CommandDoor, FastLane } from '@streamvault/http-kit';
import {
  ALL_HEALTH_SOURCES,
  ALL_METRICS_SOURCES,
  ALL_REACTIONS,
  Claims,
  CommandHandling,
  composeContexts,
  Consistency,
  Contexts,
  EVENT_STORE,
  EventRegistry,
  type HealthSource,
  IdSequence,
  INSTALLATION,
  type Installation,
  KERNEL_LOGGER,
  LiveFeed,
  type MetricsSource,
  ProjectionHealth,
  ProjectionMetrics,
  ProjectionRunner,
  type Reaction,
  ReactionHealth,
  ReactionMetrics,
  ReactionRunner,
} from '@streamvault/kernel';
import { WorkQueue } from '@streamvault/jobs';
import { MEDIA } from '@streamvault/media';
import { Connections, ProxyList } from '@streamvault/network';
import {
  ActiveRecordingClaim,
  ContributedSteps,
  LibraryRoot,
  liveProgress,
  OUTPUT_NAMES,
  type OutputNames,
  ProgressBoard,
  RECORDING_ADMISSION,
  RecorderHost,
  RecorderMetrics,
  RecordingMedia,
  RecordingStreams,
  ServerSources,
  SourceProxiesHealth,
  StreamlinkHealth,
  TwitchAccountHealth,
} from '@streamvault/recording';
import { SecretVault } from '@streamvault/secrets';
import { DiskMetrics, DiskWatch } from '@streamvault/storage';
import { PROXY_NAMES } from '@streamvault/streamers';
import { HealthChecks } from './health/health-checks.js';
import { Metrics } from './health/metrics.js';
import { SystemController } from './health/system.controller.js';
import type { ServerRuntime } from './runtime/server-runtime.js';
import type { Settings } from './settings/settings.js';
import { version } from './version.js';

@Module({})
export class AppModule {
  static with(runtime: ServerRuntime, sources: ServerSources, disk: DiskWatch): DynamicModule {
    const { orm, progress, projections, registry, settings, store } = runtime;
    const given: readonly (readonly [object | symbol, unknown])[] = [
      [EVENT_STORE, store],
      [KERNEL_LOGGER, runtime.kernelLogger],
      [INSTALLATION, installationOf(settings)],
      [Contexts, contexts],
      [EventRegistry, registry],
      [ProjectionRunner, projections],
      [EntityManager, orm.em],
      [CommandHandling, runtime.handling],
      [SecretVault, runtime.secrets],
      [LibraryRoot, runtime.library],
      [IdSequence, runtime.ids],
      [Claims, runtime.claims],
      [RecordingStreams, runtime.recordingStreams],
      [ActiveRecordingClaim, runtime.activeClaim],
      [ProgressBoard, progress],
      [RecordingMedia, runtime.recordingMedia],
      [
        CommandDoor,
        new CommandDoor(runtime.idempotency, projections, new Consistency(store, contexts.publicCategories)),
      ],
      [
        LiveFeed,
        new LiveFeed({
          store,
          registry,
          projections,
          progress: () => liveProgress(progress),
          categories: contexts.publicCategories,
          logger: runtime.kernelLogger,
        }),
      ],
      [FastLane, new FastLane()],
      [DiskWatch, disk],
      [RECORDING_ADMISSION, disk],
      [ServerSources, sources],
      [Connections, runtime.connections],
      [MEDIA, runtime.media],
      [PROXY_NAMES, settings.sourceProxies],
      [ProxyList, settings.sourceProxies],
    ];
    const proxies = new SourceProxiesHealth(
      () => settings.sourceProxies.status(runtime.connections.proxies, Date.now()),
      sources,
    );
    const composed = composeContexts(contexts, settings.roles, settings.contexts);
    return {
      module: AppModule,
      imports: [CqrsModule.forRoot(), ScheduleModule.forRoot()],
      controllers: [SystemController, ...composed.controllers],
      providers: [
        ...given.map(([provide, useValue]): Provider => ({ provide: provide as symbol, useValue })),
        ...composed.providers,
        {
          provide: RecorderHost,
          inject: [CommandBus, OUTPUT_NAMES, WorkQueue, ContributedSteps],
          useFactory: (commands: CommandBus, names: OutputNames, work: WorkQueue, steps: ContributedSteps) =>
            recorderHost(runtime, commands, sources, names, work, steps),
        },
        {
          provide: ReactionRunner,
          inject: [ALL_REACTIONS],
          useFactory: (reactions: readonly Reaction[]) =>
            new ReactionRunner({ store, registry, reactions, roles: settings.roles, logger: runtime.kernelLogger }),
        },
        {
          provide: HealthChecks,
          inject: [RecorderHost, ReactionRunner, ALL_HEALTH_SOURCES],
          useFactory: (host: RecorderHost, reactions: ReactionRunner, more: readonly HealthSource[]) =>
            new HealthChecks({
              more: [
                new ProjectionHealth(projections),
                new ReactionHealth(reactions),
                { name: 'recorder', check: () => ({ status: 'ok', detail: `${host.recordingIds.length} open` }) },
                new TwitchAccountHealth(settings.twitch.userToken),
                new StreamlinkHealth(sources),
                proxies,
                ...more,
              ],
              version,
              diskThresholds: settings.diskThresholds,
              disk,
              folderWarnings: () => runtime.marks.warnings,
              store,
              orm,
              tools: runtime.media.tools,
              secrets: runtime.secrets,
            }),
        },
        {
          provide: Metrics,
          inject: [RecorderHost, LiveFeed, ReactionRunner, ALL_METRICS_SOURCES],
          useFactory: (host: RecorderHost, feed: LiveFeed, reactions: ReactionRunner, more: readonly MetricsSource[]) =>
            new Metrics(version, () => feed.viewers, [
              new RecorderMetrics(host, progress),
              new DiskMetrics(disk),
              proxies,
              new ProjectionMetrics(projections),
              new ReactionMetrics(reactions),
              ...more,
            ]),
        },
      ],
    };
  }
}

function recorderHost(
  runtime: ServerRuntime,
  commands: CommandBus,
  sources: ServerSources,
  names: OutputNames,
  work: WorkQueue,
  steps: ContributedSteps,
): RecorderHost {
  const { orm, recordingStreams: streams, settings } = runtime;
  return new RecorderHost({
    ...runtime,
    commands,
    em: () => orm.em,
    keepParts: settings.keepParts,
    logger: runtime.kernelLogger,
    names,
    partsGraceSeconds: settings.partsGraceSeconds,
    roles: settings.roles,
    sharesLog: installationOf(settings).sharesLog,
    sources,
    steps,
    streams,
    work,
  });
}

const installationOf = ({
  databaseUrl,
  dataDirectory,
  eventStoreUrl,
  publicUrl,
  recordingsDirectory,
  roles,
  timeZone,
  trustedProxies,
}: Settings): Installation => ({
  version,
  dataDirectory,
  recordingsDirectory,
  sharedDatabaseUrl: databaseUrl.startsWith('sqlite:') ? undefined : databaseUrl,
  publicUrl,
  trustedProxies,
  timeZone,
  roles,
  sharesLog: !/^(sqlite|memory):/.test(eventStoreUrl),
});

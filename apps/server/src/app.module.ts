import { EntityManager } from '@mikro-orm/core';
import { type DynamicModule, Module, type Provider, type Type } from '@nestjs/common';
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
  ProjectionRunner,
  type Reaction,
  ReactionHealth,
  ReactionMetrics,
  ReactionRunner,
} from '@streamvault/kernel';
import { WorkQueue } from '@streamvault/jobs';
import { PostProcessing } from '@streamvault/library';
import { MEDIA } from '@streamvault/media';
import { Connections } from '@streamvault/network';
import {
  ActiveRecordingClaim,
  LibraryRoot,
  liveProgress,
  OUTPUT_NAMES,
  type OutputNames,
  ProgressBoard,
  RECORDING_ADMISSION,
  RecorderHost,
  RecordingMedia,
  RecordingStreams,
  ServerSources,
} from '@streamvault/recording';
import { SecretVault } from '@streamvault/secrets';
import { DiskWatch } from '@streamvault/storage';
import { PROXY_NAMES } from '@streamvault/streamers';
import { HealthChecks } from './health/health-checks.js';
import { Metrics } from './health/metrics.js';
import { proxyCheck } from './health/proxy-check.js';
import { SystemController } from './health/system.controller.js';
import { ProxiesController } from './http/proxies.controller.js';
import { LiveController } from './http/live.controller.js';
import type { ServerRuntime } from './runtime/server-runtime.js';
import { LOGGER, SETTINGS } from './runtime/tokens.js';
import type { Settings } from './settings/settings.js';
import { version } from './version.js';

/** Controllers that belong to no context. */
export const apiControllers: readonly Type[] = [LiveController, ProxiesController];

@Module({})
export class AppModule {
  static with(runtime: ServerRuntime, sources: ServerSources, disk: DiskWatch): DynamicModule {
    const { orm, progress, projections, registry, settings, store } = runtime;
    const given: readonly (readonly [object | symbol, unknown])[] = [
      [SETTINGS, settings],
      [LOGGER, runtime.logger],
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
    ];
    const composed = composeContexts(contexts, settings.roles, settings.contexts);
    return {
      module: AppModule,
      imports: [CqrsModule.forRoot(), ScheduleModule.forRoot()],
      controllers: [SystemController, ...composed.controllers, ...(settings.roles.has('api') ? apiControllers : [])],
      providers: [
        ...given.map(([provide, useValue]): Provider => ({ provide: provide as symbol, useValue })),
        ...composed.providers,
        {
          provide: RecorderHost,
          inject: [CommandBus, OUTPUT_NAMES, WorkQueue, PostProcessing],
          useFactory: (commands: CommandBus, names: OutputNames, work: WorkQueue, steps: PostProcessing) =>
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
          useFactory: ({ recorder }: RecorderHost, reactions: ReactionRunner, more: readonly HealthSource[]) =>
            new HealthChecks({
              more: [new ReactionHealth(reactions), ...more],
              version,
              settings,
              disk,
              folderWarnings: () => runtime.marks.warnings,
              store,
              orm,
              projections,
              recorder,
              tools: runtime.media.tools,
              secrets: runtime.secrets,
              proxies: () =>
                proxyCheck(settings.sourceProxies.status(runtime.connections.proxies, Date.now()), sources),
              streamlink: () => sources.streamlink.state(),
            }),
        },
        {
          provide: Metrics,
          inject: [RecorderHost, LiveFeed, ReactionRunner, ALL_METRICS_SOURCES],
          useFactory: (
            { recorder }: RecorderHost,
            feed: LiveFeed,
            reactions: ReactionRunner,
            more: readonly MetricsSource[],
          ) =>
            new Metrics({
              more: [new ReactionMetrics(reactions), ...more],
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

function recorderHost(
  runtime: ServerRuntime,
  commands: CommandBus,
  sources: ServerSources,
  names: OutputNames,
  work: WorkQueue,
  steps: PostProcessing,
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

import { EntityManager } from '@mikro-orm/core';
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { ScheduleModule } from '@nestjs/schedule';
import { contexts } from '@streamvault/contexts';
import { CommandDoor, FastLane, SystemController } from '@streamvault/http-kit';
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
  HealthChecks,
  type HealthSource,
  IdSequence,
  INSTALLATION,
  type Installation,
  KERNEL_LOGGER,
  LiveFeed,
  Metrics,
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
import { MEDIA, ToolHealth } from '@streamvault/media';
import { Connections, ProxyList } from '@streamvault/network';
import {
  ActiveRecordingClaim,
  ContributedSteps,
  diskThresholdsOf,
  LibraryRoot,
  liveProgress,
  OUTPUT_GUARD,
  OUTPUT_NAMES,
  type OutputGuard,
  type RecorderHostParts,
  type OutputNames,
  ProgressBoard,
  RECORDING_ADMISSION,
  RecorderHost,
  RecorderMetrics,
  RecordingMedia,
  recordingSettings,
  RecordingStreams,
  ServerSources,
  CAPTURE_ENGINE,
  WorkFolders,
  SourceProxiesHealth,
  StreamlinkHealth,
  TwitchAccountHealth,
} from '@streamvault/recording';
import { SecretVault } from '@streamvault/secrets';
import { DiskMetrics, DisksHealth, DiskWatch, ReadModelsHealth } from '@streamvault/storage';
import { PROXY_NAMES } from '@streamvault/streamers';
import type { ServerRuntime } from './runtime/server-runtime.js';
import { type Settings, settingsOf } from './settings/settings.js';
import { version } from './version.js';

@Module({})
export class AppModule {
  static with(runtime: ServerRuntime, sources: ServerSources, disk: DiskWatch): DynamicModule {
    const { orm, progress, projections, registry, settings, store } = runtime;
    const recording = settingsOf(settings, recordingSettings);
    const disks = new DisksHealth(disk, diskThresholdsOf(recording), () => runtime.marks.warnings);
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
      [WorkFolders, runtime.folders],
      [CAPTURE_ENGINE, runtime.engine],
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
      [DisksHealth, disks],
      [RECORDING_ADMISSION, disk],
      [ServerSources, sources],
      [Connections, runtime.connections],
      [MEDIA, runtime.media],
      [PROXY_NAMES, recording.SOURCE_PROXIES],
      [ProxyList, recording.SOURCE_PROXIES],
    ];
    const proxies = new SourceProxiesHealth(
      () => recording.SOURCE_PROXIES.status(runtime.connections.proxies, Date.now()),
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
          inject: [CommandBus, OUTPUT_NAMES, OUTPUT_GUARD, WorkQueue, ContributedSteps],
          useFactory: (
            commands: CommandBus,
            names: OutputNames,
            guard: OutputGuard,
            work: WorkQueue,
            steps: ContributedSteps,
          ) => recorderHost(runtime, { commands, sources, names, guard, work, steps }),
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
            new HealthChecks([
              { name: 'eventStore', check: () => store.health() },
              new ReadModelsHealth(orm),
              disks,
              { name: 'secrets', check: () => runtime.secrets.check() },
              ...Object.entries(runtime.media.tools).map(([name, tool]) => new ToolHealth(name, tool)),
              new ProjectionHealth(projections),
              new ReactionHealth(reactions),
              ...(settings.roles.has('recorder') ? [recorderHealth(host)] : []),
              new TwitchAccountHealth(recording.TWITCH_USER_TOKEN),
              new StreamlinkHealth(sources),
              proxies,
              ...more,
            ]),
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

const recorderHealth = (host: RecorderHost): HealthSource => ({
  name: 'recorder',
  check: () => ({ status: 'ok', detail: `${host.recordingIds.length} open` }),
});

function recorderHost(
  runtime: ServerRuntime,
  parts: Pick<RecorderHostParts, 'commands' | 'sources' | 'names' | 'guard' | 'work' | 'steps'>,
): RecorderHost {
  const { orm, recordingStreams: streams, settings } = runtime;
  const recording = settingsOf(settings, recordingSettings);
  return new RecorderHost({
    ...runtime,
    ...parts,
    em: () => orm.em,
    keepParts: recording.KEEP_PARTS,
    logger: runtime.kernelLogger,
    partsGraceSeconds: recording.PARTS_GRACE_SECONDS,
    roles: settings.roles,
    sharesLog: installationOf(settings).sharesLog,
    streams,
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

import { errorCode, messageOf } from '@streamvault/failures';
import { DEFAULT_HLS_SETTINGS, systemClock, ThreadedCaptureEngine } from '@streamvault/capture';
import { contexts } from '@streamvault/contexts';
import { Connections } from '@streamvault/network';
import {
  Claims,
  CommandHandling,
  type EventRegistry,
  IdempotentCommands,
  IdSequence,
  type KernelLogger,
  ProjectionRunner,
  restoredOf,
  ThreadedRebuild,
} from '@streamvault/kernel';
import {
  type EventStore,
  EventStoreError,
  openEventStore,
  SqliteEventStore,
  type StreamName,
} from '@streamvault/event-store';
import { createMedia, locateTools, type Media } from '@streamvault/media';
import {
  ActiveRecordingClaim,
  defaultRecordingPolicy,
  LibraryRoot,
  ProgressBoard,
  RecordingMedia,
  recordingSettings,
  RecordingStreams,
  WorkFolders,
} from '@streamvault/recording';
import { SecretVault } from '@streamvault/secrets';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { FolderMarks, installationId } from '@streamvault/storage';
import { hash } from 'node:crypto';
import { type Settings, settingsOf } from '../settings/settings.js';
import { ensureFolder } from '@streamvault/storage';
import { kernelLogger } from './logging.js';
import { forRequests, openReadDatabase, type ReadOrm, rebuildPlaces } from '@streamvault/storage';
import { StartRefused } from '@streamvault/storage';
import { beginWithYoungGeneration } from '@streamvault/threads';

/** Half of the time that a platform has for its answer: behind a proxy that does not answer there may be another. */
const askingConnectSeconds = 5;
/**
 * With a hundred streamers there is a megabyte of garbage twenty times a second, and each collection costs a
 * millisecond.
 */
const captureSemiSpaceMb = 4;

const rebuildProgram = new URL('./rebuild-thread.js', import.meta.url);

/** Everything that is opened before requests are accepted, in order of dependency. */
export interface ServerRuntime {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly kernelLogger: KernelLogger;
  readonly store: EventStore;
  readonly registry: EventRegistry;
  /** For requests; gives up soon if the database does not answer. */
  readonly orm: ReadOrm;
  /** For writers, which may take their time. On SQLite it is the same one. */
  readonly patientOrm: ReadOrm;
  readonly projections: ProjectionRunner;
  readonly media: Media;
  readonly secrets: SecretVault;
  readonly handling: CommandHandling;
  readonly ids: IdSequence;
  readonly claims: Claims;
  readonly idempotency: IdempotentCommands;
  readonly recordingStreams: RecordingStreams;
  readonly activeClaim: ActiveRecordingClaim;
  readonly folders: WorkFolders;
  readonly marks: FolderMarks;
  readonly library: LibraryRoot;
  readonly progress: ProgressBoard;
  readonly recordingMedia: RecordingMedia;
  readonly engine: ThreadedCaptureEngine;
  /** For this thread's own requests: to find sources, and for programs that cannot use its routes. */
  readonly connections: Connections;
}

/** Sources first, the log last. */
export async function closeRuntime(runtime: ServerRuntime): Promise<void> {
  const { connections, engine, orm, patientOrm, projections, store } = runtime;
  await engine.close();
  await connections.close();
  await projections.stop();
  await orm.close();
  await patientOrm.close();
  await store.close();
}

/** @throws StartRefused with one line that says what to correct */
export async function openRuntime(settings: Settings, logger: Logger): Promise<ServerRuntime> {
  const { allowedPrivateHosts, directWrites } = settings;
  const recording = settingsOf(settings, recordingSettings);
  const work = join(settings.dataDirectory, 'work');
  // Only this user may read it; videos for others belong in a RECORDINGS_DIR elsewhere.
  await ensureFolder('DATA_DIR', settings.dataDirectory, 0o700);
  const owner = await ownerOf(settings);
  const marks = await FolderMarks.open(settings.dataDirectory, kernelLogger(logger), owner);
  const hasNewWork = await marks.take({ name: 'DATA_DIR', path: work });
  await marks.take({ name: 'RECORDINGS_DIR', path: settings.recordingsDirectory });
  const tools = await locateTools({ ffmpegPath: settings.ffmpegPath, ffprobePath: settings.ffprobePath }).catch(refuse);
  const store = await openEventStore(settings.eventStoreUrl).catch(refuse);
  if (store instanceof SqliteEventStore) for (const finding of store.findings) logger.warn(finding);
  const patientOrm = await openReadDatabase(settings.databaseUrl, contexts).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  const orm = await forRequests(settings.databaseUrl, patientOrm, contexts);
  const kernel = kernelLogger(logger);
  const registry = contexts.registry();
  const projections = new ProjectionRunner({
    store,
    registry,
    em: () => patientOrm.em,
    projections: contexts.projections,
    logger: kernel,
    places: rebuildPlaces(settings.databaseUrl, patientOrm, contexts),
    ...(settings.eventStoreUrl !== 'memory:' && { ahead: new ThreadedRebuild(rebuildProgram, settings) }),
  });
  const handling = new CommandHandling({ store, registry });
  const claims = new Claims(store);
  const recordingStreams = new RecordingStreams(handling, {
    ...defaultRecordingPolicy,
    firstBytesSeconds: recording.FIRST_BYTES_SECONDS,
    patienceSeconds: recording.PATIENCE_SECONDS,
  });
  const folders = new WorkFolders(work, (withinMs) => marks.isThere(work, withinMs), hasNewWork);
  const connections = new Connections({
    ...DEFAULT_HLS_SETTINGS,
    allowedPrivateHosts,
    connectTimeoutSeconds: askingConnectSeconds,
  });
  return {
    settings,
    logger,
    kernelLogger: kernel,
    store,
    registry,
    orm,
    patientOrm,
    projections,
    media: createMedia(tools),
    secrets: new SecretVault({ folder: join(settings.dataDirectory, 'secrets'), keyFile: settings.secretKeyFile }),
    handling,
    ids: new IdSequence(store, (kind, id) => isLeftOver(kind, id, folders, store)),
    claims,
    idempotency: new IdempotentCommands(store),
    recordingStreams,
    activeClaim: new ActiveRecordingClaim(claims, recordingStreams),
    folders,
    marks,
    library: new LibraryRoot(settings.recordingsDirectory, () => marks.isThere(settings.recordingsDirectory), owner),
    progress: new ProgressBoard(),
    recordingMedia: new RecordingMedia(folders, systemClock),
    engine: new ThreadedCaptureEngine({
      settings: { allowedPrivateHosts, directWrites },
      ffmpeg: { allowedPrivateHosts, ffmpegPath: tools.ffmpeg.path },
      proxies: connections.proxies,
      beforeThread: () => beginWithYoungGeneration(captureSemiSpaceMb),
    }),
    connections,
  };
}

/** The owner of the folders: the installation with an embedded log, or all processes that share the log of a server. */
async function ownerOf({ dataDirectory, eventStoreUrl }: Settings): Promise<string> {
  if (eventStoreUrl.startsWith('sqlite:') || eventStoreUrl === 'memory:') return installationId(dataDirectory);
  const withoutCredentials = eventStoreUrl.replace(/\/\/[^@/]*@/, '//');
  return `log-${hash('sha256', withoutCredentials).slice(0, 16)}`;
}

/**
 * Whether there is a folder with this number that belongs to no recording in the log, because the log went back.
 * Nothing may be recorded into it.
 */
async function isLeftOver(kind: string, id: number, folders: WorkFolders, store: EventStore): Promise<boolean> {
  if (await isRestored(store, `${kind}-${id}`)) return true;
  if (kind !== 'recording' || !(await folders.isUsed(id))) return false;
  return (await store.headRevision(`recording-${id}`)) === undefined;
}

/** Whether the number came back with what it belongs to, and was never given out by this log. */
async function isRestored(store: EventStore, stream: StreamName): Promise<boolean> {
  for await (const { metadata } of store.readStream(stream, { limit: 1 })) return restoredOf(metadata) !== undefined;
  return false;
}

/** What our own libraries refuse with says what to do; anything else is a defect and keeps its stack. */
function refuse(error: unknown): never {
  if (error instanceof EventStoreError) throw new StartRefused(error.message, { cause: error });
  if (errorCode(error)?.startsWith('media.') === true) throw new StartRefused(messageOf(error), { cause: error });
  throw error;
}

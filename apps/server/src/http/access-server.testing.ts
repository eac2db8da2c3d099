import { Module, type Provider, type Type } from '@nestjs/common';
import { CqrsModule, type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { accessContext, FirstRun } from '@streamvault/access';
import { contexts } from '@streamvault/contexts';
import { MemoryEventStore } from '@streamvault/event-store';
import {
  ALL_JOBS,
  CommandHandling,
  Contexts,
  EVENT_STORE,
  EventRegistry,
  INSTALLATION,
  KERNEL_LOGGER,
  roles,
} from '@streamvault/kernel';
import { GetVideo, VideoNotFound } from '@streamvault/library';
import { GetRecording, RecordingNotFound } from '@streamvault/recording';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { ALL_ROUTES_NEED, FastLane, SystemController } from '@streamvault/http-kit';
import { parseSettings } from '../settings/settings.js';
import { createApp } from './create-app.js';

export const everyRole = new Set(roles);
/** The controllers of the whole server, for tests. */
export const controllers: readonly Type[] = [
  SystemController,
  ...contexts.all.flatMap((context) => context.module?.(everyRole).controllers ?? []),
];
const silent = { info: () => {}, warn: () => {}, error: () => {} };
export const host = '127.0.0.1:8000';
export const password = 'quiet harbour before dawn';

/** The fields of a video that access needs. There are two videos, of two streamers. */
@QueryHandler(GetVideo)
class SomeVideos implements IQueryHandler<GetVideo> {
  execute({ videoId }: GetVideo) {
    if (videoId > 2) return Promise.reject(new VideoNotFound(videoId));
    return Promise.resolve({
      id: videoId,
      streamerId: videoId,
      title: `Video ${videoId}`,
      streamerName: 'Ferry',
      category: null,
      recordedAt: '2026-11-01T10:00:00.000Z',
      durationSeconds: 60,
      chapters: [],
    } as never);
  }
}

/** Two active recordings, of two streamers; recording 3 has become video 1. */
@QueryHandler(GetRecording)
class SomeRecordings implements IQueryHandler<GetRecording> {
  execute({ recordingId }: GetRecording) {
    if (recordingId > 3) return Promise.reject(new RecordingNotFound(recordingId));
    return Promise.resolve({
      id: recordingId,
      streamerId: recordingId === 3 ? 1 : recordingId,
      title: `Recording ${recordingId}`,
      streamerName: 'Ferry',
      category: null,
      startedAt: '2026-11-01T10:00:00.000Z',
      state: 'capturing',
      videoId: recordingId === 3 ? 1 : null,
    } as never);
  }
}

export interface AccessServer {
  readonly app: NestFastifyApplication;
  readonly store: MemoryEventStore;
}

export interface AccessServerOptions {
  /** Settings of the access context. */
  readonly settings?: object;
  /** The server's settings, by their environment names. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly publicUrl?: string;
  readonly providers?: readonly Provider[];
  readonly controllers?: readonly Type[];
  /** Instead of the controllers of access. */
  readonly instead?: readonly Type[];
  /** The log of another server, which then has the same accounts. */
  readonly store?: MemoryEventStore;
}

/**
 * The routes of these controllers with all that they declare, whose handlers only say that they were reached: what a request is
 * answered there is the verdict of everything before the handler, over real HTTP.
 */
export const shadowsOf = (originals: readonly Type[]): Type[] =>
  originals.map((original) => {
    class Shadow {}
    copyMetadata(original, Shadow);
    const handlers = Object.entries(Object.getOwnPropertyDescriptors(original.prototype as object));
    for (const [name, { value: handler }] of handlers) {
      if (typeof handler !== 'function' || !Reflect.hasMetadata('path', handler as object)) continue;
      const reached = () => ({ reached: name });
      copyMetadata(handler as object, reached);
      Object.defineProperty(Shadow.prototype, name, { value: reached, configurable: true, writable: true });
    }
    return Shadow;
  });

function copyMetadata(from: object, to: object): void {
  const kept = ['path', 'method', 'host', 'scope:options', '__controller__', ALL_ROUTES_NEED];
  for (const key of kept)
    if (Reflect.hasMetadata(key, from)) Reflect.defineMetadata(key, Reflect.getMetadata(key, from), to);
}

/** The address of a route about the thing with that id. */
export const addressOf = (path: string, id: string): string =>
  path.replaceAll(/:(\w+)/g, (_, name: string) => (name === 'id' ? id : '1'));

/** The access context alone, as in the server, with its own log and records. */
export async function openAccess(dataDirectory: string, options: AccessServerOptions = {}): Promise<AccessServer> {
  const { settings = {}, environment = {}, publicUrl, store = new MemoryEventStore() } = options;
  const registry = contexts.registry();
  const { providers, controllers: own = [] } = accessContext.module!(everyRole);
  const parsed = parseSettings({ ...environment, ...(publicUrl && { PUBLIC_URL: publicUrl }) }, false);
  @Module({})
  class Access {}
  const app = await createApp(
    {
      module: Access,
      imports: [CqrsModule.forRoot()],
      controllers: [...(options.instead ?? [...own, ...(options.controllers ?? [])])],
      providers: [
        { provide: EVENT_STORE, useValue: store },
        { provide: EventRegistry, useValue: registry },
        { provide: Contexts, useValue: contexts },
        { provide: CommandHandling, useValue: new CommandHandling({ store, registry }) },
        { provide: KERNEL_LOGGER, useValue: silent },
        {
          provide: INSTALLATION,
          useValue: {
            dataDirectory,
            publicUrl,
            sharedDatabaseUrl: undefined,
            trustedProxies: parsed.trustedProxies,
          },
        },
        {
          provide: accessContext.settings!.token,
          useValue: { ...parsed.contexts.get(accessContext.settings!.token), ...settings },
        },
        { provide: ALL_JOBS, useValue: [] },
        { provide: FastLane, useValue: new FastLane() },
        SomeVideos,
        SomeRecordings,
        ...providers,
        ...(accessContext.health ?? []),
        ...(options.providers ?? []),
      ],
    },
    parsed,
    pino({ level: 'silent' }),
  );
  await app.getHttpAdapter().getInstance().ready();
  return { app, store };
}

export const ask = (
  app: NestFastifyApplication,
  method: string,
  url: string,
  headers: Readonly<Record<string, string>> = {},
  body?: object,
) => app.inject({ method: method as 'GET', url, headers: { host, ...headers }, ...(body && { payload: body }) });

export type Answer = Awaited<ReturnType<typeof ask>>;

export const cookieOf = (answer: Answer): string =>
  [answer.headers['set-cookie'] ?? []]
    .flat()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');

/** What a browser would send from a page of ours. */
export const own = (cookie: string) => ({ cookie, origin: `http://${host}` });

/** Sets up with the code from the folder, and returns the administrator's cookie. */
export async function setUp(app: NestFastifyApplication, dataDirectory: string): Promise<string> {
  await app.get(FirstRun).prepare();
  const code = await readFile(join(dataDirectory, 'setup-code'), 'utf8');
  return cookieOf(await ask(app, 'POST', '/api/setup', {}, { code, name: 'admin', password }));
}

/** Another account, signed in. */
export async function signedInAs(app: NestFastifyApplication, administrator: string, role: string): Promise<string> {
  await ask(app, 'POST', '/api/users', own(administrator), { name: role, role, password });
  return cookieOf(await ask(app, 'POST', '/api/session', {}, { name: role, password }));
}

/** For Jest's fake timers that only move the date: the server goes on by its real timers. */
export const allButTheDate = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

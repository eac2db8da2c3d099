import { errorCode } from '@streamvault/failures';
import 'reflect-metadata';
import { SqliteEventStore } from '@streamvault/event-store';
import { isIP } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { FirstAdministratorRefused, FirstRun, UndeclaredRoutes } from '@streamvault/access';
import { AppModule } from './app.module.js';
import type { DiskWatch } from '@streamvault/storage';
import { createApp } from './http/create-app.js';
import { LiveFeed, ReactionRunner, type Role, roles as allRoles } from '@streamvault/kernel';
import { RecorderHost } from '@streamvault/recording';
import { endWithWriter } from './runtime/end-with-writer.js';
import { createLogger } from './runtime/logging.js';
import { closeRuntime, openRuntime, type ServerRuntime } from './runtime/server-runtime.js';
import { surroundingsOf } from './runtime/surroundings.js';
import { StartRefused } from '@streamvault/storage';
import { loadEnvironment } from './settings/load-environment.js';
import { InvalidSettings, parseSettings, type Settings } from './settings/settings.js';

/** A stop that takes longer than this is aborted: the log and the disk have enough to continue from. */
const stopWithinMilliseconds = 4500;

/** Connections that wait for their turn. The system drops those beyond, and their clients try again seconds later. */
const backlog = 4096;

interface Started {
  readonly runtime: ServerRuntime;
  readonly app: NestFastifyApplication;
  readonly disk: DiskWatch;
  readonly host: RecorderHost;
}

async function start(): Promise<void> {
  const settings = parseSettings(loadEnvironment(process.env), process.stdout.isTTY);
  const logger = createLogger(settings);
  const runtime = await openRuntime(settings, logger);
  endWithWriter(runtime);
  const { sources, disk } = surroundingsOf(runtime, settings);
  await disk.start();
  if (settings.roles.has('projector')) runtime.projections.start();
  const app = await createApp(AppModule.with(runtime, sources, disk), settings, logger);
  const host = app.get(RecorderHost);
  stopOnSignal({ runtime, app, disk, host });
  if (settings.roles.has('api')) await app.get(FirstRun).prepare();
  const address = await listen(app, settings);
  sources.listensAt(address);
  announce(address, runtime);
  await host.start();
  app.get(ReactionRunner).start();
  verifyLog(runtime);
}

/** Runs after everything that users wait for. Its findings are in the health report too. */
function verifyLog({ store, logger }: ServerRuntime): void {
  if (!(store instanceof SqliteEventStore)) return;
  const known = new Set(store.findings);
  store.verifyInBackground().then(
    () => store.findings.filter((finding) => !known.has(finding)).forEach((finding) => logger.error(finding)),
    // The store was closed, or its disk is away: the next start verifies it again.
    (error: unknown) => logger.debug({ err: error }, 'The event log was not verified to its end'),
  );
}

async function listen(app: NestFastifyApplication, { host, port }: Settings): Promise<string> {
  try {
    await app.listen({ port, host, backlog });
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EADDRINUSE')
      throw new StartRefused(`Port ${port} is in use. Set PORT to another one.`, { cause: error });
    if (code === 'EACCES')
      throw new StartRefused(`Port ${port} may not be used. Set PORT to one above 1023.`, { cause: error });
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new StartRefused('HOST is not an address of this machine. Set it to one, or leave it out.', {
        cause: error,
      });
    throw error;
  }
  const address = app.getHttpServer().address();
  const actual = typeof address === 'object' && address ? address.port : port;
  // An address that means "all of them" is reached by the loopback one.
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${isIP(name) === 6 ? `[${name}]` : name}:${actual}`;
}

function announce(address: string, { logger, media, settings }: ServerRuntime): void {
  if (!settings.roles.has('projector') && settings.databaseUrl.startsWith('sqlite:'))
    logger.warn(
      'ROLES leaves out projector, and no other process can keep an embedded read database: lists will not change.',
    );
  for (const line of whatRuns(settings)) logger.info(line);
  const { ffmpeg } = media.tools;
  logger.info(`ffmpeg ${ffmpeg.version} (${ffmpeg.origin})`);
  logger.info(`Listening on ${address}`);
  // A line of its own, so that it can be found in the log of a service, and clicked on.
  if (!process.stdout.isTTY) process.stdout.write(`StreamVault is at ${address}\n`);
}

const workOf: Readonly<Record<Role, string>> = {
  api: 'api answers requests and sends the live feed',
  recorder: 'recorder takes up open recordings and begins new ones',
  projector: 'projector keeps the read models',
  scheduler: 'scheduler runs jobs and tidies up',
};

/** What this process does, and what it leaves to others. */
function whatRuns({ roles }: Settings): string[] {
  const left = allRoles.filter((role) => !roles.has(role));
  return [
    ...allRoles.filter((role) => roles.has(role)).map((role) => `Role ${workOf[role]}`),
    ...(left.length > 0 ? [`Left to other processes: ${left.join(', ')}`] : []),
  ];
}

/** Stops what answers first, and its sources last. Recordings stay as they are, to be taken up again. */
function stopOnSignal({ runtime, app, disk, host }: Started): void {
  let isStopping = false;
  const stop = async (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    const { logger } = runtime;
    logger.info(`${signal}: stopping`);
    const late = setTimeout(() => {
      logger.warn('Stopping took too long and was aborted; recordings continue from what is on disk.');
      process.exit(0);
    }, stopWithinMilliseconds);
    try {
      disk.close();
      app.get(LiveFeed).close();
      await app.close();
      await app.get(ReactionRunner).stop();
      await host.stop();
      await closeRuntime(runtime);
      logger.info('Stopped');
    } catch (error) {
      logger.error({ err: error }, 'Stopping failed; recordings continue from what is on disk');
    }
    clearTimeout(late);
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
  // Beyond a limit on file sizes (ulimit -f) the write is refused, like on a full disk; the process need not die of it.
  process.on('SIGXFSZ', () => undefined);
}

start().catch((error: unknown) => {
  const isPlain =
    error instanceof StartRefused ||
    error instanceof InvalidSettings ||
    error instanceof FirstAdministratorRefused ||
    error instanceof UndeclaredRoutes;
  process.stderr.write(isPlain ? `StreamVault cannot start. ${error.message}\n` : `StreamVault cannot start.\n`);
  if (!isPlain) process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});

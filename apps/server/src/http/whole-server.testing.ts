import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { LiveFeed } from '@streamvault/kernel';
import pino from 'pino';
import { AppModule } from '../app.module.js';
import { closeRuntime, openRuntime, type ServerRuntime } from '../runtime/server-runtime.js';
import { surroundingsOf } from '../runtime/surroundings.js';
import { parseSettings } from '../settings/settings.js';
import { createApp } from './create-app.js';

export interface WholeServer {
  readonly app: NestFastifyApplication;
  readonly runtime: ServerRuntime;
  readonly address: string;
  close(): Promise<void>;
}

/**
 * The server with all of its contexts, in the process of the test: its log in memory, its read models in a folder. It
 * answers and keeps its read models; it records nothing.
 */
export async function openWholeServer(folder: string): Promise<WholeServer> {
  const environment = { DATA_DIR: folder, EVENT_STORE_URL: 'memory:', ROLES: 'api,projector', PORT: '0' };
  const settings = parseSettings(environment, false);
  const logger = pino({ level: 'silent' });
  const runtime = await openRuntime(settings, logger);
  const { sources, disk } = surroundingsOf(runtime, settings);
  runtime.projections.start();
  const app = await createApp(AppModule.with(runtime, sources, disk), settings, logger);
  await app.listen(0, '127.0.0.1');
  return {
    app,
    runtime,
    address: await app.getUrl(),
    close: async () => {
      disk.close();
      app.get(LiveFeed).close();
      await app.close();
      await closeRuntime(runtime);
    },
  };
}

import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serverFolder } from '../server-folder.js';

const built = fileURLToPath(new URL('../admin/dist/browser/', serverFolder));

/** Files whose name holds a hash of what is in them never change, compressed or not. */
const hashed = /-[\w-]{8}\.(js|css|svg|woff2)(\.br|\.gz)?$/;

/**
 * Serves the console, and its index for every page of its own, so that a link into it can be opened. Where the build laid a
 * compressed file beside one (`scripts/compress.mjs`) it is sent to who takes it: nothing is compressed while somebody waits.
 */
export async function serveConsole(fastify: FastifyInstance, directory = built): Promise<boolean> {
  if (!existsSync(`${directory}index.html`)) return false;
  await fastify.register(fastifyStatic, {
    root: directory,
    wildcard: false,
    preCompressed: true,
    // They are the other files in another form, not files of their own.
    globIgnore: ['**/*.{br,gz}'],
    cacheControl: false,
    // Pages are small; and a range that is none would be refused in other words than ours.
    acceptRanges: false,
    setHeaders: (reply, path) => {
      const value = hashed.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache';
      void reply.header('Cache-Control', value);
    },
  });
  return true;
}

/** Whether a path that no route knows is a page of the console: no file, and nothing under the API. */
export const isConsolePage = (url: string): boolean => {
  const path = url.split('?', 1)[0] ?? '';
  return !/^\/(api|demo|health|metrics|eventsub)(\/|$)/.test(path) && !/\.[a-z0-9]+$/i.test(path);
};

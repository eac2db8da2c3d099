import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serverFolder } from '../version.js';

const built = fileURLToPath(new URL('../admin/dist/browser/', serverFolder));

/** Files whose name contains a hash of their content never change, compressed or not. */
const hashed = /-[\w-]{8}\.(js|css|svg|woff2)(\.br|\.gz)?$/;

/**
 * Serves the console, and its index for every page of its own, so that links into it work. If the build made a
 * compressed file (`scripts/compress.mjs`), clients that accept it get that: nothing is compressed during a request.
 */
export async function serveConsole(fastify: FastifyInstance, directory = built): Promise<boolean> {
  if (!existsSync(`${directory}index.html`)) return false;
  await fastify.register(fastifyStatic, {
    root: directory,
    wildcard: false,
    preCompressed: true,
    // They are other forms of files, not files of their own.
    globIgnore: ['**/*.{br,gz}'],
    cacheControl: false,
    // Pages are small, and an invalid range would be refused with a message that is not ours.
    acceptRanges: false,
    setHeaders: (reply, path) => {
      const value = hashed.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache';
      void reply.header('Cache-Control', value);
    },
  });
  return true;
}

/** Whether a path without a route is a page of the console: not a file, and not under the API. */
export const isConsolePage = (url: string): boolean => {
  const path = url.split('?', 1)[0] ?? '';
  return !/^\/(api|demo|health|metrics|eventsub)(\/|$)/.test(path) && !/\.[a-z0-9]+$/i.test(path);
};

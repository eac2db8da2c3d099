import { createRequire } from 'node:module';
import { z } from 'zod';
import { serverFolder } from './server-folder.js';

/** The server's version, from its package. */
export const { version } = z.object({ version: z.string() }).parse(createRequire(serverFolder)('./package.json'));

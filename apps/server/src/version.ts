import { createRequire } from 'node:module';
import { z } from 'zod';

/** The server's version, from its package. */
export const { version } = z.object({ version: z.string() }).parse(createRequire(import.meta.url)('../package.json'));

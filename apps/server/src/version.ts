import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { serverFolder } from './server-folder.js';

const manifest = z.object({ version: z.string() });

/** The server's version, from its package. */
export const { version } = manifest.parse(JSON.parse(readFileSync(new URL('package.json', serverFolder), 'utf8')));

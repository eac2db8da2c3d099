import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** The folder of the server's package, with a trailing slash: above its sources, its compiled files, and the bundle. */
export const serverFolder = new URL('../', import.meta.url);

const manifest = z.object({ version: z.string() });

/** The server's version, from its package. */
export const { version } = manifest.parse(JSON.parse(readFileSync(new URL('package.json', serverFolder), 'utf8')));

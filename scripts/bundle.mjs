// Bundles the compiled files: the server and its threads with the libraries they use, in a few files. Finding, reading
// and compiling three thousand small files took more than half of a start (docs/adr/0014).
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { writeLicenses } from './licenses.mjs';

/** Packages that contain machine code, look for files beside their own, or are large and rarely used. */
const besideTheirFiles = [
  '@node-rs/argon2',
  '@zxcvbn-ts/language-common',
  'better-sqlite3',
  '@kurrent/kurrentdb-client',
  'pino',
  'pino-pretty',
  'swagger-ui-dist',
];

/** Optional packages that libraries try to load. They are not installed. */
const notInstalled = [
  '@fastify/multipart',
  '@fastify/view',
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  'class-transformer',
  'class-validator',
  'pg-native',
];

/** The server, the command line, and their threads, which are started by file name. */
const programs = [
  'apps/server/compiled/main.js',
  'apps/server/compiled/runtime/rebuild-thread.js',
  'libs/capture/dist/thread/capture-thread.js',
  'libs/event-store/dist/sqlite/log-writer-thread.js',
  'libs/jobs/dist/upkeep/back-up-thread.js',
];

/** Libraries written for CommonJS expect these. */
const banner = `import { createRequire as createRequireHere } from 'node:module';
const require = createRequireHere(import.meta.url);
const __filename = import.meta.filename;
const __dirname = import.meta.dirname;`;

/** @param {string} root @param {string} into a folder, which is emptied */
export async function bundle(root, into) {
  rmSync(into, { recursive: true, force: true });
  await build({
    entryPoints: {
      ...Object.fromEntries(programs.map((file) => [basename(file, '.js'), join(root, file)])),
      cli: join(root, 'apps/cli/dist/main.js'),
    },
    outdir: into,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    external: [...besideTheirFiles, ...notInstalled],
    // Class names are used: by Nest, in answers, in logs.
    keepNames: true,
    // The source stays in memory, with two bytes for each character if one of a file's is beyond ASCII, as in comments of
    // libraries. Short lines keep places in stack traces useful; licenses.txt has the licences.
    minifyWhitespace: true,
    lineLimit: 160,
    charset: 'ascii',
    legalComments: 'none',
    banner: { js: banner },
    logLevel: 'warning',
  });
  for (const file of readdirSync(into).filter((name) => name.endsWith('.js')))
    if (/[^\0-\x7F]/.test(readFileSync(join(into, file), 'utf8')))
      console.warn(
        `${file} has characters beyond ASCII and takes twice its memory. Write them as \\u… in expressions.`,
      );
  writeLicenses(root, join(into, 'licenses.txt'));
}

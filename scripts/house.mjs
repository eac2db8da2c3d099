// What the scripts share: paths, the right Node, child processes that never outlive us, and what is stale. Any Node
// from 20 on can read it, because its first job is to hand over to the project's own Node 24.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compressFiles } from './compress.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const neededNode = 24;
const windows = process.platform === 'win32';
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** A failure whose message alone tells the reader what to do next; printed without a stack. */
export class Failure extends Error {}

/** Runs a script's body, and turns a failure into one line and exit code 1. */
export async function main(body) {
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** The exit code that says how a child ended: its own, or 128 + the signal's number as in a shell. */
export function exitCodeOf({ code, signal }) {
  return signal === null ? code : 128 + (constants.signals[signal] ?? 0);
}

/**
 * Runs a program in the foreground. SIGINT, SIGTERM and SIGHUP are passed to the child, and we stay until it has ended.
 * Resolves with `{ code, signal, interruptedBy, timedOut, output }`: `interruptedBy` is the signal passed on, `output`
 * what the program printed if `quiet` kept that from the terminal.
 */
export function run(command, args, { env = {}, quiet = false, timeoutSeconds, cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      windowsHide: true,
    });
    const output = [];
    child.stdout?.on('data', (chunk) => output.push(chunk));
    child.stderr?.on('data', (chunk) => output.push(chunk));

    let timedOut = false;
    const timers = [];
    if (timeoutSeconds !== undefined) {
      const kill = (signal) => () => {
        timedOut = true;
        child.kill(signal);
      };
      timers.push(setTimeout(kill('SIGTERM'), timeoutSeconds * 1000));
      timers.push(setTimeout(kill('SIGKILL'), (timeoutSeconds + 10) * 1000));
    }
    let interruptedBy = null;
    const passOn = (signal) => {
      interruptedBy = signal;
      child.kill(signal);
    };
    for (const signal of endings) process.on(signal, passOn);
    const done = () => {
      for (const timer of timers) clearTimeout(timer);
      for (const signal of endings) process.off(signal, passOn);
    };
    child.on('error', (error) => {
      done();
      reject(new Failure(`${command} could not be started (${error.code}). Run "npm ci" and try again.`));
    });
    child.on('close', (code, signal) => {
      done();
      resolve({ code, signal, interruptedBy, timedOut, output: Buffer.concat(output).toString() });
    });
  });
}

/** Continues only if the program succeeded; an interruption ends us as the signal would have. */
function must(end, otherwise) {
  const signal = end.interruptedBy ?? end.signal;
  if (signal !== null) process.exit(exitCodeOf({ signal }));
  if (end.code !== 0) throw new Failure(`${end.output}${otherwise}`);
}

/** The file of a package's program, for `node <file>`: a `.bin` entry is a shell script on Windows. */
export function program(packageName, binName = packageName) {
  const manifest = join(root, 'node_modules', packageName, 'package.json');
  if (!existsSync(manifest)) throw new Failure('The dependencies are not installed. Run "npm ci" first.');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  return join(dirname(manifest), typeof bin === 'string' ? bin : bin[binName]);
}

/**
 * Continues only on Node 24 or newer. npm scripts find the project's own Node first; a script that was started with an
 * older one is handed over to it, including arguments, signals and exit code.
 */
export async function onTheRightNode() {
  if (Number.parseInt(process.versions.node, 10) >= neededNode) return;
  const own = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');
  if (!existsSync(own) || process.env.STREAMVAULT_HANDED_OVER) {
    throw new Failure(`Node ${neededNode} is needed and this is ${process.version}. Run "npm ci", which brings it.`);
  }
  await replaceWith(own, process.argv.slice(1), { STREAMVAULT_HANDED_OVER: '1' });
}

/** Becomes another program: the same process if the system can do that, else a child whose end is our end. */
export async function replaceWith(command, args, env = {}) {
  const environment = { ...process.env, ...env };
  if (typeof process.execve === 'function' && !windows) process.execve(command, [command, ...args], environment);
  process.exit(exitCodeOf(await runInteractive(command, args, environment)));
}

function runInteractive(command, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: 'inherit', windowsHide: true });
    for (const signal of endings) process.on(signal, () => child.kill(signal));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
}

/**
 * Compiles the libraries and the programs, and makes what runs of them; only what changed is made again, and where no file was touched
 * since, that is seen at a glance. @returns whether everything was fresh already
 */
export async function compile({ quiet = false } = {}) {
  const glance = glanceOf([
    'package-lock.json',
    'tsconfig.base.json',
    'tsconfig.json',
    'scripts',
    'apps/server',
    'apps/cli',
    'libs',
  ]);
  if (readStamp().glance === glance && existsSync(serverProgram) && existsSync(commandLine)) return true;
  const slow = quiet && setTimeout(() => console.error('Compiling (1 of 3)…'), 500);
  const end = await run(process.execPath, [program('typescript', 'tsc'), '-b'], { quiet });
  clearTimeout(slow);
  must(end, 'The server does not compile; see above.');
  await bundlePrograms({ quiet });
  stamp({ glance });
  return false;
}

async function bundlePrograms({ quiet }) {
  const inputs = hashOf([
    'package-lock.json',
    'scripts/bundle.mjs',
    'apps/server/compiled',
    'apps/cli/dist',
    ...compiledLibraries(),
  ]);
  if (existsSync(serverProgram) && existsSync(commandLine) && readStamp().server === inputs) return;
  if (quiet) console.error('Putting the server together (2 of 3)…');
  stamp({ server: undefined });
  const { bundle } = await import('./bundle.mjs');
  await bundle(root, dirname(serverProgram));
  stamp({ server: inputs });
}

const compiledLibraries = () => readdirSync(join(root, 'libs')).map((name) => `libs/${name}/dist`);

/** What runs as the server, and as the command line. */
export const serverProgram = join(root, 'apps', 'server', 'dist', 'main.js');
export const commandLine = join(root, 'apps', 'server', 'dist', 'cli.js');
/**
 * Arguments for Node. Of the threads in which V8 compiles and collects, one is enough for heaps as small as these; with
 * few cores, four would slow down the threads that have the work to do (docs/adr/0013). The Dockerfile has the same.
 */
export const serverArguments = ['--v8-pool-size=1', serverProgram];
const stampFile = join(root, '.streamvault-build.json');
const consoleIndex = join(root, 'apps', 'admin', 'dist', 'browser', 'index.html');

/** Builds the console for production; unless forced, only if it is missing or its inputs changed since. */
export async function buildConsole({ quiet = false, force = false } = {}) {
  const from = ['angular.json', 'package-lock.json', 'scripts/compress.mjs', 'apps/admin', apiContract];
  const glance = glanceOf(from);
  if (!force && existsSync(consoleIndex) && readStamp().consoleGlance === glance) return;
  const inputs = hashOf(from);
  if (!force && existsSync(consoleIndex) && readStamp().console === inputs) return stamp({ consoleGlance: glance });
  if (quiet) console.log('Building the console (3 of 3; about a minute)…');
  stamp({ console: undefined });
  const end = await run(
    process.execPath,
    [program('@angular/cli', 'ng'), 'build', '--configuration', 'production', '--progress', 'false'],
    { quiet, env: { NG_CLI_ANALYTICS: 'false' } },
  );
  must(end, 'The console does not build; see above.');
  await compressFiles(dirname(consoleIndex));
  stamp({ console: inputs, consoleGlance: glance });
}

const apiContract = 'libs/api-contract/src';

/** What was built from what, by name. */
function readStamp() {
  if (!existsSync(stampFile)) return {};
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {}; // Cut short by a kill while it was written: build again.
  }
}

function stamp(built) {
  writeFileSync(stampFile, `${JSON.stringify({ ...readStamp(), ...built })}\n`);
}

/** A digest of all inputs, by content: a fresh clone or a touched file is not a change. */
function hashOf(from) {
  const hash = createHash('sha256');
  for (const file of from.flatMap((path) => filesUnder(join(root, path)))) {
    hash.update(relative(root, file).split(sep).join('/')).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

/** The same by when files were changed last, in a moment; a touched file costs a longer look and nothing more. */
function glanceOf(from) {
  const hash = createHash('sha256');
  for (const file of from.flatMap((path) => filesUnder(join(root, path)))) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${relative(root, file)} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

function filesUnder(path) {
  if (!existsSync(path)) return [];
  const left = new Set(['node_modules', 'dist', 'compiled', '.angular', 'coverage', 'testing']);
  const entries = readDirectory(path);
  if (entries === undefined) return [path];
  return entries
    .filter((entry) => !left.has(entry.name) && !/\.(spec|testing)\.ts$/.test(entry.name))
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(join(path, entry.name)) : [join(path, entry.name)]))
    .toSorted((a, b) => (a < b ? -1 : 1));
}

function readDirectory(path) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/**
 * What Node needs to run Jest: modules in its sandbox, compiled once in each process, and our sources in the threads
 * that tests start.
 */
export const jestFlags = [
  '--experimental-vm-modules',
  '--no-warnings=ExperimentalWarning',
  '--import',
  './scripts/typescript-sources.mjs',
  '--import',
  './scripts/compiled-modules.mjs',
];

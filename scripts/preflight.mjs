// What the tests need beside `npm ci`: ffmpeg, ffprobe and a Chromium. No test is ever skipped because one is missing.
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, isAbsolute, join } from 'node:path';
import { Failure, root, run } from './house.mjs';

const windows = process.platform === 'win32';

export async function preflight() {
  console.log(`  Node ${process.version}`);
  for (const name of ['ffmpeg', 'ffprobe']) console.log(`  ${name} ${await mediaTool(name)}`);
  const chromium = (await findChromium()) ?? (await installChromium());
  process.env.CHROMIUM_PATH = chromium;
  console.log(`  Chromium ${chromium}`);
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // Missing, or not executable: search on.
  }
}

function onPath(name) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, windows ? `${name}.exe` : name)).find(isProgram);
}

/** The same order as the server's own look-up: the setting, the system's, the npm package's. */
async function mediaTool(name) {
  const setting = `${name.toUpperCase()}_PATH`;
  const configured = process.env[setting];
  const file = configured || onPath(name) || bundled(name);
  if (!file) throw new Failure(`${name} is missing. Install ffmpeg, or set ${setting} to the program.`);
  if (!(await answers(file, '-version'))) {
    throw new Failure(
      `${file} does not run. ${configured ? `Correct ${setting}.` : `Reinstall ffmpeg, or set ${setting}.`}`,
    );
  }
  return file;
}

function bundled(name) {
  try {
    return createRequire(join(root, 'apps', 'server', 'package.json'))(`@${name}-installer/${name}`).path;
  } catch {
    return undefined; // An optional dependency: there is none for this system.
  }
}

async function answers(file, flag) {
  try {
    return (await run(file, [flag], { quiet: true, timeoutSeconds: 60 })).code === 0;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

async function findChromium() {
  const configured = process.env.CHROMIUM_PATH;
  if (configured) {
    if (isAbsolute(configured) && isProgram(configured)) return configured;
    throw new Failure(`CHROMIUM_PATH is not a program: ${configured}. Correct or unset it.`);
  }
  const candidates = [
    ...['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map(onPath),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ];
  for (const file of candidates) {
    // `--version` detects Ubuntu's placeholder, which only tells people to install the snap.
    if (file && isProgram(file) && (windows || (await answers(file, '--version')))) return file;
  }
  return undefined;
}

async function installChromium() {
  const instruction =
    'Chromium is missing: install it (Debian: apt-get install chromium), or set CHROMIUM_PATH to one.';
  const debian =
    existsSync('/etc/os-release') && /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'));
  if (process.getuid?.() !== 0 || !debian || !onPath('apt-get')) throw new Failure(instruction);
  console.log('  Chromium is missing; installing it with apt-get…');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', 'chromium']]) {
    const end = await run('apt-get', ['-q', ...args], { env, quiet: true, timeoutSeconds: 600 });
    if (end.code !== 0) throw new Failure(`${end.output}apt-get ${args[0]} failed. ${instruction}`);
  }
  const installed = await findChromium();
  if (!installed) throw new Failure(instruction);
  return installed;
}

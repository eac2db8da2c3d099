import { errorCode, messageOf } from '@streamvault/failures';
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdtemp, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { CliSettings } from './cli-settings.js';

/** One thing that was looked at. `advice` says what to do where it is not well. */
export interface Finding {
  readonly what: string;
  readonly status: 'ok' | 'warn' | 'bad';
  readonly detail: string;
  readonly advice?: string;
}

const LEAST_FREE = 5e9;
const NEEDED_NODE = 24;
const OLD_YEARS = 4;

export function examineNode(version = process.versions.node): Finding {
  const isNew = Number.parseInt(version, 10) >= NEEDED_NODE;
  return {
    what: 'Node',
    status: isNew ? 'ok' : 'bad',
    detail: version,
    ...(!isNew && { advice: `Node ${NEEDED_NODE} is needed: npm ci brings it, and npm scripts find it.` }),
  };
}

/** A folder that is written to: it is there, or can be made, and has room. */
export async function examineFolder(what: string, folder: string): Promise<Finding> {
  const place = await nearest(folder);
  try {
    // The rights of a file are not all there is: file systems may be mounted to be read only.
    await rm(await mkdtemp(join(place, '.streamvault-doctor-')), { recursive: true });
    const { bavail, bsize } = await statfs(place);
    const free = bavail * bsize;
    const detail = `${folder}${place === folder ? '' : ' (is made at the start)'}, ${(free / 1e9).toFixed(1)} GB free`;
    if (free >= LEAST_FREE) return { what, status: 'ok', detail };
    return {
      what,
      status: 'warn',
      detail,
      advice: 'An hour of a stream takes 1 to 4 GB: make room, or name another folder.',
    };
  } catch (error) {
    return {
      what,
      status: 'bad',
      detail: `${folder} cannot be written to (${errorCode(error) ?? messageOf(error)}).`,
      advice:
        'Give the user that runs StreamVault the right to write there (in Docker: user 1000), or name another folder.',
    };
  }
}

async function nearest(folder: string): Promise<string> {
  for (let place = folder; ; place = dirname(place)) {
    try {
      if ((await stat(place)).isDirectory()) return place;
    } catch {
      // Not there yet: what it would be made in is looked at.
    }
    if (place === dirname(place)) return place;
  }
}

/** The embedded log, beside a running server too. */
export async function examineLog(url: string): Promise<Finding> {
  const what = 'Event log';
  if (!url.startsWith('sqlite:'))
    return { what, status: 'ok', detail: `${url.split(':')[0]}: its health is told by the running server` };
  const file = url.slice('sqlite:'.length);
  try {
    await access(file, constants.R_OK);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { what, status: 'ok', detail: `${file} is made at the first start` };
    return {
      what,
      status: 'bad',
      detail: `${file} cannot be read.`,
      advice: 'Run this as the user that runs the server.',
    };
  }
  try {
    const { SqliteEventStore } = await import('@streamvault/event-store');
    const log = await SqliteEventStore.openReadOnly(file);
    try {
      const head = await log.headPosition();
      return { what, status: 'ok', detail: `${file}, ${head === undefined ? 'empty' : `up to position ${head}`}` };
    } finally {
      await log.close();
    }
  } catch (error) {
    return {
      what,
      status: 'bad',
      detail: `${file}: ${messageOf(error)}`,
      advice: 'Look at it with streamvault log verify; streamvault restore makes one of a backup.',
    };
  }
}

/** Somebody waits for it: not in the background, unlike what the server runs beside its recordings. */
async function askVersion(program: string): Promise<string> {
  const { stdout } = await promisify(execFile)(program, ['-version'], { timeout: 20_000, windowsHide: true });
  return stdout;
}

/** The programs that finish videos, and the one that knows pages. */
export async function examineTools(settings: CliSettings): Promise<readonly Finding[]> {
  const { locateTools } = await import('@streamvault/media');
  const advice =
    'Install a current ffmpeg (apt install ffmpeg, brew install ffmpeg), or name it by FFMPEG_PATH and FFPROBE_PATH.';
  try {
    const { ffmpegPath, ffprobePath } = settings;
    const tools = await locateTools({ ffmpegPath, ffprobePath, askVersion });
    return Object.entries(tools).map(([what, { version, origin, path, year }]) => {
      const isOld = year !== undefined && new Date().getFullYear() - year > OLD_YEARS;
      const detail = `${version} (${origin}: ${path})${isOld ? `, of ${year}` : ''}`;
      return { what, status: isOld ? 'warn' : 'ok', detail, ...(isOld && { advice }) };
    });
  } catch (error) {
    return [{ what: 'ffmpeg', status: 'bad', detail: messageOf(error), advice }];
  }
}

/** What the running server says of itself, and nothing bad where none runs. */
export async function examineServer(server: string): Promise<readonly Finding[]> {
  const what = 'Server';
  let body: unknown;
  try {
    const answer = await fetch(new URL('/health', server), { signal: AbortSignal.timeout(3000) });
    body = await answer.json();
  } catch {
    // Whatever the reason: it does not answer.
    return [
      {
        what,
        status: 'warn',
        detail: `None answers at ${server}.`,
        advice: 'Start it with npm start, or say where it is with --server.',
      },
    ];
  }
  const { status, version, checks } = body as {
    status?: unknown;
    version?: unknown;
    checks?: Record<string, { status: string; detail?: string }>;
  };
  if (typeof status !== 'string' || checks === undefined)
    return [
      {
        what,
        status: 'bad',
        detail: `What answers at ${server} is not StreamVault.`,
        advice: 'Another program has the port: set PORT, or say --server.',
      },
    ];
  const known = { ok: 'ok', warn: 'warn', down: 'bad' } as const;
  const sick = Object.entries(checks).filter(([, check]) => check.status !== 'ok');
  return [
    {
      what,
      status: known[status as keyof typeof known] ?? 'warn',
      detail: `${String(version)} at ${server} says ${status}`,
    },
    ...sick.map(([name, check]) => ({
      what: name,
      status: check.status === 'down' ? ('bad' as const) : ('warn' as const),
      detail: check.detail ?? check.status,
    })),
  ];
}

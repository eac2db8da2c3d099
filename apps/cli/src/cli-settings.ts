import { errorCode } from '@streamvault/failures';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { CliFailure } from './cli-failure.js';

/** The server's settings that these commands need, with the same names and defaults. */
export interface CliSettings {
  readonly dataDirectory: string;
  readonly recordingsDirectory: string;
  readonly ffmpegPath: string | undefined;
  readonly ffprobePath: string | undefined;
  readonly eventStoreUrl: string;
  /** The read models' file, if they are embedded. */
  readonly readModelsFile: string | undefined;
  /** Where passwords and sessions are stored: beside the log, or in PostgreSQL with the read models. */
  readonly accessRecordsUrl: string;
  /** For commands that only the running server can do. */
  readonly apiKey: string | undefined;
}

/** @throws CliFailure naming the setting, never its value */
export function readSettings(environment: NodeJS.ProcessEnv): CliSettings {
  const all: NodeJS.Dict<string> = { ...dotEnv(), ...environment };
  const dataDirectory = resolve(setting(all, 'DATA_DIR') ?? './data');
  const databaseUrl = setting(all, 'DATABASE_URL') ?? `sqlite:${resolve(dataDirectory, 'read-models.db')}`;
  return {
    dataDirectory,
    recordingsDirectory: resolve(setting(all, 'RECORDINGS_DIR') ?? `${dataDirectory}/recordings`),
    ffmpegPath: setting(all, 'FFMPEG_PATH'),
    ffprobePath: setting(all, 'FFPROBE_PATH'),
    eventStoreUrl: setting(all, 'EVENT_STORE_URL') ?? `sqlite:${resolve(dataDirectory, 'events.db')}`,
    accessRecordsUrl: databaseUrl.startsWith('sqlite:') ? `sqlite:${resolve(dataDirectory, 'access.db')}` : databaseUrl,
    apiKey: setting(all, 'STREAMVAULT_API_KEY'),
    readModelsFile: databaseUrl.startsWith('sqlite:') ? resolve(databaseUrl.slice('sqlite:'.length)) : undefined,
  };
}

/**
 * `NAME`, or the content of the file that `NAME_FILE` names. An empty variable means "not set", as in compose files.
 */
function setting(all: NodeJS.Dict<string>, name: string): string | undefined {
  const value = all[name]?.trim();
  if (value !== undefined && value !== '') return value;
  const file = all[`${name}_FILE`]?.trim();
  if (file === undefined || file === '' || all[name] !== undefined) return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    // Whatever the reason, the remedy is the same.
    throw new CliFailure(`${name}_FILE: the file it names cannot be read.`);
  }
}

function dotEnv(): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync('.env', 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return {};
    throw new CliFailure('.env: the file exists but cannot be read.');
  }
}

import { errorCode } from '@streamvault/failures';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { InvalidSettings, settingNames } from './settings.js';

/**
 * The environment takes precedence over a `.env` file in the working folder; `NAME_FILE` names a file that contains the
 * value of `NAME`.
 * @throws InvalidSettings if such a file cannot be read
 */
export function loadEnvironment(environment: NodeJS.ProcessEnv): Record<string, string | undefined> {
  const merged: Record<string, string | undefined> = { ...dotEnv(), ...environment };
  for (const name of settingNames) {
    const file = merged[`${name}_FILE`];
    if (file === undefined || file.trim() === '' || merged[name] !== undefined) continue;
    try {
      merged[name] = readFileSync(file, 'utf8').trim();
    } catch {
      // Whatever the reason, the remedy is the same, and the path may be secret.
      throw new InvalidSettings([`${name}_FILE: the file it names cannot be read`]);
    }
  }
  return merged;
}

function dotEnv(): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync('.env', 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return {};
    throw new InvalidSettings(['.env: the file exists but cannot be read']);
  }
}

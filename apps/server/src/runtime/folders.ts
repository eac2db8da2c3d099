import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { StartRefused } from './start-refused.js';

/** @throws StartRefused naming the setting, where the folder cannot be made or written to */
export async function ensureFolder(setting: string, path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new StartRefused(
      `The folder ${path} cannot be written to (${reason}). Mend that, or set ${setting} to another one.`,
      {
        cause: error,
      },
    );
  }
}

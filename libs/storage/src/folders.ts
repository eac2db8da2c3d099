import { errorCode } from '@streamvault/failures';
import { constants } from 'node:fs';
import { access, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StartRefused } from './start-refused.js';

/**
 * @param mode for a folder that is created; an existing one keeps its own
 * @throws StartRefused naming the setting, if the folder cannot be created or written to
 */
export async function ensureFolder(setting: string, path: string, mode?: number): Promise<void> {
  try {
    await makeFolder(path, mode);
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = errorCode(error) ?? String(error);
    throw new StartRefused(
      `The folder ${path} cannot be written to (${reason}). Correct that, or set ${setting} to another one.`,
      {
        cause: error,
      },
    );
  }
}

/** Step by step: if a file system always says ENOENT, as /proc does, Node's recursive mkdir never returns. */
async function makeFolder(path: string, mode?: number): Promise<void> {
  if (await isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path) await makeFolder(parent);
  await mkdir(path, mode === undefined ? {} : { mode }).catch(async (error: unknown) => {
    // Another process created it in between; anything else in its place is a refusal.
    if (!(await isFolder(path))) throw error;
  });
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (there) => there.isDirectory(),
    () => false,
  );

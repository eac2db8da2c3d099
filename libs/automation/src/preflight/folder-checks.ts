import type { PreflightProblem } from '@streamvault/api-contract';
import { errorCode } from '@streamvault/failures';
import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { of } from './findings.js';

export interface CheckedFolder {
  /** As in the settings. */
  readonly name: string;
  readonly path: string;
  /**
   * For a folder on a removable disk: if the disk is missing, files would land somewhere else.
   * @throws with the reason
   */
  readonly requireThere?: () => Promise<void>;
}

/**
 * Whether files can be written where the next recording and its video will be. Tested by writing, because permissions
 * alone do not tell.
 */
export async function checkFolders(folders: readonly CheckedFolder[]): Promise<PreflightProblem[]> {
  const problems = await Promise.all(folders.map((folder) => checkFolder(folder)));
  return problems.flat();
}

async function checkFolder({ name, path, requireThere }: CheckedFolder): Promise<PreflightProblem[]> {
  const file = join(path, `.streamvault-preflight-${randomUUID()}`);
  try {
    await requireThere?.();
    await writeFile(file, 'StreamVault checks whether it can write here.\n', { flag: 'wx' });
    return [];
  } catch (error) {
    return [
      of(null, {
        code: 'folder.not-writable',
        level: 'fail',
        subject: 'folder',
        message: `${name} cannot be written to (${errorCode(error) ?? 'unknown reason'}).`,
        next: 'Check whether its disk is mounted, has room, and belongs to the user that StreamVault runs as.',
      }),
    ];
  } finally {
    await rm(file, { force: true }).catch(() => undefined);
  }
}

import { errorCode } from '@streamvault/failures';
import type { Stats } from 'node:fs';
import { link, lstat, mkdir, realpath, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** `gone`: it is at neither place. `taken`: another file has the name. */
export type MoveOutcome = 'moved' | 'gone' | 'taken';

/** What file systems without hard links answer. */
const withoutLinks: ReadonlySet<unknown> = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'EINVAL']);

/**
 * Moves a file or a folder within a root, never over another one, and at any moment it is at one of both places. Interrupted, it is
 * simply called again.
 *
 * @param from @param to below `root`
 * @throws what the file system says; `OUTSIDE` where a link on the way leads out of the root
 */
export async function moveWithin(root: string, from: string, to: string): Promise<MoveOutcome> {
  const [source, target] = [join(root, from), join(root, to)];
  const [here, there] = await Promise.all([statOf(source), statOf(target)]);
  if (!here) return there ? 'moved' : 'gone';
  // Only the case differs, on a file system that takes no notice of it; or it was linked and not removed yet.
  const isSame = there !== undefined && there.ino === here.ino && there.dev === here.dev;
  if (there && !isSame) return 'taken';
  await mkdir(dirname(target), { recursive: true });
  await requireInside(root, target);
  if (isSame && here.nlink > 1) await rm(source);
  else if (isSame || here.isDirectory()) await rename(source, target);
  else if (!(await linked(source, target))) return 'taken';
  return 'moved';
}

async function linked(source: string, target: string): Promise<boolean> {
  try {
    await link(source, target);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return false;
    if (!withoutLinks.has(code)) throw error;
    await rename(source, target);
    return true;
  }
  await rm(source);
  return true;
}

/** Folders that a move left empty, up to the root. */
export async function removeEmptyFolders(root: string, folder: string): Promise<void> {
  for (let path = folder; path !== '.' && path !== ''; path = dirname(path)) {
    try {
      await rmdir(join(root, path));
    } catch {
      // Something is still in it, or it is not ours to remove: then it stays, and so does what it lies in.
      return;
    }
  }
}

async function requireInside(root: string, target: string): Promise<void> {
  const [top, folder] = await Promise.all([realpath(root), realpath(dirname(target))]);
  const way = relative(top, resolve(folder));
  if (way === '..' || way.startsWith(`..${sep}`))
    throw Object.assign(new Error('A link leads out of the library.'), { code: 'OUTSIDE' });
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

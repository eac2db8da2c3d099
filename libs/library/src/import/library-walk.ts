import { errorCode } from '@streamvault/failures';
import type { Dirent } from 'node:fs';
import { lstat, readdir, realpath } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';

export interface FoundFile {
  /** Relative to the library's root, with `/` between folders. */
  readonly file: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly changedAt: number;
}

export interface Walk {
  readonly files: FoundFile[];
  /** Folders and files that could not be read, with the system's code. */
  readonly unreadable: { readonly file: string; readonly code: string }[];
  /** There were more files than requested. */
  readonly isCut: boolean;
}

/**
 * The folder below `root` that `path` names, absolute or not; undefined if it is not a folder, or leads out of the
 * root, also through a link. So a caller can neither make the server read or serve other places, nor find out what is
 * there.
 */
export async function folderInside(root: string, path: string): Promise<string | undefined> {
  if (path.includes('\0')) return undefined;
  try {
    const [top, folder] = await Promise.all([realpath(root), realpath(resolve(root, path))]);
    const isInside = folder === top || folder.startsWith(top.endsWith(sep) ? top : top + sep);
    return isInside && (await lstat(folder)).isDirectory() ? relative(top, folder) : undefined;
  } catch {
    // Whatever the system reports: for the caller there is no such folder.
    return undefined;
  }
}

/**
 * All files below a folder, in the order of their names. Links are not followed; hidden files and folders are skipped.
 */
export async function walk(root: string, folder: string, most: number, signal?: AbortSignal): Promise<Walk> {
  const found: Walk & { isCut: boolean } = { files: [], unreadable: [], isCut: false };
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    signal?.throwIfAborted();
    for (const entry of await entriesOf(root, next, found)) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) folders.push(path);
      if (!entry.isFile()) continue;
      if (found.files.length >= most) return { ...found, isCut: true };
      const file = path.split(sep).join('/');
      try {
        const { size: bytes, mtimeMs: changedAt } = await lstat(join(root, path));
        found.files.push({ file, bytes, changedAt });
      } catch (error) {
        found.unreadable.push({ file, code: errorCode(error) ?? 'unknown' });
      }
    }
  }
  return found;
}

async function entriesOf(root: string, folder: string, { unreadable }: Walk): Promise<Dirent[]> {
  try {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    const shown = entries.filter(({ name }) => !name.startsWith('.'));
    return shown.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    unreadable.push({ file: folder.split(sep).join('/'), code: errorCode(error) ?? 'unknown' });
    return [];
  }
}

import { errorCode } from '@streamvault/failures';
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const ownerOnly = 0o600;

/** @returns undefined if there is none */
export async function readPrivate(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Under its name there is always the old or the new content, also after a power cut. Only the owner can read it. */
export async function replacePrivate(file: string, content: string): Promise<void> {
  await viaTemporary(file, content, (temporary) => rename(temporary, file));
}

/**
 * The same for a file that must not exist yet.
 * @returns whether this call created it
 */
export async function createPrivate(file: string, content: string): Promise<boolean> {
  return viaTemporary(file, content, async (temporary) => {
    try {
      await link(temporary, file);
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      // exFAT and some network shares have no links. There, only one process may create it at a time.
      if (!hasCode(error, 'EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP')) throw error;
      await rename(temporary, file);
      return true;
    }
  });
}

/**
 * The name is removed first, then the content is overwritten, then removed; leftovers of interrupted attempts are
 * removed too. Older blocks that a file system or a disk keeps cannot be reached.
 * @returns whether there was one
 */
export async function destroy(file: string): Promise<boolean> {
  const aside = `${temporaryPrefix(file)}${randomBytes(6).toString('hex')}.erased`;
  let wasThere = true;
  try {
    await rename(file, aside);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    wasThere = false;
  }
  for (const leftover of await leftovers(file)) await overwriteAndRemove(leftover);
  if (wasThere) await syncDirectory(dirname(file));
  return wasThere;
}

async function overwriteAndRemove(file: string): Promise<void> {
  try {
    await using handle = await open(file, 'r+');
    const { size } = await handle.stat();
    await handle.write(randomBytes(size), 0, size, 0);
    await handle.sync();
  } catch (error) {
    // Another call was faster.
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  await rm(file, { force: true });
}

async function leftovers(file: string): Promise<string[]> {
  const directory = dirname(file);
  const names = await readdir(directory).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  return names.map((name) => join(directory, name)).filter((path) => path.startsWith(temporaryPrefix(file)));
}

/** Hidden, so that it is not listed as a secret. */
const temporaryPrefix = (file: string): string => join(dirname(file), `.${basename(file)}~`);

export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

async function viaTemporary<Result>(
  file: string,
  content: string,
  place: (temporary: string) => Promise<Result>,
): Promise<Result> {
  const temporary = `${temporaryPrefix(file)}${randomBytes(6).toString('hex')}.partial`;
  try {
    {
      await using handle = await open(temporary, 'wx', ownerOnly);
      await handle.writeFile(content);
      await handle.sync();
    }
    const result = await place(temporary);
    await syncDirectory(dirname(file));
    return result;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function syncDirectory(directory: string): Promise<void> {
  try {
    await using handle = await open(directory, 'r');
    await handle.sync();
  } catch (error) {
    // Windows and some network file systems cannot sync a folder. There the rename is as durable as it can be.
    if (!hasCode(error, 'EPERM', 'EINVAL', 'EISDIR', 'EACCES', 'ENOTSUP', 'ENOSYS')) throw error;
  }
}

export const hasCode = (error: unknown, ...codes: string[]): boolean => codes.includes(errorCode(error) ?? '');

import { errorCode } from '@streamvault/failures';
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const ownerOnly = 0o600;

/** @returns undefined where there is none */
export async function readPrivate(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Under its name there is the old content or the new one, also after a power cut; nobody but the owner reads either. */
export async function replacePrivate(file: string, content: string): Promise<void> {
  await viaTemporary(file, content, (temporary) => rename(temporary, file));
}

/** The same for a file that must not be there yet. @returns whether this call made it */
export async function createPrivate(file: string, content: string): Promise<boolean> {
  return viaTemporary(file, content, async (temporary) => {
    try {
      await link(temporary, file);
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      // exFAT and some network shares have no links. There the one who comes first has to be alone.
      if (!hasCode(error, 'EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP')) throw error;
      await rename(temporary, file);
      return true;
    }
  });
}

/**
 * Gone from its name first, then overwritten, then removed; what interrupted attempts left of it goes too. What a file system or
 * a disk keeps of older blocks is out of reach.
 *
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
    // Another call was quicker.
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

/** Hidden, so that no list of secrets shows it. */
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
    // Windows and some network file systems cannot sync a folder; there the rename is as durable as it gets.
    if (!hasCode(error, 'EPERM', 'EINVAL', 'EISDIR', 'EACCES', 'ENOTSUP', 'ENOSYS')) throw error;
  }
}

export const hasCode = (error: unknown, ...codes: string[]): boolean => codes.includes(errorCode(error) ?? '');

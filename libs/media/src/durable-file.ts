import { errorCode } from '@streamvault/failures';
import { createHash, randomBytes } from 'node:crypto';
import { copyFile, link, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { asStorageError, TargetTaken } from './errors.js';

const underWay = new Map<string, Promise<unknown>>();

/** Runs one work at a time per target: the second caller finds the first one's result. */
export async function oneAtATime<T>(target: string, work: () => Promise<T>): Promise<T> {
  const key = resolve(target);
  const before = underWay.get(key);
  const turn = (before ?? Promise.resolve()).then(work, work);
  underWay.set(key, turn);
  try {
    return await turn;
  } finally {
    if (underWay.get(key) === turn) underWay.delete(key);
  }
}

/**
 * Writes a file so that under its final name there is all of it or nothing, also after a power cut. `fill` writes and
 * checks a hidden file in the same folder, which is then synced and renamed. Leftovers of an interrupted attempt are
 * removed first; if this attempt fails, its file is removed too.
 * @param options.mayReplace whether an existing file with the name is replaced; else it is left alone
 * @throws TargetTaken, StorageFull, StorageRefused, or what `fill` throws
 */
export async function writeDurably<T>(
  target: string,
  fill: (temporary: string) => Promise<T>,
  { mayReplace = true } = {},
): Promise<T> {
  const directory = dirname(resolve(target));
  const prefix = temporaryPrefix(target);
  const temporary = join(directory, `${prefix}${randomBytes(6).toString('hex')}.partial`);
  try {
    await makeDirectory(directory);
    await removeLeftovers(directory, prefix);
    const result = await fill(temporary);
    await sync(temporary);
    if (mayReplace) await rename(temporary, target);
    else await renameWithoutReplacing(temporary, target);
    await syncDirectory(directory);
    return result;
  } catch (error) {
    await removeQuietly(temporary);
    throw asStorageError(error, target);
  }
}

/** Errors of file systems without hard links (exFAT, some network shares). */
const withoutLinks = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'EINVAL']);

/**
 * If another program is about to make a file with the same name, only one of the two gets it, and the other gets an
 * error.
 */
async function renameWithoutReplacing(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') throw new TargetTaken(target, { cause: error });
    if (!withoutLinks.has(errorCode(error) ?? '')) throw error;
    // The name is first taken by an empty file of ours, which is then replaced by the complete one.
    await takeName(target);
    await rename(temporary, target);
    return;
  }
  await removeQuietly(temporary);
}

async function takeName(target: string): Promise<void> {
  try {
    await using _handle = await open(target, 'wx');
  } catch (error) {
    throw errorCode(error) === 'EEXIST' ? new TargetTaken(target, { cause: error }) : error;
  }
}

export function writeContentDurably(target: string, content: string | Uint8Array): Promise<void> {
  return writeDurably(target, (temporary) => writeFile(temporary, content));
}

/** @throws TargetTaken, StorageFull, StorageRefused */
export function copyDurably(from: string, to: string): Promise<void> {
  return writeDurably(to, (temporary) => copyFile(from, temporary));
}

/**
 * Gives a complete file its final name in the same folder, also after a power cut.
 * @throws StorageFull, StorageRefused
 */
export async function renameDurably(from: string, to: string): Promise<void> {
  try {
    await sync(from);
    await rename(from, to);
    await syncDirectory(dirname(resolve(to)));
  } catch (error) {
    throw asStorageError(error, to);
  }
}

/** Short whatever the name is: the final name may already be as long as a name can be. */
function temporaryPrefix(target: string): string {
  return `.streamvault-${createHash('sha256').update(basename(target)).digest('hex').slice(0, 16)}-`;
}

async function removeLeftovers(directory: string, prefix: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name.startsWith(prefix)) await rm(join(directory, name), { force: true });
  }
}

export async function makeDirectory(directory: string): Promise<void> {
  const firstMade = await mkdir(directory, { recursive: true });
  if (firstMade !== undefined) await syncDirectory(dirname(firstMade));
}

async function sync(file: string): Promise<void> {
  await using handle = await open(file, 'r+');
  await handle.sync();
}

async function syncDirectory(directory: string): Promise<void> {
  try {
    await using handle = await open(directory, 'r');
    await handle.sync();
  } catch (error) {
    // Windows and some network file systems cannot sync a folder. There the rename is as durable as it can be.
    if (!['EPERM', 'EINVAL', 'EISDIR', 'EACCES', 'ENOTSUP', 'ENOSYS'].includes(errorCode(error) ?? '')) throw error;
  }
}

/** Removes a file without throwing, so that the original error is the one reported. */
async function removeQuietly(file: string): Promise<void> {
  try {
    await rm(file, { force: true });
  } catch {
    // The disk that failed the write may fail this too. The next attempt removes leftovers first.
  }
}

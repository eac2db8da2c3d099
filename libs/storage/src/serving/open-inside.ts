import { errorCode } from '@streamvault/failures';
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open, readlink, realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';

/**
 * `missing`: nothing there, or an impossible name · `outside`: leads out of the folder, by `..`, an absolute path or a
 * link · `not-a-file`: a folder, a pipe, a device · `empty`: it has no bytes · `unreadable`: the system refuses or the
 * disk fails.
 */
export type Refusal = 'missing' | 'outside' | 'not-a-file' | 'empty' | 'unreadable';

export interface OpenedFile {
  readonly ok: true;
  /** To be closed by the caller. */
  readonly handle: FileHandle;
  /** Bytes, when it was opened. */
  readonly size: number;
  readonly mtime: Date;
  /** Strong (RFC 9110 §8.8.1), quotes included: different after every change of the file. */
  readonly etag: string;
  /** As {@link stateOf} gives it. */
  readonly state: string;
}

/** Another for every other file, and after every change of this one: of its bytes, its name or who may read it. */
export const stateOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  `${dev}-${ino}-${size}-${mtimeNs}-${ctimeNs}`;

export interface RefusedFile {
  readonly ok: false;
  readonly reason: Refusal;
  /** The system's error name, for the log: `EACCES`. */
  readonly errno?: string;
}

/**
 * Opens for reading a regular file that really is inside `root`, wherever links lead. `path` is relative to `root`, or
 * absolute and below it. Never throws for anything that a file system can answer, and never waits on a pipe without a
 * writer.
 */
export async function openInside(root: string, path: string): Promise<OpenedFile | RefusedFile> {
  if (root.includes('\0') || path.includes('\0')) return refused('missing');
  const wanted = resolve(root, path);
  let handle: FileHandle | undefined;
  try {
    const realRoot = await realpath(root);
    // First by its text alone: a path outside is not even looked up.
    if (!isWithin(resolve(root), wanted) && !isWithin(realRoot, wanted)) return refused('outside');
    const real = await realpath(wanted);
    if (real !== realRoot && !isWithin(realRoot, real)) return refused('outside');

    handle = await open(real, constants.O_RDONLY | NO_FOLLOW | NON_BLOCK);
    if (real !== realRoot && !(await isStillWithin(realRoot, handle))) return await close(handle, 'outside');
    const facts = await handle.stat({ bigint: true });
    if (!facts.isFile()) return await close(handle, 'not-a-file');
    if (facts.size === 0n) return await close(handle, 'empty');
    const etag = `"${[facts.ino, facts.size, facts.mtimeNs].map((part) => part.toString(36)).join('-')}"`;
    const [size, mtime] = [Number(facts.size), new Date(Number(facts.mtimeMs))];
    return { ok: true, handle, size, mtime, etag, state: stateOf(facts) };
  } catch (error) {
    // Every call above asks the file system, and its refusals are the answer; any other error is a defect and is
    // thrown.
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    return handle === undefined ? refused(reasonOf(errno), errno) : close(handle, reasonOf(errno), errno);
  }
}

// Windows has neither.
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
const NON_BLOCK = constants.O_NONBLOCK ?? 0;

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** Between the check and the opening, a folder on the way may have become a link. Linux tells where an open file is. */
async function isStillWithin(realRoot: string, handle: FileHandle): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  try {
    return isWithin(realRoot, await readlink(`/proc/self/fd/${handle.fd}`));
  } catch {
    // No /proc in this container: the check before the opening has to be enough.
    return true;
  }
}

async function close(handle: FileHandle, reason: Refusal, errno?: string): Promise<RefusedFile> {
  try {
    await handle.close();
  } catch {
    // It was opened for reading only: a failed close loses nothing.
  }
  return refused(reason, errno);
}

function refused(reason: Refusal, errno?: string): RefusedFile {
  return { ok: false, reason, ...(errno !== undefined && { errno }) };
}

function reasonOf(errno: string): Refusal {
  switch (errno) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
    case 'ELOOP':
    case 'EILSEQ':
    case 'EINVAL':
      return 'missing';
    case 'EISDIR':
    // A socket, or a device without a driver.
    case 'ENXIO':
    case 'ENODEV':
      return 'not-a-file';
    default:
      return 'unreadable';
  }
}

function errnoOf(error: unknown): string | undefined {
  const code = errorCode(error);
  return code !== undefined && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

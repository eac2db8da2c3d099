import { errorCode } from '@streamvault/failures';
import { writeContentDurably } from '@streamvault/media';
import { lstat, open } from 'node:fs/promises';

/** More is no sidecar of anybody's. */
const MOST_BYTES = 64 * 1024 * 1024;

export type Written = 'written' | 'unchanged' | 'not-ours';

/**
 * Writes a file that others may have written before: only where there is none, or one of ours, and not at all where it would not change, since
 * media servers look at what was touched. Whole or not at all.
 */
export async function writeOwnFile(path: string, content: string, isOurs: (text: string) => boolean): Promise<Written> {
  const before = await textOf(path);
  if (before === content) return 'unchanged';
  if (before === null || (before !== undefined && !isOurs(before))) return 'not-ours';
  await writeContentDurably(path, content);
  return 'written';
}

/** Undefined where there is none; null where something that cannot be read has that name. */
export async function textOf(path: string): Promise<string | null | undefined> {
  try {
    if (!(await lstat(path)).isFile()) return null;
    await using handle = await open(path, 'r');
    const { size } = await handle.stat();
    return size > MOST_BYTES ? null : await handle.readFile('utf8');
  } catch (error) {
    const code = errorCode(error);
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : null;
  }
}

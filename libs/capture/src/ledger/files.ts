import { open } from 'node:fs/promises';

/** The methods of a file handle that {@link writeFully} needs. */
export interface VectorWriter {
  writev(buffers: readonly Uint8Array[], position: number): Promise<{ readonly bytesWritten: number }>;
}

/**
 * Writes all buffers at a position. A nearly full disk takes some of the bytes without an error and refuses only the
 * next call, so this goes on until everything is written or refused.
 * @returns the number of bytes written
 */
export async function writeFully(
  file: VectorWriter,
  buffers: readonly Uint8Array[],
  position: number,
): Promise<number> {
  let rest = buffers.filter((buffer) => buffer.length > 0);
  let written = 0;
  while (rest.length > 0) {
    const { bytesWritten } = await file.writev(rest, position + written);
    if (bytesWritten === 0) throw new Error('The file system took no bytes and gave no reason');
    written += bytesWritten;
    rest = drop(rest, bytesWritten);
  }
  return written;
}

function drop(buffers: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let left = bytes;
  let index = 0;
  for (; index < buffers.length; index += 1) {
    const buffer = buffers[index];
    if (buffer === undefined || left < buffer.length) break;
    left -= buffer.length;
  }
  const rest = buffers.slice(index);
  const first = rest[0];
  if (first !== undefined && left > 0) rest[0] = first.subarray(left);
  return rest;
}

/** Makes a file's bytes durable. */
export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Makes the folder's entries (new, renamed and removed files) durable. */
export async function syncFolder(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

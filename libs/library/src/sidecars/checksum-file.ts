import { writeContentDurably } from '@streamvault/media';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';

export interface ChecksumOrder {
  readonly path: string;
  /** Where the checksum goes. */
  readonly target: string;
  readonly bytes: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (share: number) => void;
}

/** As `sha256sum -c` reads it. */
export async function writeChecksum({ path, target, bytes, signal, onProgress }: ChecksumOrder): Promise<void> {
  const hash = createHash('sha256');
  let done = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 512 * 1024, signal })) {
    hash.update(chunk as Buffer);
    done += (chunk as Buffer).length;
    onProgress?.(Math.min(1, done / Math.max(1, bytes)));
  }
  await writeContentDurably(target, `${hash.digest('hex')}  ${basename(path)}\n`);
}

import { execFile } from 'node:child_process';
import { mkdir, open, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { mayMount } from '../../../libs/storage/src/mounts.testing.js';

const run = promisify(execFile);

/** Root can write everywhere, unless the whole disk is read-only; and not every root may mount one. */
export const canBeReadOnly = process.getuid?.() !== 0 || mayMount;

/** A program whose write limit can be changed. */
export interface Writing {
  readonly pid: number;
}

/**
 * A small disk that can be filled and freed: a tmpfs if this user may mount one. Elsewhere it is a folder, and "full"
 * is a limit on file sizes that the program under test gets while it runs: its writes are refused too (with EFBIG
 * rather than ENOSPC).
 */
export class SmallDisk {
  private constructor(
    readonly folder: string,
    readonly isMounted: boolean,
  ) {}

  static async make(folder: string, megabytes: number): Promise<SmallDisk> {
    await mkdir(folder, { recursive: true });
    const mounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]).then(
      () => true,
      // Not root, or root in a container that may not.
      () => false,
    );
    return new SmallDisk(folder, mounted);
  }

  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.folder);
    return bavail * bsize;
  }

  /** Takes this much room, until it is freed. Quick if the file system can reserve room without writing. */
  async take(bytes: number): Promise<void> {
    await run('fallocate', ['--length', String(Math.ceil(bytes)), path.join(this.folder, `taken-${bytes}`)]);
  }

  async giveBack(bytes: number): Promise<void> {
    await rm(path.join(this.folder, `taken-${bytes}`), { force: true });
  }

  /** Nothing more can be written. Without a program, this affects every program, but only on a real disk. */
  async fill(program?: Writing): Promise<void> {
    if (!this.isMounted && program === undefined) return;
    if (!this.isMounted && program !== undefined)
      return void (await run('prlimit', ['--pid', String(program.pid), '--fsize=0:unlimited']));
    await using filler = await open(path.join(this.folder, 'filler'), 'a');
    const block = Buffer.alloc(64 * 1024, 1);
    for (let size = block.length; size >= 1; size = Math.floor(size / 2)) {
      // The refusal is expected; smaller files take what is left.
      while (
        await filler.write(block, 0, size).then(
          ({ bytesWritten }) => bytesWritten === size,
          () => false,
        )
      );
    }
  }

  async free(program: Writing): Promise<void> {
    if (!this.isMounted) return void (await run('prlimit', ['--pid', String(program.pid), '--fsize=unlimited']));
    await rm(path.join(this.folder, 'filler'), { force: true });
  }

  /** Only where {@link canBeReadOnly}. */
  async readOnly(): Promise<void> {
    if (this.isMounted) await run('mount', ['-o', 'remount,ro', this.folder]);
    else await run('chmod', ['-R', 'a-w', this.folder]);
  }

  async writable(): Promise<void> {
    if (this.isMounted) await run('mount', ['-o', 'remount,rw', this.folder]);
    else await run('chmod', ['-R', 'u+w', this.folder]);
  }

  async close(): Promise<void> {
    if (this.isMounted) await run('umount', ['--lazy', this.folder]);
    else if (await stat(this.folder).catch(() => undefined)) await this.writable();
  }
}

import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A disk that can be removed while it is used and brought back with its content: a tmpfs that stands for the device,
 * mounted a second time at its place. Only if this user may mount.
 */
export class VanishingDisk {
  #isThere = false;

  private constructor(
    /** Where its content can be read while it is away. */
    readonly device: string,
    readonly place: string,
  ) {}

  static async mount(device: string, place: string): Promise<VanishingDisk> {
    const disk = new VanishingDisk(device, place);
    await mkdir(device, { recursive: true });
    await mkdir(place, { recursive: true });
    await run('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', device]);
    await disk.comeBack();
    return disk;
  }

  /** Also while files on it are open; their owners notice nothing. */
  async vanish(): Promise<void> {
    await run('umount', ['--lazy', this.place]);
    this.#isThere = false;
  }

  async comeBack(): Promise<void> {
    await run('mount', ['--bind', this.device, this.place]);
    this.#isThere = true;
  }

  async close(): Promise<void> {
    if (this.#isThere) await this.vanish();
    await run('umount', ['--lazy', this.device]);
  }
}

import type { KernelLogger } from '@streamvault/kernel';
import { open, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder } from './folders.js';
import type { WatchedFolder } from './disks.js';

/**
 * A file in each of the server's folders, by which it is recognized. Without it, the place may be the empty mount point
 * of its disk.
 */
const MARK = '.streamvault-folder';
const MARK_TEXT =
  'StreamVault recognizes this folder by this file. In a new folder that replaces a lost one, create an empty one.\n';
/** In the data folder: the paths of folders that are on disks of their own. */
const MEMORY = 'folders-on-other-disks.json';

/**
 * Distinguishes a folder whose disk is missing from one that is new or was emptied. Each folder is marked. For those on
 * another disk than the data folder, the data folder remembers that they existed, so that a start without the disk does
 * not create a new folder in its place.
 */
export class FolderMarks {
  /** Folders whose disk did not accept the mark, by the device on which they were then. */
  readonly #unmarked = new Map<string, number>();
  /** When a folder was last seen, until it is found missing. */
  readonly #seenAtMs = new Map<string, number>();

  /** Folders that another installation uses. */
  readonly #shared = new Map<string, string>();

  private constructor(
    private readonly owner: string | undefined,
    private readonly dataFolder: string,
    private readonly elsewhere: Set<string>,
    private readonly logger: KernelLogger,
  ) {}

  /** @param owner identifies who writes into the folders: one word per log, the same for all its processes */
  static async open(dataFolder: string, logger: KernelLogger, owner?: string): Promise<FolderMarks> {
    return new FolderMarks(owner, dataFolder, await readMemory(join(dataFolder, MEMORY)), logger);
  }

  /**
   * Creates and marks a folder, unless it was on a disk that is missing now.
   * @returns whether there was none before
   * @throws StartRefused
   */
  async take({ name, path }: WatchedFolder): Promise<boolean> {
    const isMarked = await this.#isMarked(path);
    if (!isMarked && this.elsewhere.has(path)) {
      this.logger.error(
        `The disk of ${name} (${path}) is not there. Mount it; what waits for it then continues by itself. If another folder is meant to ` +
          `replace it, create an empty file ${MARK} in it.`,
        { folder: path },
      );
      return false;
    }
    await ensureFolder(name, path);
    const isNew = !isMarked && (await readdir(path)).length === 0;
    if (isMarked) await this.#claim(name, path);
    else await this.#mark(path);
    await this.#remember(path);
    return isNew;
  }

  /**
   * A failing disk counts as missing.
   * @param withinMs a check that was made this recently is enough: of a hundred simultaneous callers, one checks
   */
  async isThere(path: string, withinMs = 0): Promise<boolean> {
    if (Date.now() - (this.#seenAtMs.get(path) ?? -Infinity) < withinMs) return true;
    const lookedAtMs = Date.now();
    const isThere = await this.#look(path);
    if (isThere) this.#seenAtMs.set(path, lookedAtMs);
    else this.#seenAtMs.delete(path);
    return isThere;
  }

  async #look(path: string): Promise<boolean> {
    if (await this.#isMarked(path)) return true;
    const device = this.#unmarked.get(path);
    return device !== undefined && device === (await deviceOf(path));
  }

  async #isMarked(path: string): Promise<boolean> {
    return (await deviceOf(join(path, MARK))) !== undefined;
  }

  async #mark(path: string): Promise<void> {
    try {
      await writeFile(join(path, MARK), this.#text);
    } catch {
      // Full, or read-only: it can still be read, and is marked at the next start.
      const device = await deviceOf(path);
      if (device !== undefined) this.#unmarked.set(path, device);
    }
  }

  /** Warnings about the folders for the operator, one sentence each. */
  get warnings(): readonly string[] {
    return [...this.#shared.values()];
  }

  get #text(): string {
    return this.owner === undefined ? MARK_TEXT : `${MARK_TEXT}owner: ${this.owner}\n`;
  }

  /**
   * A mark without an owner becomes ours. One of another owner is reported, because two servers in one folder do not
   * know each other's files.
   */
  async #claim(name: string, path: string): Promise<void> {
    if (this.owner === undefined) return;
    const file = join(path, MARK);
    try {
      const other = /^owner: (\S+)$/m.exec(await readFile(file, 'utf8'))?.[1];
      if (other === undefined) return await writeFile(file, this.#text);
      if (other === this.owner) return;
      const warning =
        `${name} (${path}) belongs to another StreamVault (${other}; this one is ${this.owner}). None of its files is replaced, but each ` +
        `server takes only its own files into account. Give this one its own ${name}; if the other is gone, empty the file ${file}.`;
      this.#shared.set(path, warning);
      this.logger.warn(warning, { folder: path });
    } catch (error) {
      // Read-only, or just gone: the code that writes into it reports that.
      this.logger.warn(`The owner of folder ${path} could not be determined`, { err: error });
    }
  }

  async #remember(path: string): Promise<void> {
    const isElsewhere = (await deviceOf(path)) !== (await deviceOf(this.dataFolder));
    if (isElsewhere === this.elsewhere.has(path)) return;
    if (isElsewhere) this.elsewhere.add(path);
    else this.elsewhere.delete(path);
    try {
      await this.#writeMemory();
    } catch (error) {
      this.logger.warn('The list of folders on other disks could not be saved; the next start tries again', {
        err: error,
      });
    }
  }

  async #writeMemory(): Promise<void> {
    const file = join(this.dataFolder, MEMORY);
    const temporary = `${file}.tmp`;
    await writeFile(temporary, `${JSON.stringify({ folders: [...this.elsewhere] })}\n`);
    await using handle = await open(temporary, 'r+');
    await handle.sync();
    await rename(temporary, file);
  }
}

async function readMemory(file: string): Promise<Set<string>> {
  try {
    const kept: unknown = JSON.parse(await readFile(file, 'utf8'));
    const folders: unknown = typeof kept === 'object' && kept !== null && 'folders' in kept ? kept.folders : [];
    return new Set(Array.isArray(folders) ? folders.filter((path) => typeof path === 'string') : []);
  } catch {
    // None was written yet, or it is torn: then nothing is known, as at the first start.
    return new Set();
  }
}

const deviceOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ dev }) => dev,
    () => undefined,
  );

import type { KernelLogger } from '@streamvault/kernel';
import { open, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder } from './folders.js';
import type { WatchedFolder } from './disks.js';

/** Lies in each of the server's folders, so that it is known again: without it, it is the empty place its disk is mounted to. */
const MARK = '.streamvault-folder';
const MARK_TEXT =
  'StreamVault knows this folder by this file. In a new folder that takes the place of a lost one, make an empty one.\n';
/** In the data folder: the paths of folders that lie on disks of their own. */
const MEMORY = 'folders-on-other-disks.json';

/**
 * Tells a folder whose disk is away from one that is new or was emptied. Each folder is marked; and of those on another disk than
 * the data folder is kept in mind that there was one, so that a start without that disk makes no new folder in its place.
 */
export class FolderMarks {
  /** Folders whose disk would not take the mark, by the device they were on then. */
  readonly #unmarked = new Map<string, number>();
  /** When a folder was last seen to be there, for as long as nobody has seen it missing. */
  readonly #seenAtMs = new Map<string, number>();

  /** Folders that another installation takes for its own. */
  readonly #shared = new Map<string, string>();

  private constructor(
    private readonly owner: string | undefined,
    private readonly dataFolder: string,
    private readonly elsewhere: Set<string>,
    private readonly logger: KernelLogger,
  ) {}

  /** @param owner who writes into the folders: one word per log, so that all processes of one log have the same */
  static async open(dataFolder: string, logger: KernelLogger, owner?: string): Promise<FolderMarks> {
    return new FolderMarks(owner, dataFolder, await readMemory(join(dataFolder, MEMORY)), logger);
  }

  /**
   * Makes and marks a folder, unless it was on a disk that is away now.
   * @returns whether there was none before
   * @throws StartRefused
   */
  async take({ name, path }: WatchedFolder): Promise<boolean> {
    const isMarked = await this.#isMarked(path);
    if (!isMarked && this.elsewhere.has(path)) {
      this.logger.error(
        `The disk of ${name} (${path}) is not there. Mount it; what waits for it goes on by itself then. If another folder is meant to ` +
          `take its place, make an empty file ${MARK} in it.`,
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
   * A disk that fails is not there either.
   * @param withinMs it is enough that it was there when somebody looked so recently: of a hundred who ask at once, one looks
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
      // Full, or read-only: it can be looked at all the same, and is marked at the next start.
      const device = await deviceOf(path);
      if (device !== undefined) this.#unmarked.set(path, device);
    }
  }

  /** What an operator should know of the folders, a sentence each. */
  get warnings(): readonly string[] {
    return [...this.#shared.values()];
  }

  get #text(): string {
    return this.owner === undefined ? MARK_TEXT : `${MARK_TEXT}owner: ${this.owner}\n`;
  }

  /** A mark of nobody's becomes ours; one of somebody else is told, for two servers in one folder do not know each other's files. */
  async #claim(name: string, path: string): Promise<void> {
    if (this.owner === undefined) return;
    const file = join(path, MARK);
    try {
      const other = /^owner: (\S+)$/m.exec(await readFile(file, 'utf8'))?.[1];
      if (other === undefined) return await writeFile(file, this.#text);
      if (other === this.owner) return;
      const warning =
        `${name} (${path}) belongs to another StreamVault (${other}; this one is ${this.owner}). No file of it is replaced, but each ` +
        `server takes only its own files into account. Give this one its own ${name}; if the other is gone, empty the file ${file}.`;
      this.#shared.set(path, warning);
      this.logger.warn(warning, { folder: path });
    } catch (error) {
      // Read-only, or just gone: whoever writes into it tells.
      this.logger.warn(`It could not be seen whose folder ${path} is`, { err: error });
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
      this.logger.warn('It could not be written down which folders lie on other disks; it is tried at the next start', {
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
    // None was written yet, or it was torn: then nothing is known, as at the first start.
    return new Set();
  }
}

const deviceOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ dev }) => dev,
    () => undefined,
  );

import { mkdirSync, readdirSync, statSync, watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';

/**
 * When the first byte of each recording is in its file, as the system reports it: polling would cost what is being
 * measured.
 */
export class FirstBytes {
  readonly #atMs = new Map<string, number>();
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #work: string;

  /** @param work the folder that contains one for each recording */
  constructor(work: string) {
    this.#work = work;
    mkdirSync(work, { recursive: true });
    this.#watchers.set(
      work,
      watch(work, (_kind, name) => this.#begin(name)),
    );
  }

  #begin(name: string | null): void {
    if (name?.startsWith('recording-') !== true || this.#watchers.has(name)) return;
    this.#watchers.set(
      name,
      watch(join(this.#work, name), () => this.#look(name)),
    );
    this.#look(name);
  }

  #look(name: string): void {
    if (this.#atMs.has(name)) return;
    const folder = join(this.#work, name);
    const part = readdirSync(folder).find((file) => file.startsWith('part-'));
    if (part === undefined || statSync(join(folder, part)).size === 0) return;
    this.#atMs.set(name, Date.now());
    this.#watchers.get(name)?.close();
  }

  /** How many recordings have something. */
  get count(): number {
    return this.#atMs.size;
  }

  /** Milliseconds since the epoch, by the name of the recording's folder. */
  byName(): ReadonlyMap<string, number> {
    return this.#atMs;
  }

  /** Milliseconds since the epoch, one per recording that has received something. */
  end(): readonly number[] {
    for (const watcher of this.#watchers.values()) watcher.close();
    return [...this.#atMs.values()];
  }
}

import { DiskGone } from '@streamvault/storage';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Whether what lies at the root now is what recordings were put into, and not the empty place its disk is mounted to.
 * @param withinMs it is enough that it was so when somebody looked so recently
 */
export type RootPresence = (withinMs?: number) => Promise<boolean>;

/** Whoever begins something must not wait for the disk to be looked at that has just been looked at. */
const RECENT_MS = 1000;

/**
 * Who works in a recording's folder. A capture that was stopped still writes its last line while the finalizer is about
 * to read it: they take turns.
 */
export class WorkFolders {
  readonly root: string;
  readonly #turns = new Map<number, Promise<void>>();

  /** @param isNew the root was made when this program started: nothing can have been in it */
  constructor(
    root: string,
    readonly isRootThere: RootPresence = () => Promise.resolve(true),
    readonly isNew = false,
  ) {
    this.root = root;
  }

  path(recordingId: number): string {
    return join(this.root, `recording-${recordingId}`);
  }

  /** @throws DiskGone where nothing can be looked for, nor begun */
  async requireRoot(): Promise<void> {
    if (!(await this.isRootThere(RECENT_MS))) throw new DiskGone(this.root);
  }

  /** Whether a recording that has begun can be gone on with. */
  async has(recordingId: number): Promise<boolean> {
    const there = await stat(this.path(recordingId)).then(
      (found) => found.isDirectory(),
      // Whatever the reason (ENOENT, EIO, ESTALE), it cannot be read now.
      () => false,
    );
    return there && (await this.isRootThere());
  }

  /** Whether there is a folder of this number, of a recording that the log does not know any more, say. */
  isUsed(recordingId: number): Promise<boolean> {
    return stat(this.path(recordingId)).then(
      () => true,
      // Nothing can be begun in a folder that cannot be looked at, and the start says so.
      () => false,
    );
  }

  /** Runs `work` when everyone before has left the folder. */
  async inTurn<Result>(recordingId: number, work: () => Promise<Result>): Promise<Result> {
    const before = this.#turns.get(recordingId) ?? Promise.resolve();
    const { promise: turn, resolve: leave } = Promise.withResolvers<void>();
    this.#turns.set(recordingId, turn);
    await before;
    try {
      return await work();
    } finally {
      leave();
      if (this.#turns.get(recordingId) === turn) this.#turns.delete(recordingId);
    }
  }

  /** Settles when nobody works in any folder. */
  async idle(): Promise<void> {
    await Promise.all(this.#turns.values());
  }
}

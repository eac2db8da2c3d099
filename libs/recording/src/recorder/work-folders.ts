import { fenceLedger } from '@streamvault/capture';
import { DiskGone } from '@streamvault/storage';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Whether the root now holds what recordings were put into, and is not the empty mount point of its disk.
 * @param withinMs a check that was made this recently is enough
 */
export type RootPresence = (withinMs?: number) => Promise<boolean>;

/** A new recording need not wait for another check if the disk was checked this recently. */
const RECENT_MS = 1000;

/**
 * Serializes work in a recording's folder. A stopped capture may still write its last line when the finalizer is about
 * to read: they take turns.
 */
export class WorkFolders {
  readonly root: string;
  readonly #turns = new Map<number, Promise<void>>();

  /** @param isNew the root was made when this program started, so nothing can have been in it */
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

  /** @throws DiskGone if the disk is missing */
  async requireRoot(): Promise<void> {
    if (!(await this.isRootThere(RECENT_MS))) throw new DiskGone(this.root);
  }

  /** Whether a recording that has begun can be continued. */
  async has(recordingId: number): Promise<boolean> {
    const there = await stat(this.path(recordingId)).then(
      (found) => found.isDirectory(),
      // Whatever the reason (ENOENT, EIO, ESTALE), it cannot be read now.
      () => false,
    );
    return there && (await this.isRootThere());
  }

  /** Whether there is a folder with this number, for example of a recording that the log no longer knows. */
  isUsed(recordingId: number): Promise<boolean> {
    return stat(this.path(recordingId)).then(
      () => true,
      // Nothing can be begun in a folder that cannot be read, and the start will report that.
      () => false,
    );
  }

  /** Takes the folder away from another recorder that had the recording, and may still write. */
  async takeOver(recordingId: number): Promise<void> {
    await fenceLedger(this.path(recordingId));
  }

  /** Runs `work` when all earlier work in the folder is done. */
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

  /** Settles when no work runs in any folder. */
  async idle(): Promise<void> {
    await Promise.all(this.#turns.values());
  }
}

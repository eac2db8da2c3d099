import { join } from 'node:path';

/**
 * Who works in a recording's folder. A capture that was stopped still writes its last line while the finalizer is about
 * to read it: they take turns.
 */
export class WorkFolders {
  readonly root: string;
  readonly #turns = new Map<number, Promise<void>>();

  constructor(root: string) {
    this.root = root;
  }

  path(recordingId: number): string {
    return join(this.root, `recording-${recordingId}`);
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

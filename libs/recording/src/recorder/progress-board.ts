import type { CaptureProgress } from '@streamvault/capture';

/** Where the running captures stand, as of now. Not a fact worth an event; gone with the process, and back with the next byte. */
export class ProgressBoard {
  readonly #entries = new Map<number, CaptureProgress>();

  update(progress: CaptureProgress): void {
    this.#entries.set(progress.recordingId, progress);
  }

  get(recordingId: number): CaptureProgress | undefined {
    return this.#entries.get(recordingId);
  }

  remove(recordingId: number): void {
    this.#entries.delete(recordingId);
  }

  all(): CaptureProgress[] {
    return [...this.#entries.values()];
  }
}

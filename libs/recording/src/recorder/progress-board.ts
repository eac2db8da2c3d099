import type { CaptureProgress } from '@streamvault/capture';
import { stallSecondsOf, type RecordingContext } from '../domain/recording-context.js';

type StallFacts = Pick<RecordingContext, 'streamerName' | 'stalls' | 'reResolves'>;

/** What a running capture reports, and what the log says about it. */
export interface LiveFigures extends CaptureProgress {
  readonly stallSeconds: number;
  /** Since when no bytes have come although some should have, while that lasts. */
  readonly stalledSince: string | undefined;
  readonly reResolves: number;
  readonly streamerName: string;
}

/**
 * The current state of the running captures. It is not stored as an event: it is lost with the process, and back with
 * the next byte.
 */
export class ProgressBoard {
  readonly #entries = new Map<number, CaptureProgress>();
  readonly #told = new Map<number, StallFacts>();

  update(progress: CaptureProgress): void {
    this.#entries.set(progress.recordingId, progress);
  }

  /** Sets the recording as it is after its latest event. */
  note({ recordingId, streamerName, stalls, reResolves }: StallFacts & Pick<RecordingContext, 'recordingId'>): void {
    this.#told.set(recordingId, { streamerName, stalls, reResolves });
  }

  get(recordingId: number): CaptureProgress | undefined {
    return this.#entries.get(recordingId);
  }

  remove(recordingId: number): void {
    this.#entries.delete(recordingId);
  }

  /** The recording is over. */
  forget(recordingId: number): void {
    this.remove(recordingId);
    this.#told.delete(recordingId);
  }

  all(): CaptureProgress[] {
    return [...this.#entries.values()];
  }

  figures(nowMs: number): LiveFigures[] {
    return this.all().map((entry) => {
      const told = this.#told.get(entry.recordingId);
      const { streamerName = '', stalls = [], reResolves = 0 } = told ?? {};
      const stalledSince = stalls.find(({ to }) => to === null)?.from;
      const lasting = stalledSince === undefined ? 0 : Math.max(0, (nowMs - Date.parse(stalledSince)) / 1000);
      return { ...entry, stallSeconds: stallSecondsOf(stalls) + lasting, stalledSince, reResolves, streamerName };
    });
  }
}

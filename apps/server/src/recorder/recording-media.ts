import { type Ledger, type LedgerPart, LedgerReader, LedgerUnusable, playlistFromLedger } from '@streamvault/capture';
import { DomainError } from '@streamvault/event-sourcing';
import type { Clock, WorkFolders } from '@streamvault/recording';

export class NotPlayable extends DomainError {
  readonly code = 'recording.not-playable';
  readonly kind = 'not-found';
  constructor(recordingId: number, detail: string) {
    super(detail, { recordingId });
  }
}

/** Ledgers kept open for viewers; more viewers than this only read theirs anew. */
const readersKept = 64;

/** Relative to the playlist. */
const partUri = ({ number, container }: LedgerPart): string => `parts/${number}.${container}`;

/** A recording's raw parts as somebody watches them: its playlist and the files it points to. */
export class RecordingMedia {
  readonly #readers = new Map<number, LedgerReader>();
  readonly #watchedAt = new Map<number, number>();

  constructor(
    private readonly folders: WorkFolders,
    private readonly clock: Clock,
  ) {}

  /** @throws NotPlayable before the first segment, and when the parts are gone */
  async playlist(recordingId: number, hasEnded: boolean): Promise<string> {
    const ledger = await this.#ledger(recordingId);
    if (!ledger || ledger.segments.length === 0)
      throw new NotPlayable(recordingId, `Recording ${recordingId} holds nothing that could be played (yet).`);
    this.#watchedAt.set(recordingId, this.clock.now());
    return playlistFromLedger(ledger, { partUri, ended: hasEnded });
  }

  /** The folder and file of a part, with its media type. Undefined where the ledger knows no such part. */
  async part(
    recordingId: number,
    number: number,
  ): Promise<{ readonly root: string; readonly file: string; readonly type: string } | undefined> {
    const ledger = await this.#ledger(recordingId);
    const part = ledger?.parts.find((part) => part.number === number);
    if (!part) return undefined;
    this.#watchedAt.set(recordingId, this.clock.now());
    const type = part.container === 'ts' ? 'video/mp2t' : 'video/mp4';
    return { root: this.folders.path(recordingId), file: part.file, type };
  }

  /** Milliseconds since the epoch; 0 where nobody has. */
  lastWatchedAt(recordingId: number): number {
    return this.#watchedAt.get(recordingId) ?? 0;
  }

  forget(recordingId: number): void {
    this.#readers.delete(recordingId);
    this.#watchedAt.delete(recordingId);
  }

  /** Whatever somebody did to the folder: then there is nothing to play, which is no defect of the server. */
  async #ledger(recordingId: number): Promise<Ledger | undefined> {
    try {
      return await this.#reader(recordingId).refresh();
    } catch (error) {
      if (error instanceof LedgerUnusable) throw new NotPlayable(recordingId, error.message);
      if (!(error instanceof Error && 'syscall' in error)) throw error;
      throw new NotPlayable(recordingId, `The work folder of recording ${recordingId} cannot be read.`);
    }
  }

  #reader(recordingId: number): LedgerReader {
    const reader = this.#readers.get(recordingId) ?? new LedgerReader(this.folders.path(recordingId));
    // Put back at the end: the one longest unused is the first.
    this.#readers.delete(recordingId);
    this.#readers.set(recordingId, reader);
    const [oldest] = this.#readers.keys();
    if (this.#readers.size > readersKept && oldest !== undefined) this.#readers.delete(oldest);
    return reader;
  }
}

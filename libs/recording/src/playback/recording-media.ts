import {
  GrowingPlaylist,
  type Ledger,
  type LedgerPart,
  LedgerReader,
  type LedgerSegment,
  LedgerUnusable,
  masterPlaylist,
  readRuns,
  SOUND_FOLDER,
} from '@streamvault/capture';
import { DomainError } from '@streamvault/kernel';
import type { MediaRun } from '@streamvault/media';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Timeline } from '../domain/media-time.js';
import type { Clock } from '../ports.js';
import type { WorkFolders } from '../recorder/work-folders.js';

export class NotPlayable extends DomainError {
  readonly code = 'recording.not-playable';
  readonly kind = 'not-found';
  constructor(recordingId: number, detail: string, videoId?: number) {
    super(detail, {
      recordingId,
      ...(videoId !== undefined && { videoId, streamUrl: `/api/videos/${videoId}/stream` }),
    });
  }
}

/** Its raw parts are gone since there is a video of it. */
export class PlayableAsVideo extends NotPlayable {
  constructor(recordingId: number, videoId: number) {
    super(
      recordingId,
      `Recording ${recordingId} is finished: it is video ${videoId}, at /api/videos/${videoId}/stream.`,
      videoId,
    );
  }
}

/** Of ten hours in segments of two seconds, eighteen thousand entries would be three times as much to send and to read. */
const entrySeconds = 6;

/** What a player wants of a playlist. */
export interface PlaylistWish {
  /** Each segment as soon as it is there. */
  readonly isLowLatency?: boolean;
  /** Only what is new, where that is less. */
  readonly isUpdate?: boolean;
}

export interface ReadyPlaylist {
  readonly text: () => string;
  readonly gzip: () => Buffer;
}

const plain = (text: string): ReadyPlaylist => ({ text: () => text, gzip: () => gzipSync(text) });

/** How many ledgers are kept open for viewers. With more viewers, ledgers are read again. */
const readersKept = 128;

/** `sound`: the audio, which has a ledger of its own if the source keeps video and audio apart. */
export type MediaTrack = 'picture' | 'sound';

/** As registered with IANA. */
const mediaTypes: Readonly<Record<LedgerPart['container'], string>> = {
  ts: 'video/mp2t',
  mp4: 'video/mp4',
  aac: 'audio/aac',
  mp3: 'audio/mpeg',
  ac3: 'audio/ac3',
  eac3: 'audio/eac3',
};

/** Relative to the playlist. */
const partUri =
  (track: MediaTrack) =>
  ({ number, container }: LedgerPart): string =>
    `${track === 'sound' ? 'sound/' : ''}parts/${number}.${container}`;

/** A recording's raw parts for playback: its playlist and the files that it names. */
export class RecordingMedia {
  /** By folder. */
  readonly #readers = new Map<string, LedgerReader>();
  /** Of a ledger that was cut back there is another object. */
  readonly #playlists = new WeakMap<Ledger, { segments?: GrowingPlaylist; entries?: GrowingPlaylist }>();
  readonly #watchedAt = new Map<number, number>();

  constructor(
    private readonly folders: WorkFolders,
    private readonly clock: Clock,
  ) {}

  /**
   * What a player starts with: the media playlist or, if the audio is separate, a master playlist over the two.
   * @throws NotPlayable before the first segment, and when the parts are gone
   */
  async playlist(recordingId: number, hasEnded: boolean, wish: PlaylistWish = {}): Promise<ReadyPlaylist> {
    const sound = await this.#ledger(recordingId, 'sound');
    if (!sound || sound.segments.length === 0) return this.mediaPlaylist(recordingId, 'picture', hasEnded, wish);
    const picture = await this.#playable(recordingId, 'picture');
    const query = wish.isLowLatency === true ? '?latency=low' : '';
    return plain(
      masterPlaylist(picture, sound, { pictureUri: `picture.m3u8${query}`, soundUri: `sound.m3u8${query}` }),
    );
  }

  /** @throws NotPlayable */
  async mediaPlaylist(
    recordingId: number,
    track: MediaTrack,
    hasEnded: boolean,
    { isLowLatency = false, isUpdate = false }: PlaylistWish = {},
  ): Promise<ReadyPlaylist> {
    const ledger = await this.#playable(recordingId, track);
    const playlist = this.#growing(ledger, track, isLowLatency ? 'segments' : 'entries');
    const update = isUpdate ? playlist.delta(hasEnded) : undefined;
    if (update !== undefined) return plain(update);
    return { text: () => playlist.text(hasEnded), gzip: () => playlist.gzip(hasEnded) };
  }

  #growing(ledger: Ledger, track: MediaTrack, kind: 'segments' | 'entries'): GrowingPlaylist {
    const made = this.#playlists.get(ledger) ?? {};
    this.#playlists.set(ledger, made);
    return (made[kind] ??= new GrowingPlaylist(ledger, {
      partUri: partUri(track),
      entrySeconds: kind === 'entries' ? entrySeconds : 0,
    }));
  }

  async #playable(recordingId: number, track: MediaTrack): Promise<Ledger> {
    const ledger = await this.#ledger(recordingId, track);
    if (!ledger || ledger.segments.length === 0)
      throw new NotPlayable(recordingId, `Recording ${recordingId} holds nothing that can be played yet.`);
    this.#watchedAt.set(recordingId, this.clock.now());
    return ledger;
  }

  /** The folder and file of a part, with its media type. Undefined if the ledger has no such part. */
  async part(
    recordingId: number,
    number: number,
    track: MediaTrack = 'picture',
  ): Promise<{ readonly root: string; readonly file: string; readonly type: string } | undefined> {
    const ledger = await this.#ledger(recordingId, track);
    const part = ledger?.parts.find((part) => part.number === number);
    if (!part) return undefined;
    this.#watchedAt.set(recordingId, this.clock.now());
    return { root: this.#folder(recordingId, track), file: part.file, type: mediaTypes[part.container] };
  }

  /** The newest segment, as ffmpeg reads it, with its number; undefined if there is none. */
  async newestSegment(recordingId: number): Promise<{ readonly index: number; readonly run: MediaRun } | undefined> {
    const segment = (await this.#ledger(recordingId, 'picture'))?.segments.at(-1);
    if (segment === undefined) return undefined;
    return { index: segment.index, run: this.#runOf(recordingId, segment) };
  }

  #runOf(recordingId: number, { part, offset, length, durationSeconds }: LedgerSegment): MediaRun {
    const { container, signature, init } = part;
    const file = join(this.#folder(recordingId, 'picture'), part.file);
    const ranges = [{ file, offset, length }];
    return { container, signature, durationSeconds, ranges, ...(init && { init: { ...init, file } }) };
  }

  /** The segment at a time of the playlist, as ffmpeg reads it; undefined if there is none. @throws NotPlayable */
  async segmentAt(recordingId: number, mediaSeconds: number): Promise<MediaRun | undefined> {
    const { segments } = await this.#playable(recordingId, 'picture');
    const segment = segments[lastBefore(segments, mediaSeconds)];
    const isIn = segment !== undefined && mediaSeconds < segment.mediaStartSeconds + segment.durationSeconds;
    return isIn ? this.#runOf(recordingId, segment) : undefined;
  }

  /** Where the wall clock lies in the playlist, stretch by stretch. @throws NotPlayable */
  async timeline(recordingId: number): Promise<Timeline> {
    const ledger = await this.#playable(recordingId, 'picture');
    return readRuns(ledger).map(({ startsAt, mediaStartSeconds: mediaSeconds, durationSeconds }) => ({
      startsAt,
      mediaSeconds,
      durationSeconds,
    }));
  }

  /** Of all that is in the ledger. @throws NotPlayable */
  async durationSeconds(recordingId: number): Promise<number> {
    return (await this.#playable(recordingId, 'picture')).totals.durationSeconds;
  }

  /** Milliseconds since the epoch; 0 if it was never watched. */
  lastWatchedAt(recordingId: number): number {
    return this.#watchedAt.get(recordingId) ?? 0;
  }

  forget(recordingId: number): void {
    for (const track of ['picture', 'sound'] as const) this.#readers.delete(this.#folder(recordingId, track));
    this.#watchedAt.delete(recordingId);
  }

  /** If somebody changed the folder, there is nothing to play. This is not a defect of the server. */
  async #ledger(recordingId: number, track: MediaTrack): Promise<Ledger | undefined> {
    try {
      return await this.#reader(this.#folder(recordingId, track)).refresh();
    } catch (error) {
      if (error instanceof LedgerUnusable) throw new NotPlayable(recordingId, error.message);
      if (!(error instanceof Error && 'syscall' in error)) throw error;
      throw new NotPlayable(recordingId, `The work folder of recording ${recordingId} cannot be read.`);
    }
  }

  #folder(recordingId: number, track: MediaTrack): string {
    const folder = this.folders.path(recordingId);
    return track === 'sound' ? join(folder, SOUND_FOLDER) : folder;
  }

  #reader(folder: string): LedgerReader {
    const reader = this.#readers.get(folder) ?? new LedgerReader(folder);
    // Moved to the end, so that the least recently used reader is the first.
    this.#readers.delete(folder);
    this.#readers.set(folder, reader);
    const [oldest] = this.#readers.keys();
    if (this.#readers.size > readersKept && oldest !== undefined) this.#readers.delete(oldest);
    return reader;
  }
}

/** The last segment that begins at this time or earlier; -1 if there is none. */
function lastBefore(segments: readonly LedgerSegment[], mediaSeconds: number): number {
  let [low, high] = [0, segments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((segments[middle]?.mediaStartSeconds ?? Infinity) <= mediaSeconds) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

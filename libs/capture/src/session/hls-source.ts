import { chooseAgain, chooseVariant, isMute, soundOf } from '../hls/choose-variant.js';
import { isCutOff } from '../hls/lines.js';
import { PlaylistReader } from '../hls/parse-playlist.js';
import {
  PlaylistError,
  type MasterPlaylist,
  type MediaPlaylist,
  type Playlist,
  type Variant,
} from '../hls/playlist.js';
import type { CaptureRequest, CaptureSource, RefreshReason } from '../port.js';
import { expiryOf } from '@streamvault/platforms';
import { SourceUnavailable } from '@streamvault/platforms';
import type { Clock } from './clock.js';
import type { Http } from './http.js';
import { MediaInstead } from './http-client.js';
import { OtherEngineWanted } from '../other-engine.js';
import type { Reading } from '../reading.js';
import type { HlsCaptureSettings } from './settings.js';
import { nameOf, SourceFault } from '@streamvault/network';

export interface LoadedPlaylist {
  readonly playlist: MediaPlaylist;
  /** When the request began. Reload times count from then (RFC 8216 section 6.3.4). */
  readonly requestedAtMs: number;
  readonly loadedAtMs: number;
}

export interface OpenedSource {
  readonly variant: Variant;
  readonly first: LoadedPlaylist;
  /** The segments have no audio; it is in a playlist of its own. */
  readonly soundApart: boolean;
  /** Why the address was found again during the capture, if it was. */
  readonly again?: RefreshReason;
}

/** What is taken of a source: everything, or only the audio that belongs to the video. */
export type Track = 'all' | 'sound';

/** Where a source is being read. */
interface Place {
  readonly source: CaptureSource;
  readonly mediaUrl: string;
  readonly viaMaster: boolean;
  readonly variant: Variant;
  /** When another address will be needed; Infinity if the address is not known to expire. */
  renewAtMs: number;
}

/** An address is renewed this long before it expires, or a fifth of its lifetime before, whichever is less. */
const LEAD_MS = 60_000;
const LEAD_SHARE = 0.2;
/** The shortest time between renewals, however soon an address expires, and after a renewal that failed. */
const LEAST_BETWEEN_RENEWALS_MS = 5000;
const LEAST_ANSWER_SECONDS = 5;
const MOST_VARIANTS_TRIED = 8;

export interface HlsSourceServices {
  readonly http: Http;
  readonly settings: HlsCaptureSettings;
  readonly clock: Clock;
  readonly reading: Reading;
}

/**
 * A live source: leads from the address that a user gave to the media playlist that is recorded, and finds it again
 * where possible.
 */
export class HlsSource {
  #source: CaptureSource;
  #place: Place | undefined;
  /** The text that came with the address, until it is used. */
  #text: string | undefined;
  /** Opening that began before it was requested. */
  #ahead: Promise<OpenedSource> | undefined;
  /** Gives the same object for a list that has not changed. */
  readonly #reader = new PlaylistReader();
  /**
   * How long an answer may take. It becomes shorter once the pace of the source is known, because segments leave the
   * list during the wait.
   */
  #answerSeconds: number;
  #other: OtherEngineWanted | undefined;
  /** The last line of the last text, if it had no line end. */
  #stump: string | undefined;
  /** Definitions of the master playlist for the other playlists. */
  #definitions: ReadonlyMap<string, string> | undefined;

  constructor(
    private readonly request: CaptureRequest,
    private readonly services: HlsSourceServices,
    private readonly signal: AbortSignal,
    private readonly track: Track = 'all',
  ) {
    this.#source = request.source;
    this.#text = request.source.playlist;
    this.#answerSeconds = services.settings.playlistTimeoutSeconds;
  }

  /** Set if the address needs another engine. */
  get other(): OtherEngineWanted | undefined {
    return this.#other;
  }

  /** The address that everything currently starts from. */
  get address(): string {
    return this.#source.url;
  }

  /** Headers that every request to the source currently needs. */
  get headers(): Readonly<Record<string, string>> {
    return this.#source.headers ?? {};
  }

  /** The current address can be found again, at the platform or in a master playlist. */
  get renewable(): boolean {
    return this.request.source.refresh !== undefined || this.#place?.viaMaster === true;
  }

  /** The current address will soon be refused. */
  get expiring(): boolean {
    return this.renewable && this.services.clock.now() >= (this.#place?.renewAtMs ?? Infinity);
  }

  /** Starts opening the source; the next `open` gives the result. */
  openAhead(): void {
    this.#ahead = this.open();
    // The error goes to the caller of `open`.
    this.#ahead.catch(() => {});
  }

  /** @throws SourceFault */
  open(): Promise<OpenedSource> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead !== undefined) return ahead;
    const text = this.#text;
    this.#text = undefined;
    return this.#open(this.#source, text);
  }

  /**
   * Opens the source at its current address, in the quality it had. If that fails, everything stays as it is.
   * @throws SourceFault
   */
  async renew(again: RefreshReason): Promise<OpenedSource> {
    try {
      const source = await this.#findAnew(again);
      const opened = await this.#open(source, source.playlist);
      return { ...opened, again };
    } catch (error) {
      if (this.#place !== undefined) this.#place.renewAtMs = this.services.clock.now() + LEAST_BETWEEN_RENEWALS_MS;
      throw error;
    }
  }

  /**
   * The media playlist as it is now.
   * @throws SourceFault
   */
  async reload(): Promise<LoadedPlaylist> {
    if (this.#place === undefined) throw new Error('The source is not open');
    return this.#loadMedia(this.#place.mediaUrl, this.#source, this.#definitions);
  }

  async #findAnew(again: RefreshReason): Promise<CaptureSource> {
    const first = this.request.source;
    if (first.refresh === undefined) return this.#source;
    try {
      const source = await first.refresh(again, this.signal);
      if (source.engine !== 'ffmpeg') return source;
    } catch (error) {
      if (error instanceof SourceUnavailable)
        throw new SourceFault({ code: error.code, message: error.message }, error.definitive);
      throw error;
    }
    const message = 'The source is no longer offered as an HLS playlist. Stop this recording and start another.';
    throw new SourceFault({ code: 'source.unsupported', message }, true);
  }

  async #open(source: CaptureSource, text: string | undefined): Promise<OpenedSource> {
    const requestedAtMs = this.services.clock.now();
    const found =
      text === undefined
        ? await this.#load(source.url, source)
        : { playlist: this.#parse(text, source.url), url: source.url };
    if (found.playlist.kind === 'media') {
      const first = { playlist: found.playlist, requestedAtMs, loadedAtMs: this.services.clock.now() };
      return this.#settle(source, source.url, { url: found.url, bandwidth: 0 }, first, false);
    }
    return this.#openVariant(found.playlist, source);
  }

  /** Opens the best variant. If one is listed but refused, the next one is used. */
  async #openVariant(master: MasterPlaylist, source: CaptureSource): Promise<OpenedSource> {
    let { variants } = master;
    let refused: unknown;
    for (let attempts = 1; ; attempts += 1) {
      const variant = this.#choose({ ...master, variants }, source);
      try {
        const first = await this.#loadMedia(variant.url, source, master.definitions);
        const opened = this.#settle(source, variant.url, variant, first, true);
        this.#definitions = master.definitions;
        return { ...opened, soundApart: this.#isMute(master, variant) };
      } catch (error) {
        refused ??= error;
        const others = variants.filter(({ url }) => url !== variant.url);
        const isRefusal = error instanceof SourceFault && error.definitive && !this.signal.aborted;
        const isLast = others.length === 0 || others.length === variants.length || attempts >= MOST_VARIANTS_TRIED;
        if (!isRefusal || isLast || this.track !== 'all') throw refused;
        variants = others;
      }
    }
  }

  #settle(
    source: CaptureSource,
    mediaUrl: string,
    variant: Variant,
    first: LoadedPlaylist,
    viaMaster: boolean,
  ): OpenedSource {
    const now = this.services.clock.now();
    const ends = [source.expiresAt === undefined ? undefined : Date.parse(source.expiresAt)];
    ends.push(expiryOf(source.url, now), expiryOf(mediaUrl, now));
    const expiresAtMs = Math.min(...ends.filter((ms) => ms !== undefined));
    const leadMs = Math.min(LEAD_MS, (expiresAtMs - now) * LEAD_SHARE);
    const renewAtMs = Math.max(expiresAtMs - leadMs, now + LEAST_BETWEEN_RENEWALS_MS);
    this.#source = source;
    this.#place = { source, mediaUrl, variant, viaMaster, renewAtMs };
    return { variant, first, soundApart: false };
  }

  async #loadMedia(
    url: string,
    source: CaptureSource,
    definitions?: ReadonlyMap<string, string>,
  ): Promise<LoadedPlaylist> {
    const requestedAtMs = this.services.clock.now();
    const { playlist } = await this.#load(url, source, definitions);
    if (playlist.kind === 'master') {
      const message = `${nameOf(url)} lists variants where segments were expected.`;
      throw new SourceFault({ code: 'playlist.malformed', message }, true);
    }
    const { playlistTimeoutSeconds: longest } = this.services.settings;
    this.#answerSeconds = Math.min(longest, Math.max(LEAST_ANSWER_SECONDS, playlist.targetDurationSeconds * 3));
    return { playlist, requestedAtMs, loadedAtMs: this.services.clock.now() };
  }

  #choose(master: MasterPlaylist, source: CaptureSource): Variant {
    const { quality } = this.request;
    const before = this.#place?.viaMaster === true && this.track === 'all' ? this.#place.variant : undefined;
    const variant = before === undefined ? chooseVariant(master, quality) : chooseAgain(master, before, quality);
    const name = nameOf(source.url);
    if (variant === undefined) {
      throw new SourceFault({ code: 'playlist.malformed', message: `${name} offers nothing to record.` }, true);
    }
    if (this.track === 'all') return variant;
    const sound = soundOf(master, variant);
    if (sound === undefined) {
      throw new SourceFault({ code: 'source.no-sound', message: `${name} offers no audio for its video.` }, true);
    }
    return sound;
  }

  #isMute(master: MasterPlaylist, variant: Variant): boolean {
    return this.track === 'all' && this.request.quality !== 'audio' && isMute(master, variant);
  }

  async #load(
    address: string,
    { headers, url: sourceUrl }: CaptureSource,
    definitions?: ReadonlyMap<string, string>,
  ): Promise<{ readonly playlist: Playlist; readonly url: string }> {
    const options = {
      ...(headers && { headers }),
      totalSeconds: this.#answerSeconds,
      signal: this.signal,
    };
    try {
      const { text, url } = await this.services.http.getText(address, options);
      return { playlist: this.#parse(text, url, address, definitions), url };
    } catch (error) {
      if (error instanceof MediaInstead && address === sourceUrl)
        this.#other = new OtherEngineWanted('ffmpeg', 'media');
      throw error;
    }
  }

  #parse(text: string, url: string, address = url, definitions?: ReadonlyMap<string, string>): Playlist {
    const mayBeCut = this.#isCut(text);
    try {
      return this.services.reading(() => this.#reader.read(text, url, { definitions, mayBeCut }));
    } catch (error) {
      if (!(error instanceof PlaylistError)) throw error;
      if (isManifest(text)) this.#other = new OtherEngineWanted('ffmpeg', 'manifest');
      throw new SourceFault(
        {
          code: error.code,
          message: `${nameOf(address)} is not a playlist that can be recorded: ${error.message} Give the address of an HLS playlist (.m3u8).`,
        },
        true,
      );
    }
  }

  /**
   * Whether the text ends in the middle of an address. Some packagers never end their lists with a line end. Such a
   * list is recognized by the last line of the previous text, which is a whole line now.
   */
  #isCut(text: string): boolean {
    const line = isCutOff(text) ? text.slice(Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1) : '';
    const before = this.#stump;
    this.#stump = line === '' || line.startsWith('#') ? undefined : line;
    if (this.#stump === undefined) return false;
    return before === undefined || (!`${text}\n`.includes(`\n${before}\n`) && !text.includes(`\n${before}\r`));
  }
}

/** Whether it is a DASH manifest, whatever its name. */
const isManifest = (text: string): boolean => {
  const start = text.slice(0, 4096).trimStart();
  return start.startsWith('<') && start.includes('<MPD');
};

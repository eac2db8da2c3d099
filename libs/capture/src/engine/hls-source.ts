import { chooseVariant, hasSeparateAudio } from '../hls/choose-variant.js';
import { parsePlaylist } from '../hls/parse-playlist.js';
import {
  PlaylistError,
  type MasterPlaylist,
  type MediaPlaylist,
  type Playlist,
  type Variant,
} from '../hls/playlist.js';
import type { CaptureRequest } from '../port.js';
import type { Clock } from './clock.js';
import type { HttpClient } from './http-client.js';
import type { HlsCaptureSettings } from './settings.js';
import { nameOf, SourceFault } from './source-fault.js';

export interface LoadedPlaylist {
  readonly playlist: MediaPlaylist;
  /** When the request began, which is what reload times count from (RFC 8216 section 6.3.4). */
  readonly requestedAtMs: number;
  readonly loadedAtMs: number;
}

export interface OpenedSource {
  readonly variant: Variant;
  readonly first: LoadedPlaylist;
}

/** A live source: from the address a user gave to the media playlist that is recorded. */
export class HlsSource {
  #mediaUrl: string | undefined;
  #viaMaster = false;

  constructor(
    private readonly request: CaptureRequest,
    private readonly http: HttpClient,
    private readonly settings: HlsCaptureSettings,
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
  ) {}

  /** What the user gave. */
  get address(): string {
    return this.request.source.url;
  }

  /** There is a master playlist that may lead to another address than before. */
  get canReopen(): boolean {
    return this.#viaMaster;
  }

  /** @throws SourceFault */
  async open(): Promise<OpenedSource> {
    const { url } = this.request.source;
    const requestedAtMs = this.clock.now();
    const found = await this.#load(url);
    if (found.playlist.kind === 'media') {
      this.#mediaUrl = url;
      const first = { playlist: found.playlist, requestedAtMs, loadedAtMs: this.clock.now() };
      return { variant: { url: found.url, bandwidth: 0 }, first };
    }
    this.#viaMaster = true;
    const variant = this.#choose(found.playlist);
    this.#mediaUrl = variant.url;
    return { variant, first: await this.reload() };
  }

  /** The media playlist as it is now. @throws SourceFault */
  async reload(): Promise<LoadedPlaylist> {
    const url = this.#mediaUrl;
    if (url === undefined) throw new Error('The source is not open');
    const requestedAtMs = this.clock.now();
    const { playlist } = await this.#load(url);
    if (playlist.kind === 'master') {
      const message = `${nameOf(url)} lists variants where segments were expected.`;
      throw new SourceFault({ code: 'playlist.malformed', message }, true);
    }
    return { playlist, requestedAtMs, loadedAtMs: this.clock.now() };
  }

  #choose(master: MasterPlaylist): Variant {
    const variant = chooseVariant(master, this.request.quality);
    const name = nameOf(this.request.source.url);
    if (variant === undefined) {
      throw new SourceFault({ code: 'playlist.malformed', message: `${name} offers nothing to record.` }, true);
    }
    if (hasSeparateAudio(master, variant) && this.request.quality !== 'audio') {
      throw new SourceFault(
        {
          code: 'source.separate-audio',
          message: `${name} keeps picture and sound in separate playlists, which cannot be recorded together yet.`,
        },
        true,
      );
    }
    return variant;
  }

  async #load(address: string): Promise<{ readonly playlist: Playlist; readonly url: string }> {
    const { headers } = this.request.source;
    const options = {
      ...(headers && { headers }),
      totalSeconds: this.settings.playlistTimeoutSeconds,
      signal: this.signal,
    };
    const { text, url } = await this.http.getText(address, options);
    try {
      return { playlist: parsePlaylist(text, url), url };
    } catch (error) {
      if (!(error instanceof PlaylistError)) throw error;
      throw new SourceFault(
        {
          code: error.code,
          message: `${nameOf(address)} is not a playlist that can be recorded: ${error.message} Give the address of an HLS playlist (.m3u8).`,
        },
        true,
      );
    }
  }
}

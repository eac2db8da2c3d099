/** Credentials for a source. Secrets: never to be stored, shown, or put on a command line. */
export interface SourceCredentials {
  /** For a camera over RTSP. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** For a sender over SRT. */
  readonly passphrase?: string | undefined;
}

/** Where a broadcast can be fetched now. */
export interface CaptureSource {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Found in a page or an API rather than typed in by a user: it may not lead into a private network. */
  readonly lookedUp?: boolean;
  /**
   * Routes in order of preference: `http://user:password@host:port`, `https://`, `socks5://` (names are looked up
   * here), `socks5h://` (there), or `direct`; `name=` before one is its name in messages. The first that works is used;
   * without any, direct. They contain secrets: never to be stored or shown.
   */
  readonly proxies?: readonly string[];
  readonly credentials?: SourceCredentials;
  /** The engine that can read it. Default: `hls`. */
  readonly engine?: 'hls' | 'ffmpeg';
  /** What the address contains, if that was found out already. */
  readonly contents?: 'media' | 'manifest';
  /** ISO 8601 UTC. From then on the address is refused. */
  readonly expiresAt?: string;
  /** The playlist at `url`, if it was read already, so that it is not fetched twice. */
  readonly playlist?: string;
}

/** Why another address is needed: the present one is refused (or fails for long), or is about to expire. */
export type RefreshReason = 'refused' | 'expiring';

/** What proves to a source that one may read it. Secrets: never to be stored, shown, or put on a command line. */
export interface SourceCredentials {
  /** Of a camera over RTSP. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Of a sender over SRT. */
  readonly passphrase?: string | undefined;
}

/** Where a broadcast can be had at the moment. */
export interface CaptureSource {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Found in somebody's page or API rather than typed in by a user: it may not lead into a private network. */
  readonly lookedUp?: boolean;
  /**
   * Ways to it in the order in which they are wanted: `http://user:password@host:port`, `https://`, `socks5://` (names are looked up
   * here), `socks5h://` (there), or `direct`; `name=` before one is what messages call it. What works of them is used; without any,
   * direct. They hold secrets: never to be stored or shown.
   */
  readonly proxies?: readonly string[];
  readonly credentials?: SourceCredentials;
  /** What it takes to read it. Default: `hls`. */
  readonly engine?: 'hls' | 'ffmpeg';
  /** What stands at the address, where it was found out already. */
  readonly contents?: 'media' | 'manifest';
  /** ISO 8601 UTC: from then on the address is refused. */
  readonly expiresAt?: string;
  /** The playlist at `url`, where finding it meant reading it: it is not asked for a second time. */
  readonly playlist?: string;
}

/** Why another address is wanted: the one there is is refused (or leads to nothing for long), or its time is nearly over. */
export type RefreshReason = 'refused' | 'expiring';

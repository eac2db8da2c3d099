/** How the HLS engine behaves. Durations in seconds, sizes in bytes. */
export interface HlsCaptureSettings {
  readonly parallelFetches: number;
  readonly connectTimeoutSeconds: number;
  readonly headersTimeoutSeconds: number;
  /** Longest silence within a body. */
  readonly idleTimeoutSeconds: number;
  readonly playlistTimeoutSeconds: number;
  /** A segment may take three times its duration, and always this long. */
  readonly segmentTimeoutSeconds: number;
  readonly maxRedirects: number;
  /** Tries to open a source that is disturbed (not one that says no) before a fresh recording fails. */
  readonly openAttempts: number;
  /** Tries for a segment that is refused before any was had, or disturbed when the source does not list it any more. */
  readonly segmentAttempts: number;
  /** How long a segment that fails is tried for while the rest of the source works and still lists it. */
  readonly segmentRetrySeconds: number;
  readonly retryMinSeconds: number;
  readonly retryMaxSeconds: number;
  /** Without a committed byte for so long, the capture is interrupted. */
  readonly stallSeconds: number;
  readonly syncSeconds: number;
  readonly syncBytes: number;
  /** Received bytes are written in pieces of this size, and of the smaller one where memory is short. */
  readonly writeBytes: number;
  readonly flushBytes: number;
  /** Write parts past the system's cache, where the file system takes that. */
  readonly directWrites: boolean;
  /** Bytes a fetch may hold before it waits for its turn to be written. */
  readonly bufferBytes: number;
  /** Bytes that all fetches together may hold so; each may hold what is written at once all the same. */
  readonly totalBufferBytes: number;
  readonly rotateBytes: number;
  readonly rotateSeconds: number;
  readonly userAgent: string;
  /**
   * Hosts in private networks that any source may lead to: names, `*.names`, addresses, ranges of them, or `*`. Otherwise only an
   * address of such a network that the user gave himself leads there, and to others of its kind.
   */
  readonly allowedPrivateHosts: readonly string[];
  /** A certificate (PEM) to trust beside the system's. */
  readonly trustedCertificate?: string;
  /** Speak HTTP/2 to servers that speak nothing else. */
  readonly http2: boolean;
  /** How long a proxy that does not work is left alone at first; longer each time. */
  readonly proxyRestSeconds: number;
}

export const DEFAULT_HLS_SETTINGS: HlsCaptureSettings = {
  parallelFetches: 3,
  connectTimeoutSeconds: 10,
  headersTimeoutSeconds: 10,
  idleTimeoutSeconds: 10,
  playlistTimeoutSeconds: 20,
  segmentTimeoutSeconds: 30,
  maxRedirects: 5,
  openAttempts: 3,
  segmentAttempts: 4,
  segmentRetrySeconds: 30,
  retryMinSeconds: 0.5,
  retryMaxSeconds: 5,
  stallSeconds: 10,
  syncSeconds: 5,
  syncBytes: 8 << 20,
  writeBytes: 2 << 20,
  flushBytes: 256 << 10,
  directWrites: true,
  bufferBytes: 2 << 20,
  totalBufferBytes: 32 << 20,
  rotateBytes: 100e9,
  rotateSeconds: 12 * 3600,
  userAgent: 'StreamVault',
  allowedPrivateHosts: [],
  http2: true,
  proxyRestSeconds: 30,
};

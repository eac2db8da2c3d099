/** How the HLS engine behaves. Durations in seconds, sizes in bytes. */
export interface HlsCaptureSettings {
  readonly parallelFetches: number;
  /** A longer list is planned piece by piece. Far more than can be fetched in a second. */
  readonly plannedSegments: number;
  readonly connectTimeoutSeconds: number;
  readonly headersTimeoutSeconds: number;
  /** Longest silence within a body. */
  readonly idleTimeoutSeconds: number;
  readonly playlistTimeoutSeconds: number;
  /** A segment may take three times its duration, and always this long. */
  readonly segmentTimeoutSeconds: number;
  readonly maxRedirects: number;
  /** How often opening an unreachable source is tried before a fresh recording fails. (A refusal counts at once.) */
  readonly openAttempts: number;
  /**
   * How often a segment is tried that is refused before any was fetched, or that fails once the source no longer lists
   * it.
   */
  readonly segmentAttempts: number;
  /** How long a failing segment is retried while the rest of the source works and still lists it. */
  readonly segmentRetrySeconds: number;
  readonly retryMinSeconds: number;
  readonly retryMaxSeconds: number;
  /** After this long without a committed byte, the capture counts as interrupted. */
  readonly stallSeconds: number;
  readonly syncSeconds: number;
  readonly syncBytes: number;
  /** Received bytes are written in pieces of this size, or of the smaller one if memory is short. */
  readonly writeBytes: number;
  readonly flushBytes: number;
  /** Write parts past the system's cache, if the file system supports it. */
  readonly directWrites: boolean;
  /** Bytes a fetch may hold before it waits for its turn to be written. */
  readonly bufferBytes: number;
  /** Bytes that all fetches together may hold this way. Each may always hold one write. */
  readonly totalBufferBytes: number;
  readonly rotateBytes: number;
  readonly rotateSeconds: number;
  readonly userAgent: string;
  /**
   * Hosts in private networks that any source may lead to: names, `*.names`, addresses, ranges, or `*`. Otherwise only
   * a private address that the user typed in leads there, and to others of its kind.
   */
  readonly allowedPrivateHosts: readonly string[];
  /** A certificate (PEM) to trust beside the system's. */
  readonly trustedCertificate?: string;
  /** Use HTTP/2 with servers that speak nothing else. */
  readonly http2: boolean;
  /** How long a proxy that does not work is avoided at first; longer each time. */
  readonly proxyRestSeconds: number;
}

export const DEFAULT_HLS_SETTINGS: HlsCaptureSettings = {
  parallelFetches: 3,
  plannedSegments: 5000,
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

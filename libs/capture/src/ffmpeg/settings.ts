/** How the ffmpeg engine behaves. Durations in seconds, sizes in bytes. */
export interface FfmpegCaptureSettings {
  /** The program's path. */
  readonly ffmpegPath: string;
  /** How long a source may take to give its first bytes before ffmpeg is started again. */
  readonly firstBytesSeconds: number;
  /** After this long without a byte, the capture counts as interrupted. */
  readonly stallSeconds: number;
  /** After this long without a byte, ffmpeg counts as stuck and is started again. */
  readonly stuckSeconds: number;
  /** How long ffmpeg may take to end when it is asked to. */
  readonly stopSeconds: number;
  /** Starts before a fresh recording fails. */
  readonly openAttempts: number;
  readonly retryMinSeconds: number;
  readonly retryMaxSeconds: number;
  readonly sliceSeconds: number;
  readonly syncSeconds: number;
  readonly rotateBytes: number;
  readonly rotateSeconds: number;
  /** Hosts in private networks that any source may lead to. */
  readonly allowedPrivateHosts: readonly string[];
}

export const DEFAULT_FFMPEG_SETTINGS: FfmpegCaptureSettings = {
  ffmpegPath: 'ffmpeg',
  firstBytesSeconds: 20,
  stallSeconds: 10,
  stuckSeconds: 20,
  stopSeconds: 3,
  openAttempts: 3,
  retryMinSeconds: 0.5,
  retryMaxSeconds: 5,
  sliceSeconds: 2,
  syncSeconds: 2,
  rotateBytes: 100e9,
  rotateSeconds: 12 * 3600,
  allowedPrivateHosts: [],
};

import path from 'node:path';
import { systemClock, type Clock } from '../session/clock.js';
import { DEFAULT_HLS_SETTINGS } from '../session/settings.js';
import { AllowedHosts } from '@streamvault/network';
import { Connections } from '@streamvault/network';
import type { CaptureEnd, CaptureEngine, CaptureReporter, CaptureRequest } from '../port.js';
import { unwatched, type Reading } from '../reading.js';
import { FfmpegSession } from './ffmpeg-session.js';
import { DEFAULT_FFMPEG_SETTINGS, type FfmpegCaptureSettings } from './settings.js';

const TICK_MS = 1000;
const NEVER = new AbortController().signal;

/**
 * Records what is not HLS (RTMP, RTSP, SRT, DASH, a stream over HTTP) with an ffmpeg that copies. It encodes only audio
 * that cannot be copied, as AAC. The output is cut into slices that go into the same parts and ledger as those of the
 * HLS engine. An ffmpeg that ends or falls silent is started again, into another part, for as long as the capture's
 * owner wants it.
 */
export class FfmpegCaptureEngine implements CaptureEngine {
  readonly #settings: FfmpegCaptureSettings;
  readonly #allowed: AllowedHosts;
  readonly #connections: Connections;
  readonly #sessions = new Map<string, FfmpegSession>();
  #stopTicking: (() => void) | undefined;

  constructor(
    settings: Partial<FfmpegCaptureSettings> = {},
    /** Connections to the web; others may share them. */
    connections?: Connections,
    private readonly clock: Clock = systemClock,
    private readonly readingFor: (recordingId: number) => Reading = () => unwatched,
  ) {
    this.#settings = { ...DEFAULT_FFMPEG_SETTINGS, ...settings };
    const { allowedPrivateHosts } = this.#settings;
    this.#connections = connections ?? new Connections({ ...DEFAULT_HLS_SETTINGS, allowedPrivateHosts });
    this.#allowed = new AllowedHosts(allowedPrivateHosts);
  }

  /** @throws Error if the folder is being captured into already */
  async capture(
    request: CaptureRequest,
    reporter: CaptureReporter,
    signal: AbortSignal,
    leaving: AbortSignal = NEVER,
  ): Promise<CaptureEnd> {
    const folder = path.resolve(request.directory);
    if (this.#sessions.has(folder)) throw new Error(`Recording ${request.recordingId} is being captured already`);
    const services = {
      settings: this.#settings,
      clock: this.clock,
      allowed: this.#allowed,
      connections: this.#connections,
      reading: this.readingFor(request.recordingId),
    };
    const session = new FfmpegSession(request, reporter, signal, leaving, services);
    this.#sessions.set(folder, session);
    this.#stopTicking ??= this.clock.every(TICK_MS, () => this.#tick());
    try {
      return await session.run();
    } finally {
      this.#sessions.delete(folder);
      if (this.#sessions.size === 0) {
        this.#stopTicking?.();
        this.#stopTicking = undefined;
      }
    }
  }

  #tick(): void {
    for (const session of this.#sessions.values()) session.tick();
  }
}

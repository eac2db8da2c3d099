import type { Cause } from '../port.js';
import type { Clock } from './clock.js';
import type { HlsSource, LoadedPlaylist, OpenedSource } from './hls-source.js';
import type { HlsCaptureSettings } from './settings.js';
import { toFault, type SourceFault } from './source-fault.js';

/** A playlist that says no so many times in a row, before a byte was ever had, is not coming. */
const REFUSALS_BEFORE_FIRST_BYTE = 3;

export interface FollowerListener {
  opened(opened: OpenedSource): void;
  loaded(loaded: LoadedPlaylist): void;
  /** Something went wrong, not necessarily for good. */
  trouble(cause: Cause): void;
  /** The source is hopeless. True where the capture ends over that; false where it is to be tried on. */
  fail(cause: Cause): boolean;
}

/** Opens a source and reads its playlist again and again, through whatever trouble it has, until it ends or the signal does. */
export class PlaylistFollower {
  #reachable = false;
  #refused = false;

  constructor(
    private readonly source: HlsSource,
    private readonly settings: HlsCaptureSettings,
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
    private readonly listener: FollowerListener,
  ) {}

  /** The playlist could be had when it was last asked for. */
  get reachable(): boolean {
    return this.#reachable;
  }

  async follow(): Promise<void> {
    let loaded = (await this.#open())?.first;
    let lastSeen = '';
    while (loaded !== undefined) {
      const { playlist, requestedAtMs } = loaded;
      this.#reachable = true;
      this.listener.loaded(loaded);
      if (playlist.ended) return;
      const tail = playlist.segments.at(-1);
      const seen = `${playlist.mediaSequence} ${tail?.mediaSequence} ${tail?.identity}`;
      // RFC 8216 section 6.3.4: the target duration after a change, half of it otherwise.
      const waitSeconds = playlist.targetDurationSeconds * (seen === lastSeen ? 0.5 : 1) * (1 + Math.random() / 10);
      lastSeen = seen;
      const elapsedMs = this.clock.now() - requestedAtMs;
      await this.clock.sleep(waitSeconds * 1000 - elapsedMs, this.signal);
      loaded = await this.#reload();
    }
  }

  /** Undefined when the capture is over. */
  async #open(): Promise<OpenedSource | undefined> {
    for (let attempts = 1; !this.signal.aborted; attempts += 1) {
      try {
        return this.#announced(await this.source.open());
      } catch (error) {
        const fault = this.#faultOf(error);
        const hopeless = fault.definitive || attempts >= this.settings.openAttempts;
        if (hopeless && this.listener.fail(fault.reason)) return undefined;
      }
      await this.#backOff(attempts);
    }
    return undefined;
  }

  /** The playlist anew, however long that takes; undefined when the capture is over. */
  async #reload(): Promise<LoadedPlaylist | undefined> {
    for (let attempts = 1; !this.signal.aborted; attempts += 1) {
      try {
        // A playlist that is refused may have moved; the master playlist knows where to.
        const moved = attempts > 1 && this.#refused && this.source.canReopen;
        return moved ? this.#announced(await this.source.open()).first : await this.source.reload();
      } catch (error) {
        this.#reachable = false;
        const fault = this.#faultOf(error);
        this.#refused = fault.definitive;
        const hopeless = fault.definitive && attempts >= REFUSALS_BEFORE_FIRST_BYTE;
        if (hopeless && this.listener.fail(fault.reason)) return undefined;
      }
      await this.#backOff(attempts);
    }
    return undefined;
  }

  #announced(opened: OpenedSource): OpenedSource {
    this.listener.opened(opened);
    return opened;
  }

  #faultOf(error: unknown): SourceFault {
    const fault = toFault(error, this.source.address);
    if (!this.signal.aborted) this.listener.trouble(fault.reason);
    return fault;
  }

  async #backOff(attempts: number): Promise<void> {
    const { retryMinSeconds, retryMaxSeconds } = this.settings;
    const seconds = Math.min(retryMinSeconds * 2 ** (attempts - 1), retryMaxSeconds);
    await this.clock.sleep(seconds * 1000 * (0.75 + Math.random() / 2), this.signal);
  }
}

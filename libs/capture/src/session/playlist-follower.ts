import type { MediaPlaylist } from '../hls/playlist.js';
import type { Cause, RefreshReason } from '../port.js';
import type { Clock } from './clock.js';
import type { HlsSource, LoadedPlaylist, OpenedSource } from './hls-source.js';
import type { HlsCaptureSettings } from './settings.js';
import { toFault, type SourceFault } from '@streamvault/network';

/** After this many refusals in a row, before any byte was received, a playlist is not expected to come. */
const REFUSALS_BEFORE_FIRST_BYTE = 3;
/** After this many failures to reach it, the source's address is looked up again. */
const DISTURBED_BEFORE_RENEWAL = 6;

export interface FollowerListener {
  opened(opened: OpenedSource): void;
  /** @param back it is the first time, or the last reload failed */
  loaded(loaded: LoadedPlaylist, back: boolean): void;
  /** A fault that need not be permanent. */
  trouble(cause: Cause): void;
  /** A permanent fault of the source. Returns true if the capture ends because of it, false if reading goes on. */
  fail(cause: Cause): boolean;
}

/** Opens a source and reloads its playlist, through any trouble, until the source ends or the signal aborts. */
export class PlaylistFollower {
  #reachable = false;
  #renewal: Promise<void> | undefined;

  constructor(
    private readonly source: HlsSource,
    private readonly settings: HlsCaptureSettings,
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
    private readonly listener: FollowerListener,
  ) {}

  /** Whether the last reload worked. */
  get reachable(): boolean {
    return this.#reachable;
  }

  async follow(): Promise<void> {
    await this.#followOn();
    await this.#renewal;
  }

  async #followOn(): Promise<void> {
    let loaded = (await this.#open())?.first;
    let lastSeen = '';
    while (loaded !== undefined) {
      const { playlist, requestedAtMs } = loaded;
      const back = !this.#reachable;
      this.#reachable = true;
      this.listener.loaded(loaded, back);
      if (playlist.ended) return;
      const tail = playlist.segments.at(-1);
      const seen = `${playlist.mediaSequence} ${tail?.mediaSequence} ${tail?.identity}`;
      // RFC 8216 section 6.3.4: the target duration after a change, half of it otherwise.
      const isSoon = seen === lastSeen || isShort(playlist);
      const waitSeconds = playlist.targetDurationSeconds * (isSoon ? 0.5 : 1) * (1 + this.clock.random() / 10);
      lastSeen = seen;
      const elapsedMs = this.clock.now() - requestedAtMs;
      await this.clock.sleep(waitSeconds * 1000 - elapsedMs, this.signal);
      loaded = await this.#reload();
    }
  }

  /** Undefined when the capture is over. */
  async #open(): Promise<OpenedSource | undefined> {
    let refused = false;
    for (let attempts = 1; !this.signal.aborted; attempts += 1) {
      try {
        return this.#announced(await (refused ? this.source.renew('refused') : this.source.open()));
      } catch (error) {
        const fault = this.#faultOf(error);
        const hopeless = fault.definitive || attempts >= this.settings.openAttempts;
        if (hopeless && this.listener.fail(fault.reason)) return undefined;
        refused = !refused && fault.definitive && this.source.renewable;
      }
      await this.#backOff(attempts);
    }
    return undefined;
  }

  /** The reloaded playlist, however long that takes; undefined when the capture is over. */
  async #reload(): Promise<LoadedPlaylist | undefined> {
    let refused = false;
    for (let attempts = 1; !this.signal.aborted; attempts += 1) {
      if (this.source.expiring) this.#renewInTime();
      const again = this.#reasonToRenew(refused, attempts);
      try {
        return again === undefined ? await this.source.reload() : this.#announced(await this.source.renew(again)).first;
      } catch (error) {
        const fault = this.#faultOf(error);
        this.#reachable = false;
        const hopeless = fault.definitive && attempts >= REFUSALS_BEFORE_FIRST_BYTE;
        if (hopeless && this.listener.fail(fault.reason)) return undefined;
        // One look-up for each refusal: if there is no other address, the old one is tried again first.
        refused = again === undefined && fault.definitive && this.source.renewable;
        if (refused) continue;
      }
      await this.#backOff(attempts);
    }
    return undefined;
  }

  /** Runs while the current address is still being read, because that must not be left alone for long. */
  #renewInTime(): void {
    this.#renewal ??= this.source
      .renew('expiring')
      .then(
        (opened) => void this.#announced(opened),
        (error: unknown) => void this.#faultOf(error),
      )
      .finally(() => {
        this.#renewal = undefined;
      });
  }

  #reasonToRenew(refused: boolean, attempts: number): RefreshReason | undefined {
    if (refused) return 'refused';
    // The address may be gone for good while the broadcast goes on elsewhere.
    return attempts % DISTURBED_BEFORE_RENEWAL === 0 && this.source.renewable ? 'refused' : undefined;
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
    const seconds = Math.min(retryMinSeconds * 2 ** Math.min(attempts - 1, 10), retryMaxSeconds);
    await this.clock.sleep(seconds * 1000 * (0.75 + this.clock.random() / 2), this.signal);
  }
}

/**
 * The list is shorter than the three target durations that it should have (section 6.2.2), so its segments are soon
 * gone.
 */
function isShort({ segments, targetDurationSeconds }: MediaPlaylist): boolean {
  let seconds = 0;
  for (const { durationSeconds } of segments)
    if ((seconds += durationSeconds) >= targetDurationSeconds * 2) return false;
  return true;
}

import { DashFeed } from '../dash/dash-feed.js';
import { heldUntil, UNKNOWN, type Held } from '../dash/held-until.js';
import type { DashTrack } from '../dash/manifest.js';
import type { Clock } from '../session/clock.js';
import { toFault } from '@streamvault/network';
import type { Connections } from '@streamvault/network';
import type { CaptureSource, Cause } from '../port.js';
import { Child } from '@streamvault/media';
import { joiningArguments } from './ffmpeg-arguments.js';
import { isManifest } from './manifest-over.js';

interface LiveDashServices {
  readonly connections: Connections;
  readonly clock: Clock;
  readonly settings: { readonly ffmpegPath: string };
}

/** Starts an ffmpeg that joins the tracks, and feeds it for as long as it is followed. */
export type Joining = <Result>(follow: (process: Child) => Promise<Result>) => Promise<Result>;

/** Live DASH is read here, and ffmpeg only joins what it is given. Knows from one run to the next how far that went. */
export class LiveDash {
  #reading: { readonly source: CaptureSource; readonly feed: DashFeed } | undefined;
  #held: Held | undefined;

  /** @param directory where the recording is */
  constructor(
    private readonly services: LiveDashServices,
    private readonly directory: string,
  ) {}

  /** What kept the source from being read on; undefined where nothing did, or ffmpeg reads it. */
  get trouble(): Cause | undefined {
    return this.#reading?.feed.trouble;
  }

  /** Every run goes by the source's own time. */
  get isRead(): boolean {
    return this.#reading !== undefined;
  }

  /** Where the recording ended, by the clock that every run goes by, when the source was opened; undefined where nobody knows. */
  get heldSeconds(): number | undefined {
    return this.#reading?.feed.goesOn === true ? (this.#held?.picture ?? this.#held?.sound) : undefined;
  }

  /** @returns undefined for whatever ffmpeg reads itself. @throws SourceFault */
  async open(source: CaptureSource, hasBegun: boolean, signal: AbortSignal): Promise<Joining | undefined> {
    if (!isManifest(source.url)) return undefined;
    const { clock, connections } = this.services;
    const known = this.#reading?.source === source ? this.#reading.feed : undefined;
    // Whoever writes there will find out, and say, what is wrong with the disk.
    if (known === undefined && hasBegun) this.#held = await heldUntil(this.directory).catch(() => UNKNOWN);
    const feed = known ?? new DashFeed(source, connections, clock, this.#held);
    try {
      const tracks = await feed.open(signal);
      this.#reading = tracks && { source, feed };
      return tracks && ((follow) => this.#join(feed, tracks, follow, signal));
    } catch (error) {
      throw toFault(error, source.url);
    }
  }

  async #join<Result>(
    feed: DashFeed,
    tracks: readonly DashTrack[],
    follow: (process: Child) => Promise<Result>,
    signal: AbortSignal,
  ): Promise<Result> {
    const { ffmpegPath } = this.services.settings;
    const process = await Child.start(ffmpegPath, joiningArguments(tracks.length), {}, tracks.length);
    const ending = new AbortController();
    const feeding = feed.run(tracks, process.inputs, AbortSignal.any([signal, ending.signal]));
    try {
      return await follow(process);
    } finally {
      ending.abort();
      await feeding;
    }
  }
}

import { DashFeed, type FeedRun } from '../dash/dash-feed.js';
import { heldUntil, UNKNOWN, type RecordedUntil } from '../dash/held-until.js';
import type { Clock } from '../session/clock.js';
import { toFault } from '@streamvault/network';
import type { Connections } from '@streamvault/network';
import type { CaptureSource, Cause } from '../port.js';
import { Child } from '@streamvault/media';
import { joiningArguments } from './ffmpeg-arguments.js';
import { OtherEngineWanted } from '../other-engine.js';
import type { Reading } from '../reading.js';
import { MediaInstead } from '../session/http-client.js';
import { isWeb } from './ffmpeg-arguments.js';

interface LiveDashServices {
  readonly connections: Connections;
  readonly clock: Clock;
  readonly reading: Reading;
  readonly settings: { readonly ffmpegPath: string };
}

export interface Joining {
  /** How media times relate to the wall clock. */
  readonly times: Pick<FeedRun, 'mediaSeconds' | 'wallMs'>;
  /** Starts an ffmpeg that joins the tracks, and feeds it for as long as `follow` runs. */
  readonly join: <Result>(follow: (process: Child) => Promise<Result>) => Promise<Result>;
}

/**
 * StreamVault reads live DASH itself, and ffmpeg only joins what it is given. Remembers from one run to the next how
 * far reading went.
 */
export class LiveDash {
  #reading: { readonly source: CaptureSource; readonly feed: DashFeed } | undefined;
  #held: RecordedUntil | undefined;
  /** An address that gave media at once: it is not a manifest and need not be checked again. */
  #mediaAt: string | undefined;

  /** @param directory the folder of the recording */
  constructor(
    private readonly services: LiveDashServices,
    private readonly directory: string,
  ) {}

  /** What kept the source from being read further; undefined if nothing did, or if ffmpeg reads it. */
  get trouble(): Cause | undefined {
    return this.#reading?.feed.trouble;
  }

  /** Every run uses the source's own time. */
  get isRead(): boolean {
    return this.#reading !== undefined;
  }

  /** Where the recording ended when the source was opened, by the clock that every run uses; undefined if unknown. */
  get heldSeconds(): number | undefined {
    return this.#reading?.feed.goesOn === true ? (this.#held?.picture ?? this.#held?.sound) : undefined;
  }

  /** The source as it is known by now. */
  found(source: CaptureSource): CaptureSource {
    return this.#mediaAt === source.url ? { ...source, contents: 'media' } : source;
  }

  /** Whether all of it was read. */
  get isOver(): boolean {
    return this.#reading?.feed.isOver === true;
  }

  /**
   * What the address returns decides, not its name.
   * @returns undefined for what ffmpeg reads itself
   * @throws SourceFault
   */
  async open(source: CaptureSource, hasBegun: boolean, signal: AbortSignal): Promise<Joining | undefined> {
    if (!isWeb(source.url) || source.contents === 'media' || this.#mediaAt === source.url) return undefined;
    const { clock, connections, reading } = this.services;
    const known = this.#reading?.source === source ? this.#reading.feed : undefined;
    // If the disk has a fault, the code that writes there finds and reports it.
    if (known === undefined && hasBegun) this.#held = await heldUntil(this.directory).catch(() => UNKNOWN);
    const feed = known ?? new DashFeed(source, connections, clock, this.#held, reading);
    try {
      const run = await feed.open(signal);
      this.#reading = run && { source, feed };
      return run && { times: run, join: (follow) => this.#join(feed, run, follow, signal) };
    } catch (error) {
      if (error instanceof OtherEngineWanted && !hasBegun) throw error;
      if (!(error instanceof MediaInstead)) throw toFault(error, source.url);
      this.#mediaAt = source.url;
      return undefined;
    }
  }

  async #join<Result>(
    feed: DashFeed,
    run: FeedRun,
    follow: (process: Child) => Promise<Result>,
    signal: AbortSignal,
  ): Promise<Result> {
    const { ffmpegPath } = this.services.settings;
    const { length } = run.tracks;
    const process = await Child.start(ffmpegPath, joiningArguments(length), {}, length);
    const ending = new AbortController();
    const feeding = feed.run(run, process.inputs, AbortSignal.any([signal, ending.signal]));
    try {
      return await follow(process);
    } finally {
      ending.abort();
      await feeding;
    }
  }
}

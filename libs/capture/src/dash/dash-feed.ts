import type { Writable } from 'node:stream';
import type { Clock } from '../session/clock.js';
import { HttpClient } from '../session/http-client.js';
import { inspectInit, isProtected } from '../inspect/inspect-mp4.js';
import { DEFAULT_HLS_SETTINGS } from '../session/settings.js';
import { toFault, type Connections } from '@streamvault/network';
import type { CaptureSource, Cause } from '../port.js';
import type { Reading } from '../reading.js';
import { encrypted } from './choose-representation.js';
import { fetchWhole, writeAll } from './feed-bytes.js';
import { MUX_DELAY_SECONDS, wantedOfPeriods, type RecordedUntil } from './held-until.js';
import { ManifestText } from './manifest.js';
import type { DashManifest, DashPeriod, DashSegment, DashTrack } from './presentation.js';
import { SourceClock } from './source-clock.js';

const REQUEST_SECONDS = 20;
const RETRY_MS = 500;
/**
 * How long a segment that the manifest announces may be refused. Without a refusal, it is retried for as long as it is
 * offered.
 */
const REFUSED_MS = 3000;
/** Tolerance for times that different tracks round differently. */
const ROUNDING_SECONDS = 0.01;
/** If the live edge is farther than this from now, the clock that timed it is not set. */
const CLOCK_ASTRAY_MS = 300_000;

const MOVED_ON: Cause = {
  code: 'source.window-moved',
  message: 'The source took segments out of its manifest before they could be fetched.',
};

/** What one run of ffmpeg joins, and how its times relate to the wall clock. */
export interface FeedRun {
  readonly tracks: readonly DashTrack[];
  /** This time of the transport stream corresponds to `wallMs`. */
  readonly mediaSeconds: number;
  readonly wallMs: number;
}

/**
 * Reads a live DASH source, each segment once and in order, for an ffmpeg that only joins what it is given. ffmpeg's
 * own reader does not wait for segments that are announced or about to be. When a segment is missing, it starts over at
 * the beginning of the window, so its output repeats the same video many times. One run covers one period, as long as
 * its tracks stay the same.
 */
export class DashFeed {
  readonly #http: HttpClient;
  readonly #time: SourceClock;
  /** How far each kind of track has been handed over. Anything before that is not handed over again. */
  readonly #handedOver = new Map<DashTrack['kind'], number>();
  #manifest: { readonly value: DashManifest; readonly loadedAtMs: number } | undefined;
  #loading: Promise<DashManifest | undefined> | undefined;
  #trouble: Cause | undefined;
  #goesOn = false;
  #begun = false;
  #zeroAtMs: number | undefined;

  /** @param before what was recorded before, if anything */
  constructor(
    private readonly source: CaptureSource,
    connections: Connections,
    private readonly clock: Clock,
    private readonly before: RecordedUntil | undefined,
    private readonly reading: Reading,
  ) {
    this.#http = new HttpClient(DEFAULT_HLS_SETTINGS, connections, source);
    this.#time = new SourceClock(this.#http, clock);
  }

  /** What kept the last segment or manifest from being fetched; undefined if nothing did. */
  get trouble(): Cause | undefined {
    return this.#trouble;
  }

  /** The earlier recording was timed by the same clock, and this run begins where it ended. */
  get goesOn(): boolean {
    return this.#goesOn;
  }

  /** The source has ended, and all of it was handed over. */
  get isOver(): boolean {
    const manifest = this.#manifest?.value;
    if (manifest === undefined || manifest.isLive) return false;
    return !manifest.periods.some(({ tracks }) => tracks.some((track) => this.#nextOf(track) !== undefined));
  }

  /**
   * What to read next; undefined if the source is not live, or nothing of it can be read here.
   * @throws SourceFault
   */
  async open(signal: AbortSignal): Promise<FeedRun | undefined> {
    this.#trouble = undefined;
    const manifest = await this.#load(signal);
    if (manifest === undefined) return undefined;
    if (!this.#begun) this.#begin(manifest);
    // If the broadcast ended meanwhile, reading goes on to the end from where it was, not from the beginning.
    if (!manifest.isLive && this.#handedOver.size === 0) return undefined;
    const period = this.#nextPeriod(manifest);
    const [leading] = period?.tracks ?? [];
    if (period === undefined || leading === undefined) return undefined;
    const mediaSeconds = leading.mediaAheadSeconds + MUX_DELAY_SECONDS;
    return { tracks: period.tracks, mediaSeconds, wallMs: this.#wallOfZero(manifest) };
  }

  /** Begins after what was recorded before. If that is unknown, what is on offer now may be the same media. */
  #begin({ isLive, periods }: DashManifest): void {
    this.#begun = true;
    const wanted = this.before && wantedOfPeriods(periods, this.before);
    this.#goesOn = wanted !== undefined;
    if (this.before === undefined || (wanted === undefined && !isLive)) return;
    for (const { kind, segments } of periods.flatMap(({ tracks }) => tracks))
      this.#handedOver.set(kind, wanted?.get(kind) ?? segments.at(-1)?.endSeconds ?? 0);
  }

  /** The first period that still has something to read; else the last one, which will get more. */
  #nextPeriod({ periods }: DashManifest): DashPeriod | undefined {
    return periods.find(({ tracks }) => tracks.some((track) => this.#nextOf(track) !== undefined)) ?? periods.at(-1);
  }

  #nextOf({ kind, segments }: DashTrack, startSeconds = -Infinity): DashSegment | undefined {
    const from = Math.max(this.#handedOver.get(kind) ?? -Infinity, startSeconds);
    return segments.find((segment) => segment.startSeconds >= from - ROUNDING_SECONDS);
  }

  /** When the presentation began. If its clock is not set, the newest segment is assumed to have just happened. */
  #wallOfZero({ availableFromMs, periods }: DashManifest): number {
    const ends = periods.flatMap(({ tracks }) => tracks.map(({ segments }) => segments.at(-1)?.endSeconds ?? 0));
    const edgeMs = Math.max(...ends) * 1000;
    const now = this.#time.now();
    const reckoned = now - edgeMs;
    const isSet = availableFromMs !== undefined && Math.abs(availableFromMs - reckoned) < CLOCK_ASTRAY_MS;
    this.#zeroAtMs ??= (isSet ? availableFromMs : reckoned) + this.clock.now() - now;
    return this.#zeroAtMs;
  }

  /**
   * Feeds each track into its output until the source or its period ends, a segment is lost, or the signal aborts.
   * Never rejects.
   */
  async run({ tracks }: FeedRun, outputs: readonly Writable[], signal: AbortSignal): Promise<void> {
    const ending = new AbortController();
    const within = AbortSignal.any([signal, ending.signal]);
    const beginning = new Beginning(tracks);
    let isWhole = true;
    const feeding = tracks.map(async (track, index) => {
      const output = outputs[index];
      if (output === undefined) return;
      // The reader of this output may go away at any time.
      output.on('error', () => ending.abort());
      output.on('close', () => {
        if (!output.writableFinished) ending.abort();
      });
      try {
        isWhole = (await this.#feed(track, output, beginning, within)) && isWhole;
      } catch (error) {
        isWhole = false;
        if (!within.aborted) this.#trouble = toFault(error, this.source.url).reason;
      } finally {
        output.end();
      }
    });
    // When one track breaks off, the others end with it: what follows belongs to another run.
    await Promise.race(feeding);
    if (!isWhole) ending.abort();
    await Promise.all(feeding);
  }

  /** @returns whether the whole track was handed over, because the source or the period has ended */
  async #feed(track: DashTrack, output: Writable, beginning: Beginning, signal: AbortSignal): Promise<boolean> {
    const { init, kind } = track;
    if (init !== undefined) {
      const body = await this.#fetch(init, signal);
      if (isProtected(inspectInit(body) ?? '')) throw encrypted();
      await writeAll(output, body, signal);
    }
    let last: DashSegment | undefined;
    while (!signal.aborted) {
      const next = await this.#next(track, last, beginning, signal);
      if (next === undefined || next === 'over') return next === 'over';
      const body = await this.#fetchPatiently(track, next, signal);
      if (body === undefined && !signal.aborted && beginning.isStill(last)) {
        // The oldest segment on offer was about to leave the list, and it did. The next one is as good a beginning.
        beginning.after(next);
        continue;
      }
      if (body === undefined) {
        if (!signal.aborted) this.#giveUp(next);
        return false;
      }
      beginning.over();
      await writeAll(output, body, signal);
      this.#handedOver.set(kind, next.endSeconds);
      last = next;
    }
    return false;
  }

  /** The following run will not ask for this segment again, nor for the matching one of the other track. */
  #giveUp(lost: DashSegment): void {
    const from = lost.endSeconds - lengthOf(lost) / 2;
    const tracks = this.#manifest?.value.periods.flatMap((period) => period.tracks) ?? [];
    for (const { kind } of tracks) this.#handedOver.set(kind, Math.max(from, this.#handedOver.get(kind) ?? from));
  }

  /**
   * @returns the following segment once it is there; `over` if there will never be one, undefined if there is none in
   * this run
   */
  async #next(
    { key, kind }: DashTrack,
    last: DashSegment | undefined,
    beginning: Beginning,
    signal: AbortSignal,
  ): Promise<DashSegment | 'over' | undefined> {
    for (;;) {
      const manifest = await this.#current(signal);
      if (signal.aborted || manifest === undefined) return undefined;
      const period = manifest.periods.find(({ tracks }) => tracks.some((one) => one.key === key && one.kind === kind));
      const track = period?.tracks.find((one) => one.key === key && one.kind === kind);
      // If the manifest no longer lists the period, the period has nothing more. It is over if another one has begun.
      if (track === undefined) return undefined;
      const next = this.#nextOf(track, beginning.startSeconds);
      if (next !== undefined) {
        const follows = last === undefined || next.startSeconds - last.endSeconds < lengthOf(last) / 2;
        if (!follows) this.#trouble = MOVED_ON;
        return follows ? next : undefined;
      }
      if (!manifest.isLive || this.#isLeft(manifest, period, last)) return 'over';
      await this.#untilRefresh(manifest, signal);
    }
  }

  /** The period is over: it was read to its end, or the next one has begun. */
  #isLeft({ periods }: DashManifest, period: DashPeriod | undefined, last: DashSegment | undefined): boolean {
    if (period === undefined) return true;
    const { endSeconds } = period;
    if (endSeconds !== undefined && last !== undefined && last.endSeconds >= endSeconds - lengthOf(last) / 2)
      return true;
    const later = periods.slice(periods.indexOf(period) + 1);
    return later.some(({ tracks }) => tracks.some(({ segments }) => segments.length > 0));
  }

  async #untilRefresh({ refreshSeconds }: DashManifest, signal: AbortSignal): Promise<void> {
    const dueAtMs = (this.#manifest?.loadedAtMs ?? 0) + refreshSeconds * 500;
    await this.clock.sleep(Math.max(100, dueAtMs - this.clock.now()), signal);
  }

  /**
   * The manifest, read again when it is due. A source that cannot be reached, or sends only half of it, is retried
   * until the signal aborts.
   */
  async #current(signal: AbortSignal): Promise<DashManifest | undefined> {
    for (;;) {
      const known = this.#manifest;
      const age = known === undefined ? Infinity : this.clock.now() - known.loadedAtMs;
      if (signal.aborted || (known !== undefined && age < known.value.refreshSeconds * 500)) return known?.value;
      try {
        this.#loading ??= this.#load(signal).finally(() => {
          this.#loading = undefined;
        });
        return await this.#loading;
      } catch (error) {
        this.#trouble = toFault(error, this.source.url).reason;
        await this.clock.sleep(RETRY_MS, signal);
      }
    }
  }

  async #load(signal: AbortSignal): Promise<DashManifest | undefined> {
    const { headers = {}, url } = this.source;
    const got = await this.#http.getText(url, { headers, totalSeconds: REQUEST_SECONDS, signal });
    const text = this.reading(() => new ManifestText(got.text, got.url));
    await this.#time.setBy(text.clock, { headers, signal });
    const value = this.reading(() => text.at(this.#time.now(), this.#manifest?.value));
    this.#manifest = value && { value, loadedAtMs: this.clock.now() };
    return value;
  }

  /**
   * An announced segment may come a little late.
   * @returns undefined if it does not come at all
   */
  async #fetchPatiently({ key }: DashTrack, segment: DashSegment, signal: AbortSignal): Promise<Buffer | undefined> {
    const beganAtMs = this.clock.now();
    while (!signal.aborted) {
      try {
        const body = await this.#fetch(segment, signal);
        this.#trouble = undefined;
        return body;
      } catch (error) {
        if (signal.aborted) return undefined;
        const { definitive, reason } = toFault(error, segment.url);
        this.#trouble = reason;
        if (definitive && this.clock.now() - beganAtMs >= REFUSED_MS) return undefined;
        await this.clock.sleep(RETRY_MS, signal);
        const manifest = await this.#current(signal);
        const track = manifest?.periods.flatMap(({ tracks }) => tracks).find((one) => one.key === key);
        if (track?.segments.some(({ number }) => number === segment.number) !== true) return undefined;
      }
    }
    return undefined;
  }

  async #fetch(wanted: Pick<DashSegment, 'url' | 'byteRange'>, signal: AbortSignal): Promise<Buffer> {
    const { headers = {} } = this.source;
    return fetchWhole(this.#http, wanted, { headers, totalSeconds: REQUEST_SECONDS, signal });
  }
}

/**
 * Where a run begins. All tracks begin where the last of them has its first segment, so that video and audio begin
 * together.
 */
class Beginning {
  startSeconds: number;
  #isOver = false;

  constructor(tracks: readonly DashTrack[]) {
    const lengths = tracks.map(({ segments }) => lengthOf(segments.at(-1)));
    // Segments of video and audio seldom begin at the same instant.
    const half = Math.min(...lengths) / 2;
    this.startSeconds = Math.max(...tracks.map(({ segments }) => segments[0]?.startSeconds ?? 0)) - half;
  }

  /** Whether nothing was handed over yet. */
  isStill(last: DashSegment | undefined): boolean {
    return last === undefined && !this.#isOver;
  }

  after(lost: DashSegment): void {
    this.startSeconds = Math.max(this.startSeconds, lost.endSeconds - lengthOf(lost) / 2);
  }

  over(): void {
    this.#isOver = true;
  }
}

const lengthOf = (segment: DashSegment | undefined): number =>
  segment === undefined ? 0 : segment.endSeconds - segment.startSeconds;

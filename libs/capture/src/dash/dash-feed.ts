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
import { MUX_DELAY_SECONDS, wantedOfPeriods, type Held } from './held-until.js';
import { ManifestText } from './manifest.js';
import type { DashManifest, DashPeriod, DashSegment, DashTrack } from './presentation.js';
import { SourceClock } from './source-clock.js';

const REQUEST_SECONDS = 20;
const RETRY_MS = 500;
/** So long a segment may be refused that is said to be there. Refused by nobody, it is tried for as long as it is offered. */
const REFUSED_MS = 3000;
/** Times of different tracks are rounded differently. */
const ROUNDING_SECONDS = 0.01;
/** Farther than this from now, the live edge was not timed by a clock that is set. */
const CLOCK_ASTRAY_MS = 300_000;

const MOVED_ON: Cause = {
  code: 'source.window-moved',
  message: 'The source took segments out of its manifest before they could be fetched.',
};

/** What an ffmpeg joins in one run, and what joins its times to the wall clock. */
export interface FeedRun {
  readonly tracks: readonly DashTrack[];
  /** That time of the transport stream is that instant. */
  readonly mediaSeconds: number;
  readonly wallMs: number;
}

/**
 * Reads a live DASH source, each segment once and in order, for an ffmpeg that only has to join what it is given. ffmpeg's own reader
 * does not wait for segments that are announced or about to be, and starts over from the beginning of the window when it meets one
 * that is not there: what it gives holds the same pictures many times. A run is what one period holds, as long as its tracks stay.
 */
export class DashFeed {
  readonly #http: HttpClient;
  readonly #time: SourceClock;
  /** Up to where each kind of track has been handed over; what comes again from before is not. */
  readonly #handedOver = new Map<DashTrack['kind'], number>();
  #manifest: { readonly value: DashManifest; readonly loadedAtMs: number } | undefined;
  #loading: Promise<DashManifest | undefined> | undefined;
  #trouble: Cause | undefined;
  #goesOn = false;
  #begun = false;
  #zeroAtMs: number | undefined;

  /** @param before what was recorded before, if anything was */
  constructor(
    private readonly source: CaptureSource,
    connections: Connections,
    private readonly clock: Clock,
    private readonly before: Held | undefined,
    private readonly reading: Reading,
  ) {
    this.#http = new HttpClient(DEFAULT_HLS_SETTINGS, connections, source);
    this.#time = new SourceClock(this.#http, clock);
  }

  /** What kept the last segment or manifest from being fetched; undefined where nothing did. */
  get trouble(): Cause | undefined {
    return this.#trouble;
  }

  /** What was recorded before was timed by the same clock, and it begins where that ended. */
  get goesOn(): boolean {
    return this.#goesOn;
  }

  /** It has come to its end, and all of it was handed over. */
  get isOver(): boolean {
    const manifest = this.#manifest?.value;
    if (manifest === undefined || manifest.isLive) return false;
    return !manifest.periods.some(({ tracks }) => tracks.some((track) => this.#nextOf(track) !== undefined));
  }

  /** What is to be read next; undefined where the source is not live, or nothing of it is understood here. @throws SourceFault */
  async open(signal: AbortSignal): Promise<FeedRun | undefined> {
    this.#trouble = undefined;
    const manifest = await this.#load(signal);
    if (manifest === undefined) return undefined;
    if (!this.#begun) this.#begin(manifest);
    // Over meanwhile, it is read to its end from where it was, not from its beginning.
    if (!manifest.isLive && this.#handedOver.size === 0) return undefined;
    const period = this.#nextPeriod(manifest);
    const [leading] = period?.tracks ?? [];
    if (period === undefined || leading === undefined) return undefined;
    const mediaSeconds = leading.mediaAheadSeconds + MUX_DELAY_SECONDS;
    return { tracks: period.tracks, mediaSeconds, wallMs: this.#wallOfZero(manifest) };
  }

  /** Behind what was recorded before; where nobody knows what that is, what is offered already may be the same. */
  #begin({ isLive, periods }: DashManifest): void {
    this.#begun = true;
    const wanted = this.before && wantedOfPeriods(periods, this.before);
    this.#goesOn = wanted !== undefined;
    if (this.before === undefined || (wanted === undefined && !isLive)) return;
    for (const { kind, segments } of periods.flatMap(({ tracks }) => tracks))
      this.#handedOver.set(kind, wanted?.get(kind) ?? segments.at(-1)?.endSeconds ?? 0);
  }

  /** The first that still has something; else the last one, which will. */
  #nextPeriod({ periods }: DashManifest): DashPeriod | undefined {
    return periods.find(({ tracks }) => tracks.some((track) => this.#nextOf(track) !== undefined)) ?? periods.at(-1);
  }

  #nextOf({ kind, segments }: DashTrack, startSeconds = -Infinity): DashSegment | undefined {
    const from = Math.max(this.#handedOver.get(kind) ?? -Infinity, startSeconds);
    return segments.find((segment) => segment.startSeconds >= from - ROUNDING_SECONDS);
  }

  /** When the presentation began. Where its clock is not set, what is newest is taken to have just happened. */
  #wallOfZero({ availableFromMs, periods }: DashManifest): number {
    const ends = periods.flatMap(({ tracks }) => tracks.map(({ segments }) => segments.at(-1)?.endSeconds ?? 0));
    const edgeMs = Math.max(...ends) * 1000;
    const now = this.#time.now();
    const reckoned = now - edgeMs;
    const isSet = availableFromMs !== undefined && Math.abs(availableFromMs - reckoned) < CLOCK_ASTRAY_MS;
    this.#zeroAtMs ??= (isSet ? availableFromMs : reckoned) + this.clock.now() - now;
    return this.#zeroAtMs;
  }

  /** Feeds each track into its output, until the source or its period ends, something of it is lost, or the signal aborts. Never rejects. */
  async run({ tracks }: FeedRun, outputs: readonly Writable[], signal: AbortSignal): Promise<void> {
    const ending = new AbortController();
    const within = AbortSignal.any([signal, ending.signal]);
    const beginning = new Beginning(tracks);
    let isWhole = true;
    const feeding = tracks.map(async (track, index) => {
      const output = outputs[index];
      if (output === undefined) return;
      // Its reader may go at any time.
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
    // Where one track breaks off, the others end with it: what follows belongs to another run.
    await Promise.race(feeding);
    if (!isWhole) ending.abort();
    await Promise.all(feeding);
  }

  /** @returns whether all there is of the track was handed over: its source, or its period, has come to its end */
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
        // The oldest on offer is about to go, and went first. What follows it is as good a beginning.
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

  /** It is not asked for again by the run that follows, nor what belongs to it of the other track. */
  #giveUp(lost: DashSegment): void {
    const from = lost.endSeconds - lengthOf(lost) / 2;
    const tracks = this.#manifest?.value.periods.flatMap((period) => period.tracks) ?? [];
    for (const { kind } of tracks) this.#handedOver.set(kind, Math.max(from, this.#handedOver.get(kind) ?? from));
  }

  /** @returns the segment that follows, when it is there; `over` where none ever will, undefined where none does in this run */
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
      // A manifest that no longer has the period has nothing more of it, so it is over where another has come.
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

  /** The manifest, read again where it is time. A source that cannot be reached, or sends half of one, is asked until the signal aborts. */
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

  /** A segment that is announced may come a little late. @returns undefined where it does not come at all */
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

/** Where a run begins: all tracks where the last of them has its first segment, so that picture and sound do together. */
class Beginning {
  startSeconds: number;
  #isOver = false;

  constructor(tracks: readonly DashTrack[]) {
    const lengths = tracks.map(({ segments }) => lengthOf(segments.at(-1)));
    // Segments of picture and sound seldom begin at the same instant.
    const half = Math.min(...lengths) / 2;
    this.startSeconds = Math.max(...tracks.map(({ segments }) => segments[0]?.startSeconds ?? 0)) - half;
  }

  /** Nothing was handed over yet. */
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

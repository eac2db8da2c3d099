import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Clock } from '../session/clock.js';
import { HttpClient } from '../session/http-client.js';
import { DEFAULT_HLS_SETTINGS } from '../session/settings.js';
import { toFault } from '@streamvault/network';
import type { Connections } from '@streamvault/network';
import type { CaptureSource, Cause } from '../port.js';
import { wantedFrom, type Held } from './held-until.js';
import { parseManifest, type DashManifest, type DashSegment, type DashTrack } from './manifest.js';

const LARGEST_SEGMENT = 256 << 20;
const REQUEST_SECONDS = 20;
/** Where a run begins, counted from the live edge: near enough, and there for sure. */
const SEGMENTS_BEHIND = 3;
const RETRY_MS = 500;
/** So long a segment may be refused that is said to be there. Refused by nobody, it is tried for as long as it is offered. */
const REFUSED_MS = 3000;
/** Times of different tracks are rounded differently. */
const ROUNDING_SECONDS = 0.01;

const MOVED_ON: Cause = {
  code: 'source.window-moved',
  message: 'The source took segments out of its manifest before they could be fetched.',
};

/**
 * Reads a live DASH source, each segment once and in order, for an ffmpeg that only has to join what it is given. ffmpeg's own reader
 * does not wait for segments that are announced or about to be, and starts over from the beginning of the window when it meets one
 * that is not there: what it gives holds the same pictures many times.
 */
export class DashFeed {
  readonly #http: HttpClient;
  /** Up to where each kind of track has been handed over; what comes again from before is not. */
  readonly #handedOver = new Map<DashTrack['kind'], number>();
  #manifest: { readonly value: DashManifest; readonly loadedAtMs: number } | undefined;
  #loading: Promise<DashManifest | undefined> | undefined;
  #trouble: Cause | undefined;
  #goesOn = false;

  /** @param before what was recorded before, if anything was */
  constructor(
    private readonly source: CaptureSource,
    connections: Connections,
    private readonly clock: Clock,
    private readonly before: Held | undefined,
  ) {
    this.#http = new HttpClient(DEFAULT_HLS_SETTINGS, connections, source);
  }

  /** What kept the last segment or manifest from being had; undefined where it was. */
  get trouble(): Cause | undefined {
    return this.#trouble;
  }

  /** What was recorded before was timed by the same clock, and it begins where that ended. */
  get goesOn(): boolean {
    return this.#goesOn;
  }

  /** The tracks to be read; undefined where the source is not live, or none that is understood here. @throws SourceFault */
  async open(signal: AbortSignal): Promise<readonly DashTrack[] | undefined> {
    this.#trouble = undefined;
    const manifest = await this.#load(signal);
    if (manifest === undefined) return undefined;
    if (this.#handedOver.size === 0) this.#begin(manifest);
    // Over meanwhile, it is read to its end from where it was, not from its beginning.
    return manifest.isLive || this.#handedOver.size > 0 ? manifest.tracks : undefined;
  }

  /** Behind what was recorded before; where nobody knows what that is, what is offered already may be the same. */
  #begin({ isLive, tracks }: DashManifest): void {
    const wanted = this.before && wantedFrom(tracks, this.before);
    this.#goesOn = wanted !== undefined;
    if (this.before === undefined || (wanted === undefined && !isLive)) return;
    for (const { kind, segments } of tracks)
      this.#handedOver.set(kind, wanted?.get(kind) ?? segments.at(-1)?.endSeconds ?? 0);
  }

  /** Feeds each track into its output, until the source ends, something of it is lost, or the signal aborts. Never rejects. */
  async run(tracks: readonly DashTrack[], outputs: readonly Writable[], signal: AbortSignal): Promise<void> {
    const ending = new AbortController();
    const within = AbortSignal.any([signal, ending.signal]);
    const startSeconds = startOf(tracks);
    const feeding = tracks.map(async (track, index) => {
      const output = outputs[index];
      if (output === undefined) return;
      // Whoever reads it may go at any time.
      output.on('error', () => ending.abort());
      output.on('close', () => {
        if (!output.writableFinished) ending.abort();
      });
      try {
        await this.#feed(track, output, startSeconds, within);
      } catch (error) {
        if (!within.aborted) this.#trouble = toFault(error, this.source.url).reason;
      } finally {
        output.end();
      }
    });
    // Where one track breaks off, the others end with it: what follows belongs to another run.
    await Promise.race(feeding);
    const isOver = this.#manifest?.value.isLive === false;
    if (!isOver) ending.abort();
    await Promise.all(feeding);
  }

  async #feed(track: DashTrack, output: Writable, startSeconds: number, signal: AbortSignal): Promise<void> {
    const { kind, initUrl, key } = track;
    if (initUrl !== undefined) await write(output, await this.#fetch(initUrl, signal), signal);
    let last: DashSegment | undefined;
    while (!signal.aborted) {
      const next = await this.#next(kind, key, last, startSeconds, signal);
      if (next === undefined) return;
      const body = await this.#fetchPatiently(kind, next, signal);
      if (body === undefined) {
        if (!signal.aborted) this.#giveUp(next);
        return;
      }
      await write(output, body, signal);
      this.#handedOver.set(kind, next.endSeconds);
      last = next;
    }
  }

  /** It is not asked for again by the run that follows, nor what belongs to it of the other track. */
  #giveUp(lost: DashSegment): void {
    const from = lost.endSeconds - lengthOf(lost) / 2;
    for (const { kind } of this.#manifest?.value.tracks ?? [])
      this.#handedOver.set(kind, Math.max(from, this.#handedOver.get(kind) ?? from));
  }

  /** @returns the segment that follows, when it is there; undefined where none ever will, or not in this run */
  async #next(
    kind: DashTrack['kind'],
    key: string,
    last: DashSegment | undefined,
    startSeconds: number,
    signal: AbortSignal,
  ): Promise<DashSegment | undefined> {
    for (;;) {
      const manifest = await this.#current(signal);
      if (signal.aborted || manifest === undefined) return undefined;
      const track = manifest.tracks.find((one) => one.kind === kind);
      if (track?.key !== key) return undefined;
      const from = this.#handedOver.get(kind) ?? startSeconds;
      const next = track.segments.find((segment) => segment.startSeconds >= from - ROUNDING_SECONDS);
      if (next !== undefined) {
        const follows = last === undefined || next.startSeconds - last.endSeconds < lengthOf(last) / 2;
        if (!follows) this.#trouble = MOVED_ON;
        return follows ? next : undefined;
      }
      if (!manifest.isLive) return undefined;
      await this.#untilRefresh(manifest, signal);
    }
  }

  async #untilRefresh({ refreshSeconds }: DashManifest, signal: AbortSignal): Promise<void> {
    const dueAtMs = (this.#manifest?.loadedAtMs ?? 0) + refreshSeconds * 500;
    await this.clock.sleep(Math.max(100, dueAtMs - this.clock.now()), signal);
  }

  /** The manifest, read anew where it is time. A source that cannot be reached is tried again until the signal aborts. */
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
    const value = parseManifest(got.text, got.url, this.clock.now());
    this.#manifest = value && { value, loadedAtMs: this.clock.now() };
    return value;
  }

  /** A segment that is announced may come a little late. @returns undefined where it does not come at all */
  async #fetchPatiently(
    kind: DashTrack['kind'],
    { number, url }: DashSegment,
    signal: AbortSignal,
  ): Promise<Buffer | undefined> {
    const beganAtMs = this.clock.now();
    while (!signal.aborted) {
      try {
        const body = await this.#fetch(url, signal);
        this.#trouble = undefined;
        return body;
      } catch (error) {
        if (signal.aborted) return undefined;
        const { definitive, reason } = toFault(error, url);
        this.#trouble = reason;
        if (definitive && this.clock.now() - beganAtMs >= REFUSED_MS) return undefined;
        await this.clock.sleep(RETRY_MS, signal);
        const track = (await this.#current(signal))?.tracks.find((one) => one.kind === kind);
        if (track?.segments.some((segment) => segment.number === number) !== true) return undefined;
      }
    }
    return undefined;
  }

  async #fetch(url: string, signal: AbortSignal): Promise<Buffer> {
    let chunks: Buffer[] = [];
    let bytes = 0;
    const { headers = {} } = this.source;
    await this.#http.getBody(
      url,
      { headers, totalSeconds: REQUEST_SECONDS, signal },
      {
        start: () => {
          chunks = [];
          bytes = 0;
        },
        data: (chunk) => {
          bytes += chunk.length;
          if (bytes > LARGEST_SEGMENT) throw new Error('A segment is larger than any could be');
          // The memory it stands in is used again.
          chunks.push(Buffer.from(chunk));
        },
      },
    );
    return Buffer.concat(chunks);
  }
}

/** All tracks begin where the last of them has its first segment, so that picture and sound do together. */
function startOf(tracks: readonly DashTrack[]): number {
  return Math.max(...tracks.map(({ segments }) => segments.at(-SEGMENTS_BEHIND)?.startSeconds ?? 0)) - halfOf(tracks);
}

/** Segments of picture and sound seldom begin at the same instant. */
const halfOf = (tracks: readonly DashTrack[]): number =>
  Math.min(...tracks.map(({ segments }) => lengthOf(segments.at(-1)))) / 2;

const lengthOf = (segment: DashSegment | undefined): number =>
  segment === undefined ? 0 : segment.endSeconds - segment.startSeconds;

async function write(output: Writable, bytes: Buffer, signal: AbortSignal): Promise<void> {
  if (output.write(bytes) || signal.aborted) return;
  await once(output, 'drain', { signal });
}

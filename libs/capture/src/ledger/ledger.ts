import type { Cause, Container, PartReason } from '../port.js';
import type { InitEntry, LedgerEntry, LedgerHeader, PartOpenedEntry, SegmentEntry } from './entries.js';

export interface LedgerPart {
  readonly number: number;
  readonly file: string;
  readonly container: Container;
  readonly reason: PartReason;
  readonly signature: string;
  readonly targetDurationSeconds: number;
  readonly openedAt: string;
  readonly closedAt?: string;
  /** Bytes that the ledger vouches for. The file may be longer while a segment is being written. */
  readonly bytes: number;
  readonly segments: number;
  readonly durationSeconds: number;
  readonly init?: { readonly offset: number; readonly length: number; readonly sha256: string };
}

export interface LedgerSegment extends Omit<SegmentEntry, 'type' | 'part' | 'synced'> {
  readonly index: number;
  readonly part: LedgerPart;
  /** Where the segment starts on the recording's own timeline, in which gaps take no time. */
  readonly mediaStartSeconds: number;
  /** Start of the first sample in milliseconds since the epoch. Never less than the start of an earlier segment. */
  readonly startsAtMs: number;
  /** The source's timeline continues from the segment before without a break, also across part files. */
  readonly continuous: boolean;
}

export interface LedgerGap {
  readonly from: string;
  readonly to: string;
  readonly seconds: number;
  readonly cause: Cause;
  /** Where the gap lies on the recording's own timeline. */
  readonly atMediaSeconds: number;
}

/** A stretch of advertising. */
export interface LedgerAd {
  readonly from: string;
  readonly to: string;
  readonly seconds: number;
  /** Whether it is in the parts or was left out. */
  readonly kept: boolean;
  /** Where it lies, or was left out, on the recording's own timeline. */
  readonly atMediaSeconds: number;
  /** Number of segments before its end. */
  readonly segmentsBefore: number;
  /** For advertising that was left out: its last segment, which tells how far the source was. */
  readonly last?: { readonly mediaSequence: number; readonly identity: string };
}

/** What a recording lost. */
export interface LedgerLosses {
  readonly gapSeconds: number;
  /** Advertising, left out or kept. */
  readonly adSeconds: number;
  /** Requests that had to be repeated. */
  readonly retries: number;
}

export interface LedgerTotals {
  readonly bytes: number;
  readonly segments: number;
  readonly durationSeconds: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * What a ledger says: the fold of its entries. It holds every segment (about half a kilobyte each), so it is for
 * readers. The engine that writes keeps only the last few.
 */
export class Ledger {
  readonly #parts: Mutable<LedgerPart>[] = [];
  readonly #segments: LedgerSegment[] = [];
  readonly #gaps: LedgerGap[] = [];
  readonly #ads: Mutable<LedgerAd>[] = [];
  #bytes = 0;
  #durationSeconds = 0;
  #ended: { readonly reason: 'endlist'; readonly at: string } | undefined;
  #gapSince = false;
  #retries = 0;

  constructor(readonly header: LedgerHeader) {}

  get recordingId(): number {
    return this.header.recordingId;
  }
  get parts(): readonly LedgerPart[] {
    return this.#parts;
  }
  get segments(): readonly LedgerSegment[] {
    return this.#segments;
  }
  get gaps(): readonly LedgerGap[] {
    return this.#gaps;
  }
  get ads(): readonly LedgerAd[] {
    return this.#ads;
  }
  /** Advertising that was being kept when the ledger ended, and may continue. */
  get openAd(): LedgerAd | undefined {
    return this.#segments.at(-1)?.ad && !this.#gapSince ? this.#ads.at(-1) : undefined;
  }
  get losses(): LedgerLosses {
    return {
      gapSeconds: this.#gaps.reduce((sum, gap) => sum + gap.seconds, 0),
      adSeconds: this.#ads.reduce((sum, ad) => sum + ad.seconds, 0),
      retries: this.#retries,
    };
  }
  get totals(): LedgerTotals {
    return { bytes: this.#bytes, segments: this.#segments.length, durationSeconds: this.#durationSeconds };
  }
  /** Set if the source itself said that the broadcast is over. A stop by the user is not in the ledger. */
  get ended(): { readonly reason: 'endlist'; readonly at: string } | undefined {
    return this.#ended;
  }

  /** Applies the next entry. Returns false, without a change, if it contradicts what came before. */
  apply(entry: LedgerEntry): boolean {
    const part = this.#parts.at(-1);
    switch (entry.type) {
      case 'partOpened':
        return this.#open(entry, part);
      case 'init':
        return this.#initialise(entry, part);
      case 'segment':
        return this.#append(entry, part);
      case 'partClosed':
        if (part?.number !== entry.number || part.closedAt !== undefined) return false;
        part.closedAt = entry.at;
        break;
      case 'gap':
        this.#gaps.push({
          from: entry.from,
          to: entry.to,
          seconds: entry.seconds,
          cause: entry.cause,
          atMediaSeconds: this.#durationSeconds,
        });
        this.#gapSince = true;
        break;
      case 'ad':
        this.#ads.push({
          from: entry.from,
          to: entry.to,
          seconds: entry.seconds,
          kept: false,
          atMediaSeconds: this.#durationSeconds,
          segmentsBefore: this.#segments.length,
          last: { mediaSequence: entry.mediaSequence, identity: entry.identity },
        });
        this.#gapSince = true;
        break;
      case 'retried':
        this.#retries += entry.count;
        break;
      case 'ended':
        this.#ended = { reason: entry.reason, at: entry.at };
        break;
    }
    return true;
  }

  #open(entry: PartOpenedEntry, last: LedgerPart | undefined): boolean {
    if (entry.number <= (last?.number ?? 0)) return false;
    const { type: _, at, ...facts } = entry;
    this.#parts.push({ ...facts, openedAt: at, bytes: 0, segments: 0, durationSeconds: 0 });
    // A part after the end means that the source came back.
    this.#ended = undefined;
    return true;
  }

  #initialise(entry: InitEntry, part: Mutable<LedgerPart> | undefined): boolean {
    if (part?.number !== entry.part || part.segments > 0 || part.init || entry.offset !== part.bytes) return false;
    part.init = { offset: entry.offset, length: entry.length, sha256: entry.sha256 };
    this.#grow(part, entry.length);
    return true;
  }

  #append(entry: SegmentEntry, part: Mutable<LedgerPart> | undefined): boolean {
    if (part?.number !== entry.part || part.closedAt !== undefined || entry.offset < part.bytes) return false;
    if (part.container === 'mp4' && part.init === undefined) return false;
    const last = this.#segments.at(-1);
    const { type: _, part: __, synced: ___, ...facts } = entry;
    if (entry.ad) this.#noteKeptAd(entry);
    this.#segments.push({
      ...facts,
      part,
      index: this.#segments.length,
      mediaStartSeconds: this.#durationSeconds,
      startsAtMs: Math.max(Date.parse(entry.programDateTime), last?.startsAtMs ?? 0),
      continuous: last !== undefined && !this.#gapSince && this.#follows(entry, part, last),
    });
    this.#gapSince = false;
    this.#grow(part, entry.offset + entry.length - part.bytes);
    part.segments += 1;
    part.durationSeconds += entry.durationSeconds;
    this.#durationSeconds += entry.durationSeconds;
    return true;
  }

  #noteKeptAd({ programDateTime, durationSeconds }: SegmentEntry): void {
    const endsAtMs = Date.parse(programDateTime) + durationSeconds * 1000;
    const ad = this.openAd === undefined ? undefined : this.#ads.at(-1);
    const to = new Date(endsAtMs).toISOString();
    const segmentsBefore = this.#segments.length + 1;
    if (ad === undefined) {
      const atMediaSeconds = this.#durationSeconds;
      const seconds = durationSeconds;
      this.#ads.push({ from: programDateTime, to, seconds, kept: true, atMediaSeconds, segmentsBefore });
    } else Object.assign(ad, { to, seconds: ad.seconds + durationSeconds, segmentsBefore });
  }

  #follows(entry: SegmentEntry, part: LedgerPart, last: LedgerSegment): boolean {
    if (entry.discontinuity || entry.mediaSequence !== last.mediaSequence + 1) return false;
    return (
      last.part === part ||
      (last.part.container === part.container &&
        last.part.signature === part.signature &&
        last.part.init?.sha256 === part.init?.sha256)
    );
  }

  #grow(part: Mutable<LedgerPart>, bytes: number): void {
    part.bytes += bytes;
    this.#bytes += bytes;
  }

  /**
   * Where an instant of the broadcast lies on the recording's timeline (seconds from its beginning; gaps take no time).
   * An instant in a gap gives the moment at which playback crosses it. One before or after the recording gives its
   * beginning or end.
   */
  mediaTimeAt(instant: string | Date): number {
    const ms = instant instanceof Date ? instant.getTime() : Date.parse(instant);
    const index = lastAtMost(this.#segments, (segment) => segment.startsAtMs, ms);
    const segment = this.#segments[index];
    if (segment === undefined) return 0;
    return segment.mediaStartSeconds + Math.min((ms - segment.startsAtMs) / 1000, segment.durationSeconds);
  }

  /**
   * The wall-clock instant (ISO 8601 UTC) of a moment of the recording, clamped to it; undefined while there is no
   * segment.
   */
  instantAt(mediaSeconds: number): string | undefined {
    const found = lastAtMost(this.#segments, (segment) => segment.mediaStartSeconds, mediaSeconds);
    const segment = this.#segments[Math.max(found, 0)];
    if (segment === undefined) return undefined;
    const into = Math.min(Math.max(mediaSeconds - segment.mediaStartSeconds, 0), segment.durationSeconds);
    return new Date(segment.startsAtMs + into * 1000).toISOString();
  }
}

/** Index of the last item whose key is at most `limit`, or -1. The keys ascend. */
function lastAtMost<T>(items: readonly T[], key: (item: T) => number, limit: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && key(item) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

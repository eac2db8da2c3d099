import type { Ledger, LedgerAd, LedgerPart, LedgerSegment } from '../ledger/ledger.js';
import { GrowingGzip } from './growing-gzip.js';

export interface GrowingPlaylistOptions {
  /** The address of a part, absolute or relative to the playlist. */
  readonly partUri: (part: LedgerPart) => string;
  /** Neighbouring segments become entries of at most so many seconds; 0: each segment is an entry. */
  readonly entrySeconds?: number;
}

/** A class of our own, so that players do not skip anything because of it. */
const AD_KEPT = 'streamvault-ad-kept';
const AD_SKIPPED = 'streamvault-ad-skipped';

/** A date-time that differs by more than this from what the durations give is written out. */
const DATE_TIME_TOLERANCE_MS = 20;

/** A recording that just began is shown segment by segment. */
const YOUNG_SECONDS = 30;

/** A player may ask to be told only what is newer than so many target durations: not fewer than six (RFC 8216bis section 4.4.3.8). */
const SKIP_UNTIL_TARGETS = 6;

/** Segments that are one entry. */
interface Entry {
  /** Dateranges that are told before it. */
  readonly ads: string;
  readonly first: LedgerSegment;
  last: LedgerSegment;
  seconds: number;
  bytes: number;
  /** The entry before it, whose address and bytes it may go on from. */
  readonly before: Entry | undefined;
}

/**
 * A media playlist (RFC 8216) over a recording's parts by byte ranges: EVENT while it grows, VOD with ENDLIST when it ended. What was taken
 * from the ledger is never written again: the text, and what it is compressed to, only grow at their end.
 *
 * A discontinuity marks a break in the source's timeline, not a restart that merely began another file. Advertising, kept or left
 * out, is a date range that is written after its end.
 */
export class GrowingPlaylist {
  readonly #ledger: Ledger;
  readonly #partUri: GrowingPlaylistOptions['partUri'];
  readonly #entrySeconds: number;
  readonly #entries: Entry[] = [];
  /** Of the entries that are complete. */
  readonly #zipped = new GrowingGzip();
  #text = '';
  #dateranges = '';
  #targetSeconds = 1;
  #partsSeen = 0;
  #taken = 0;
  #adsListed = 0;
  /** To which the next segment may still be added. */
  #open: Entry | undefined;

  constructor(ledger: Ledger, { partUri, entrySeconds = 0 }: GrowingPlaylistOptions) {
    this.#ledger = ledger;
    this.#partUri = partUri;
    this.#entrySeconds = entrySeconds;
  }

  text(hasEnded: boolean): string {
    this.#take();
    return `${this.#head(hasEnded)}${this.#text}${this.#tail(hasEnded)}`;
  }

  gzip(hasEnded: boolean): Buffer {
    this.#take();
    return this.#zipped.between(this.#head(hasEnded), this.#text, this.#tail(hasEnded));
  }

  /** Without the entries that a player that has read it before knows already (RFC 8216bis section 4.4.5.2); undefined where there are too few. */
  delta(hasEnded: boolean): string | undefined {
    this.#take();
    if (hasEnded) return undefined;
    let kept = 0;
    let first = this.#entries.length;
    while (first > 0 && kept < this.#skipUntilSeconds) {
      first -= 1;
      kept += this.#entries[first]?.seconds ?? 0;
    }
    if (first === 0) return undefined;
    const shown = this.#entries.slice(first);
    const adsShown = shown.map(({ ads }) => ads).join('');
    const adsSkipped = this.#dateranges.slice(0, this.#dateranges.length - adsShown.length);
    const entries = shown.map((entry, place) => this.#entryText(entry, place === 0)).join('');
    const head = this.#head(false).replace(/VERSION:\d+/, 'VERSION:9');
    return `${head}#EXT-X-SKIP:SKIPPED-SEGMENTS=${first}\n${adsSkipped}${entries}`;
  }

  #head(hasEnded: boolean): string {
    const mp4 = this.#ledger.parts.some((part) => part.container === 'mp4');
    // Byte ranges need version 4, a map outside I-frame playlists version 6 (RFC 8216 section 7).
    return `#EXTM3U
#EXT-X-VERSION:${mp4 ? 6 : 4}
#EXT-X-TARGETDURATION:${this.#targetSeconds}
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:${hasEnded ? 'VOD' : 'EVENT'}
#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=${this.#skipUntilSeconds}
`;
  }

  get #skipUntilSeconds(): number {
    return this.#targetSeconds * SKIP_UNTIL_TARGETS;
  }

  #tail(hasEnded: boolean): string {
    if (!hasEnded) return '';
    const rest = this.#open === undefined ? '' : this.#entryText(this.#open);
    return `${rest}${this.#adsBefore(this.#taken).tags}#EXT-X-ENDLIST\n`;
  }

  #take(): void {
    const { parts, segments } = this.#ledger;
    for (; this.#partsSeen < parts.length; this.#partsSeen += 1)
      this.#lengthen(Math.ceil(parts[this.#partsSeen]?.targetDurationSeconds ?? 0));
    for (; this.#taken < segments.length; this.#taken += 1) {
      const segment = segments[this.#taken];
      if (segment !== undefined) this.#add(segment);
    }
  }

  /** No rounded entry may exceed it (RFC 8216 section 4.3.3.1), and it does not change unless the source breaks its own word. */
  #lengthen(seconds: number): void {
    this.#targetSeconds = Math.max(this.#targetSeconds, seconds, Math.floor(this.#entrySeconds));
  }

  #add(segment: LedgerSegment): void {
    this.#lengthen(Math.round(segment.durationSeconds));
    const { tags, told } = segment.ad ? { tags: '', told: this.#adsListed } : this.#adsBefore(segment.index);
    this.#adsListed = told;
    const open = this.#open;
    if (open !== undefined && tags === '' && this.#fits(open, segment)) {
      open.last = segment;
      open.seconds += segment.durationSeconds;
      open.bytes += segment.length;
    } else {
      this.#complete();
      const { durationSeconds: seconds, length: bytes } = segment;
      const before = this.#entries.at(-1);
      this.#open = { ads: tags, first: segment, last: segment, seconds, bytes, before };
    }
    // One more of the kind would be too much: there is nothing to wait for.
    if (!this.#hasRoom(this.#open, segment.durationSeconds)) this.#complete();
  }

  #hasRoom(entry: Entry | undefined, seconds: number): boolean {
    return (
      entry !== undefined &&
      this.#entrySeconds > 0 &&
      entry.first.mediaStartSeconds >= YOUNG_SECONDS &&
      // Half a second is rounded up.
      entry.seconds + seconds < this.#entrySeconds + 0.5
    );
  }

  #fits(entry: Entry, segment: LedgerSegment): boolean {
    const { last } = entry;
    return (
      segment.continuous &&
      segment.part === last.part &&
      segment.ad === last.ad &&
      segment.offset === last.offset + last.length &&
      driftMs(last, segment) <= DATE_TIME_TOLERANCE_MS &&
      this.#hasRoom(entry, segment.durationSeconds)
    );
  }

  #complete(): void {
    const entry = this.#open;
    if (entry === undefined) return;
    this.#open = undefined;
    this.#entries.push(entry);
    this.#text += this.#entryText(entry);
    this.#dateranges += entry.ads;
  }

  /** @param alone nothing stands before it that could be gone on from */
  #entryText({ ads, first, seconds, bytes, before }: Entry, alone = false): string {
    const last = alone ? undefined : before?.last;
    let text = ads;
    if (before !== undefined && !first.continuous) text += '#EXT-X-DISCONTINUITY\n';
    const uri = this.#partUri(first.part);
    if (last?.part !== first.part) text += mapTag(first.part, uri);
    if (last === undefined || !first.continuous || driftMs(last, first) > DATE_TIME_TOLERANCE_MS)
      text += `#EXT-X-PROGRAM-DATE-TIME:${new Date(first.startsAtMs).toISOString()}\n`;
    // Without an offset it begins where the one before it ends (RFC 8216 section 4.3.2.2).
    const goesOn = last?.part === first.part && last.offset + last.length === first.offset;
    const range = goesOn ? String(bytes) : `${bytes}@${first.offset}`;
    return `${text}#EXTINF:${secondsText(seconds)},\n#EXT-X-BYTERANGE:${range}\n${uri}\n`;
  }

  /** Advertising that ended by then and was not told yet. */
  #adsBefore(index: number): { readonly tags: string; readonly told: number } {
    let tags = '';
    let told = this.#adsListed;
    for (let ad = this.#ledger.ads[told]; ad !== undefined && ad.segmentsBefore <= index; ad = this.#ledger.ads[told]) {
      told += 1;
      tags += adTag(ad, told);
    }
    return { tags, told };
  }
}

/** RFC 8216 section 4.3.2.7. */
const adTag = ({ from, seconds: duration, kept }: LedgerAd, number: number): string =>
  `#EXT-X-DATERANGE:ID="ad-${number}",CLASS="${kept ? AD_KEPT : AD_SKIPPED}",START-DATE="${from}",DURATION=${secondsText(duration)}\n`;

function mapTag({ init }: LedgerPart, uri: string): string {
  return init === undefined ? '' : `#EXT-X-MAP:URI="${uri}",BYTERANGE="${init.length}@${init.offset}"\n`;
}

/** Players extrapolate date-times from the last one written, so what counts is the distance to the segment before. */
function driftMs(last: LedgerSegment, segment: LedgerSegment): number {
  return Math.abs(segment.startsAtMs - last.startsAtMs - last.durationSeconds * 1000);
}

const secondsText = (value: number): string => String(Math.round(value * 1e6) / 1e6);

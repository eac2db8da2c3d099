import { parseAttributes, parseCount, parseDateTime, parseDecimal } from './attribute-list.js';
import { Addresses } from './addresses.js';
import { mixed } from './playlist-kind.js';
import { resolveUri } from './resolve-uri.js';
import {
  PlaylistError,
  tooMany,
  type ByteRange,
  type DateRange,
  type MapSection,
  type MediaPlaylist,
  type MediaSegment,
  type SegmentKey,
} from './playlist.js';
import { UsualDateTimes } from './usual-date-times.js';
import { identify, sliceOf } from './segment-identity.js';

/** A longer duration is an error in the playlist. */
const LONGEST_SEGMENT_SECONDS = 86_400;
/** More than four days of two-second segments. */
const MOST_SEGMENTS = 200_000;
const MOST_DATE_RANGES = 20_000;

type Changeable<Type> = { -readonly [K in keyof Type]: Type[K] };

/** What the tags before an address say about its segment. `durationSeconds` is undefined until a tag gives it. */
interface SegmentTags {
  durationSeconds: number | undefined;
  rounded: boolean;
  title: string;
  discontinuity: boolean;
  gap: boolean;
  programDateTimeMs: number | undefined;
  range: string | undefined;
}

/** An `#EXTINF` line, and what it means in a playlist of that version. */
interface InfLine extends Pick<SegmentTags, 'rounded' | 'title'> {
  readonly line: string;
  readonly version: number;
  readonly durationSeconds: number;
}

const noTags = (): SegmentTags => ({
  durationSeconds: undefined,
  rounded: false,
  title: '',
  discontinuity: false,
  gap: false,
  programDateTimeMs: undefined,
  range: undefined,
});

const INF = '#EXTINF:';
const DATE_TIME = '#EXT-X-PROGRAM-DATE-TIME:';
const HASH = 35;
const NEWLINE = 10;

/**
 * One pass over the lines of a media playlist (RFC 8216 section 4.3.2 and 4.3.3). A list of several days is read again
 * every few seconds, so the code makes as few objects per segment as it can. The playlist so far can be taken at any
 * time, and parsing can go on.
 */
export class MediaPlaylistParser {
  readonly #segments: MediaSegment[] = [];
  readonly #dateRanges: DateRange[] = [];
  /** Without a tag it is 1 (RFC 8216 section 7). */
  #version = 1;
  #targetDuration: number | undefined;
  #mediaSequence = 0;
  #discontinuitySequence = 0;
  #discontinuities = 0;
  #type: 'EVENT' | 'VOD' | undefined;
  #ended = false;
  #map: MapSection | undefined;
  /** The keys that apply, by key format; the newest is the last. */
  readonly #keys = new Map<string, SegmentKey>();
  #key: SegmentKey | undefined;
  readonly #told = noTags();
  /** The last `#EXTINF` line; most segments have the same. */
  #inf: InfLine = { line: '', version: 0, durationSeconds: 0, rounded: false, title: '' };
  readonly #dates = new UsualDateTimes();
  #firstDated = -1;
  #lastDateMs = -Infinity;
  #isAscending = true;
  /** Where the last byte range of a resource ended. The next one without an offset continues from there. */
  #rangeEnd: { readonly url: string; readonly end: number } | undefined;
  #nextDateTimeMs: number | undefined;

  readonly #addresses: Addresses;

  constructor(private readonly baseUrl: string) {
    this.#addresses = new Addresses(baseUrl);
  }

  line(line: string, number: number): void {
    if (!line.startsWith('#')) this.#segment(line, number);
    else if (line.startsWith(INF)) this.#takeInf(line, number);
    else if (line.startsWith(DATE_TIME))
      this.#told.programDateTimeMs = parseDateTime(line.slice(DATE_TIME.length)) ?? this.#told.programDateTimeMs;
    else if (line.startsWith('#EXT')) this.#tag(line, number);
  }

  /**
   * Reads a line of a kind that nearly every segment has, directly from the text: the same duration as the one before,
   * or a date in the usual form.
   * @param from where the line begins
   * @returns where the next line begins; `from` if it is neither
   */
  skim(text: string, from: number): number {
    if (text.charCodeAt(from) !== HASH) return from;
    const { line, version } = this.#inf;
    const end = from + line.length;
    if (text.charCodeAt(end) === NEWLINE && version === this.#version && text.startsWith(line, from)) {
      this.#useInf();
      return end + 1;
    }
    if (!text.startsWith(DATE_TIME, from)) return from;
    const dateEnd = text.indexOf('\n', from);
    const dateTimeMs = dateEnd < 0 ? undefined : this.#dates.read(text, from + DATE_TIME.length, dateEnd);
    if (dateTimeMs === undefined) return from;
    this.#told.programDateTimeMs = dateTimeMs;
    return dateEnd + 1;
  }

  end(): MediaPlaylist {
    return {
      kind: 'media',
      targetDurationSeconds: this.#targetDuration ?? this.#longest(),
      mediaSequence: this.#mediaSequence,
      discontinuitySequence: this.#discontinuitySequence,
      ...(this.#type && { type: this.#type }),
      ended: this.#ended,
      // Copies, because parsing may go on.
      segments: datedBackwards(this.#segments.slice(), this.#firstDated),
      isAscending: this.#isAscending,
      dateRanges: this.#dateRanges.slice(),
    };
  }

  #longest(): number {
    return Math.max(1, Math.ceil(this.#segments.reduce((most, segment) => Math.max(most, segment.durationSeconds), 0)));
  }

  #tag(line: string, number: number): void {
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1);
    switch (name) {
      case '#EXTINF':
        throw malformed(number, '#EXTINF', value);
      case '#EXT-X-BYTERANGE':
        this.#told.range = value;
        return;
      case '#EXT-X-DISCONTINUITY':
        this.#told.discontinuity = true;
        return;
      case '#EXT-X-GAP':
        this.#told.gap = true;
        return;
      case '#EXT-X-MAP':
        this.#map = this.#toMap(value, number);
        return;
      case '#EXT-X-KEY':
        return this.#useKey(this.#toKey(value));
      case '#EXT-X-DATERANGE':
        return this.#dateRange(value);
      case '#EXT-X-VERSION':
        this.#version = parseCount(value) ?? this.#version;
        return;
      case '#EXT-X-TARGETDURATION':
        this.#targetDuration = Math.max(1, decimal(value, name, number));
        return;
      case '#EXT-X-MEDIA-SEQUENCE':
        this.#mediaSequence = count(value, name, number);
        return;
      case '#EXT-X-DISCONTINUITY-SEQUENCE':
        this.#discontinuitySequence = count(value, name, number);
        return;
      case '#EXT-X-PLAYLIST-TYPE':
        if (value === 'EVENT' || value === 'VOD') this.#type = value;
        return;
      case '#EXT-X-STREAM-INF':
        throw mixed();
      case '#EXT-X-ENDLIST':
        this.#ended = true;
        return;
      default:
    }
  }

  #takeInf(line: string, number: number): void {
    if (this.#inf.line !== line || this.#inf.version !== this.#version) this.#inf = this.#readInf(line, number);
    this.#useInf();
  }

  #useInf(): void {
    this.#told.durationSeconds = this.#inf.durationSeconds;
    this.#told.rounded = this.#inf.rounded;
    this.#told.title = this.#inf.title;
  }

  #readInf(line: string, number: number): InfLine {
    const comma = line.indexOf(',');
    const text = line.slice(INF.length, comma === -1 ? undefined : comma);
    const durationSeconds = parseDecimal(text);
    if (durationSeconds === undefined || durationSeconds > LONGEST_SEGMENT_SECONDS)
      throw malformed(number, '#EXTINF', line.slice(INF.length));
    // Before version 3 durations are whole numbers (section 4.3.2.1). Many packagers round in later versions too.
    const rounded = this.#version < 3 || !text.includes('.');
    const title = comma === -1 ? '' : line.slice(comma + 1);
    return { line, version: this.#version, durationSeconds, rounded, title };
  }

  #segment(line: string, number: number): void {
    const told = this.#told;
    const { durationSeconds, rounded, title, discontinuity, gap, range } = told;
    if (durationSeconds === undefined) {
      throw new PlaylistError('playlist.malformed', `Line ${number} is a segment without #EXTINF.`);
    }
    if (this.#segments.length >= MOST_SEGMENTS) throw tooMany('segments', MOST_SEGMENTS);
    const { href: url, name } = this.#addresses.of(line);
    const byteRange = range === undefined ? undefined : this.#range(range, url, number);
    if (discontinuity) this.#discontinuities += 1;
    const dateTimeMs = told.programDateTimeMs ?? this.#nextDateTimeMs;
    told.durationSeconds = told.programDateTimeMs = told.range = undefined;
    told.rounded = told.discontinuity = told.gap = false;
    told.title = '';
    const identity = byteRange === undefined ? name : sliceOf(name, byteRange);
    const mediaSequence = this.#mediaSequence + this.#segments.length;
    const discontinuitySequence = this.#discontinuitySequence + this.#discontinuities;
    if (dateTimeMs !== undefined) {
      this.#nextDateTimeMs = dateTimeMs + durationSeconds * 1000;
      if (dateTimeMs < this.#lastDateMs) this.#isAscending = false;
      this.#lastDateMs = dateTimeMs;
      if (this.#firstDated < 0) this.#firstDated = this.#segments.length;
    }
    // Both objects are written out in full: properties added later would be stored apart, and a list has very many
    // segments.
    const segment: Changeable<MediaSegment> =
      dateTimeMs === undefined
        ? { url, identity, mediaSequence, discontinuitySequence, discontinuity, durationSeconds, title, gap }
        : {
            url,
            identity,
            mediaSequence,
            discontinuitySequence,
            discontinuity,
            durationSeconds,
            title,
            gap,
            programDateTimeMs: dateTimeMs,
          };
    if (rounded) segment.rounded = true;
    if (byteRange !== undefined) segment.byteRange = byteRange;
    if (this.#map !== undefined) segment.map = this.#map;
    if (this.#key !== undefined) segment.key = this.#key;
    this.#segments.push(segment);
  }

  /**
   * `<n>[@<o>]`. Without an offset it continues where the previous range of the same resource ended (section 4.3.2.2).
   */
  #range(text: string, url: string, number: number): ByteRange {
    const [length, offset] = text.split('@');
    const before = this.#rangeEnd?.url === url ? this.#rangeEnd.end : undefined;
    const range = { length: parseCount(length), offset: offset === undefined ? before : parseCount(offset) };
    if (range.length === undefined || range.offset === undefined) throw malformed(number, '#EXT-X-BYTERANGE', text);
    this.#rangeEnd = { url, end: range.offset + range.length };
    return { offset: range.offset, length: range.length };
  }

  #toMap(value: string, number: number): MapSection {
    const attributes = parseAttributes(value);
    const uri = attributes.get('URI');
    if (uri === undefined) throw malformed(number, '#EXT-X-MAP', value);
    const url = resolveUri(uri, this.baseUrl);
    // A key also applies to the init sections after it, but not to one before it (section 4.3.2.4).
    const key = this.#key && { key: this.#key };
    const text = attributes.get('BYTERANGE');
    if (text === undefined) return { url: url.href, identity: identify(url), ...key };
    const [length, offset = '0'] = text.split('@');
    const range = { length: parseCount(length), offset: parseCount(offset) };
    if (range.length === undefined || range.offset === undefined) throw malformed(number, '#EXT-X-MAP', value);
    const byteRange = { offset: range.offset, length: range.length };
    return { url: url.href, identity: identify(url, byteRange), byteRange, ...key };
  }

  /**
   * A key replaces the one of the same format. Keys of different formats are alternative ways to the same key (section
   * 4.3.2.4); the plain one is taken.
   */
  #useKey(key: SegmentKey | undefined): void {
    if (key === undefined) this.#keys.clear();
    else {
      this.#keys.delete(key.keyFormat);
      this.#keys.set(key.keyFormat, key);
    }
    const plain = this.#keys.get('identity');
    // When the method changed, a remaining key of the old method is not a way to the same key.
    this.#key = plain?.method === key?.method ? plain : key;
  }

  #toKey(value: string): SegmentKey | undefined {
    const attributes = parseAttributes(value);
    const method = attributes.get('METHOD');
    if (method === undefined || method === 'NONE') return undefined;
    const uri = attributes.get('URI');
    const iv = /^0x([\da-f]{1,32})$/i.exec(attributes.get('IV') ?? '')?.[1];
    const keyFormat = attributes.get('KEYFORMAT') ?? 'identity';
    // A key of another scheme (`skd:`, `data:`) is never fetched, only reported, so it does not make the playlist
    // unusable.
    const isPlain = method === 'AES-128' && keyFormat === 'identity';
    const url = uri !== undefined && isPlain ? resolveUri(uri, this.baseUrl).href : undefined;
    return {
      method,
      keyFormat,
      ...(url !== undefined && { url }),
      ...(iv !== undefined && { iv }),
    };
  }

  #dateRange(value: string): void {
    const attributes = parseAttributes(value);
    if (this.#dateRanges.length >= MOST_DATE_RANGES) throw tooMany('date ranges', MOST_DATE_RANGES);
    const id = attributes.get('ID');
    const startMs = parseDateTime(attributes.get('START-DATE'));
    if (id === undefined || startMs === undefined) return;
    const duration = parseDecimal(attributes.get('DURATION'));
    const endMs =
      parseDateTime(attributes.get('END-DATE')) ?? (duration === undefined ? undefined : startMs + duration * 1000);
    const kind = attributes.get('CLASS');
    this.#dateRanges.push({
      id,
      ...(kind !== undefined && { class: kind }),
      startMs,
      ...(endMs !== undefined && { endMs }),
      attributes,
    });
  }
}

/** Segments before the first date-time get theirs by counting back from it (RFC 8216 section 6.3.3). */
function datedBackwards(segments: MediaSegment[], first: number): readonly MediaSegment[] {
  let next = segments[first]?.programDateTimeMs ?? 0;
  for (let index = first - 1; index >= 0; index -= 1) {
    const segment = segments[index];
    if (segment === undefined) continue;
    next -= segment.durationSeconds * 1000;
    segments[index] = { ...segment, programDateTimeMs: next };
  }
  return segments;
}

const malformed = (line: number, tag: string, value: string): PlaylistError =>
  new PlaylistError('playlist.malformed', `Line ${line}: ${tag} says “${value.slice(0, 100)}”, which makes no sense.`);

function count(value: string, tag: string, line: number): number {
  const parsed = parseCount(value);
  if (parsed === undefined) throw malformed(line, tag, value);
  return parsed;
}

function decimal(value: string, tag: string, line: number): number {
  const parsed = parseDecimal(value);
  if (parsed === undefined || parsed > LONGEST_SEGMENT_SECONDS) throw malformed(line, tag, value);
  return parsed;
}

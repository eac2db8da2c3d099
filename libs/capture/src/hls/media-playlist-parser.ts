import { parseAttributes, parseCount, parseDateTime, parseDecimal } from './attribute-list.js';
import { Addresses } from './addresses.js';
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
import { identify } from './segment-identity.js';

/** Longer segments than a day are no segments. */
const LONGEST_SEGMENT_SECONDS = 86_400;
/** More than four days of two-second segments. */
const MOST_SEGMENTS = 200_000;
const MOST_DATE_RANGES = 20_000;

type Pending = { -readonly [K in keyof MediaSegment]?: MediaSegment[K] } & { range?: string };

/** One pass over a media playlist's lines (RFC 8216 section 4.3.2 and 4.3.3). */
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
  /** Those that apply, by key format; the newest is the last. */
  readonly #keys = new Map<string, SegmentKey>();
  #key: SegmentKey | undefined;
  #pending: Pending = {};
  /** Where the last byte range ended, by resource: the next one without an offset goes on from there. */
  #rangeEnd: { readonly url: string; readonly end: number } | undefined;
  #nextDateTimeMs: number | undefined;

  readonly #addresses: Addresses;

  constructor(private readonly baseUrl: string) {
    this.#addresses = new Addresses(baseUrl);
  }

  line(line: string, number: number): void {
    if (line.startsWith('#EXT')) this.#tag(line, number);
    else if (!line.startsWith('#')) this.#segment(line, number);
  }

  end(): MediaPlaylist {
    return {
      kind: 'media',
      targetDurationSeconds: this.#targetDuration ?? this.#longest(),
      mediaSequence: this.#mediaSequence,
      discontinuitySequence: this.#discontinuitySequence,
      ...(this.#type && { type: this.#type }),
      ended: this.#ended,
      segments: datedBackwards(this.#segments),
      dateRanges: this.#dateRanges,
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
        return this.#inf(value, number);
      case '#EXT-X-BYTERANGE':
        this.#pending.range = value;
        return;
      case '#EXT-X-DISCONTINUITY':
        this.#pending.discontinuity = true;
        return;
      case '#EXT-X-GAP':
        this.#pending.gap = true;
        return;
      case '#EXT-X-PROGRAM-DATE-TIME': {
        const dateTime = parseDateTime(value);
        if (dateTime !== undefined) this.#pending.programDateTimeMs = dateTime;
        return;
      }
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
      case '#EXT-X-ENDLIST':
        this.#ended = true;
        return;
      default:
    }
  }

  #inf(value: string, number: number): void {
    const comma = value.indexOf(',');
    const text = comma === -1 ? value : value.slice(0, comma);
    const duration = parseDecimal(text);
    if (duration === undefined || duration > LONGEST_SEGMENT_SECONDS) throw malformed(number, '#EXTINF', value);
    this.#pending.durationSeconds = duration;
    // Before version 3 durations are whole numbers (section 4.3.2.1); many a packager rounds later ones too.
    if (this.#version < 3 || !text.includes('.')) this.#pending.rounded = true;
    this.#pending.title = comma === -1 ? '' : value.slice(comma + 1);
  }

  #segment(line: string, number: number): void {
    const {
      range: rangeText,
      durationSeconds,
      rounded = false,
      title = '',
      discontinuity = false,
      gap = false,
      ...dated
    } = this.#pending;
    this.#pending = {};
    if (durationSeconds === undefined) {
      throw new PlaylistError('playlist.malformed', `Line ${number} is a segment without #EXTINF.`);
    }
    if (this.#segments.length >= MOST_SEGMENTS) throw tooMany('segments', MOST_SEGMENTS);
    const address = this.#addresses.of(line);
    const byteRange = rangeText === undefined ? undefined : this.#range(rangeText, address.href, number);
    if (discontinuity) this.#discontinuities += 1;
    const programDateTimeMs = dated.programDateTimeMs ?? this.#nextDateTimeMs;
    if (programDateTimeMs !== undefined) this.#nextDateTimeMs = programDateTimeMs + durationSeconds * 1000;
    this.#segments.push({
      url: address.href,
      identity: address.identity(byteRange),
      mediaSequence: this.#mediaSequence + this.#segments.length,
      discontinuitySequence: this.#discontinuitySequence + this.#discontinuities,
      discontinuity,
      durationSeconds,
      ...(rounded && { rounded }),
      title,
      gap,
      ...(programDateTimeMs !== undefined && { programDateTimeMs }),
      ...(byteRange && { byteRange }),
      ...(this.#map && { map: this.#map }),
      ...(this.#key && { key: this.#key }),
    });
  }

  /** `<n>[@<o>]`; without an offset it goes on where the range before it, of the same resource, ended (section 4.3.2.2). */
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
    // A key applies to the init sections behind it too, and not to one before it (section 4.3.2.4).
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
   * A key takes the place of the one of the same format; keys of different formats are ways to the same key (section 4.3.2.4), of which
   * the plain one is the one to take.
   */
  #useKey(key: SegmentKey | undefined): void {
    if (key === undefined) this.#keys.clear();
    else {
      this.#keys.delete(key.keyFormat);
      this.#keys.set(key.keyFormat, key);
    }
    const plain = this.#keys.get('identity');
    // Where the method changed, what was left standing of the one before is no way to the same key.
    this.#key = plain?.method === key?.method ? plain : key;
  }

  #toKey(value: string): SegmentKey | undefined {
    const attributes = parseAttributes(value);
    const method = attributes.get('METHOD');
    if (method === undefined || method === 'NONE') return undefined;
    const uri = attributes.get('URI');
    const iv = /^0x([\da-f]{1,32})$/i.exec(attributes.get('IV') ?? '')?.[1];
    const keyFormat = attributes.get('KEYFORMAT') ?? 'identity';
    // A key of another scheme (`skd:`, `data:`) is never fetched, only told of, so it does not spoil the playlist.
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
function datedBackwards(segments: readonly MediaSegment[]): readonly MediaSegment[] {
  const first = segments.findIndex((segment) => segment.programDateTimeMs !== undefined);
  if (first <= 0) return segments;
  const dated = [...segments];
  let next = dated[first]?.programDateTimeMs ?? 0;
  for (let index = first - 1; index >= 0; index -= 1) {
    const segment = dated[index];
    if (segment === undefined) continue;
    next -= segment.durationSeconds * 1000;
    dated[index] = { ...segment, programDateTimeMs: next };
  }
  return dated;
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

import type { ByteRange } from '../hls/playlist.js';
import type { DashInit, DashSegment } from './presentation.js';
import { childrenOf, numberOf, ticksOf, webAddress } from './mpd-values.js';
import { byDuration, byTimeline, MOST_SEGMENTS, type PeriodTimes, type Stretch } from './segment-times.js';
import type { XmlElement } from './xml.js';

/** Where a representation describes its segments. */
export interface SegmentSource {
  /** Period, adaptation set, representation: the inner one wins. */
  readonly levels: readonly XmlElement[];
  readonly baseUrl: string;
  readonly id: string;
  readonly bandwidth: string;
  readonly earlySeconds: number;
  readonly times: PeriodTimes;
}

export interface TrackSegments {
  readonly init: DashInit | undefined;
  readonly mediaAheadSeconds: number;
  readonly segments: readonly DashSegment[];
}

type SegmentsOfInit = (init: DashInit | undefined) => readonly DashSegment[] | undefined;

/** The segments by template or by list; undefined if there is neither. */
export const segmentsOf = (source: SegmentSource, known: SegmentsOfInit): TrackSegments | undefined =>
  byTemplate(source) ?? byList(source, known);

/** What the elements of one name say together. Inner elements override the ones around them. */
class Together {
  readonly attributes: Readonly<Record<string, string>>;
  readonly timescale: number;
  readonly offset: bigint;

  constructor(readonly elements: readonly XmlElement[]) {
    this.attributes = Object.assign({}, ...elements.map(({ attributes }) => attributes)) as Record<string, string>;
    this.timescale = Math.max(1, numberOf(this.attributes['timescale'], 1));
    this.offset = ticksOf(this.attributes['presentationTimeOffset']) ?? 0n;
  }

  child(name: string): XmlElement | undefined {
    return this.elements.flatMap((element) => childrenOf(element, name)).at(-1);
  }

  mediaAhead({ startSeconds }: PeriodTimes): number {
    return Number(this.offset) / this.timescale - startSeconds;
  }

  startOf(time: bigint, { startSeconds }: PeriodTimes): number {
    return Number(time - this.offset) / this.timescale + startSeconds;
  }
}

/** The address is made only when it is read: of a long window few are needed. */
class TemplateSegment implements DashSegment {
  constructor(
    readonly number: number,
    readonly startSeconds: number,
    readonly endSeconds: number,
    private readonly address: () => string,
  ) {}

  get url(): string {
    return this.address();
  }
}

function byTemplate(source: SegmentSource): TrackSegments | undefined {
  const { baseUrl, earlySeconds, levels, times } = source;
  const all = new Together(levels.flatMap((level) => childrenOf(level, 'SegmentTemplate')));
  const { attributes, offset, timescale } = all;
  const media = attributes['media'];
  if (media === undefined) return undefined;
  const firstNumber = numberOf(attributes['startNumber'], 1);
  const lastNumber = numberOf(attributes['endNumber'], Infinity);
  const address = (template: string, number: number, time: bigint): string | undefined =>
    webAddress(fill(template, source, number, time), baseUrl);
  // If the first address is not a web address, none is.
  const usable = address(media, firstNumber, 0n) !== undefined;
  const early = { ...times, liveSeconds: times.liveSeconds + earlySeconds };
  const stretches = usable ? stretchesOf(all, firstNumber, early) : [];
  const segments = stretches
    .filter(({ number, time }) => number <= lastNumber && startsWithin(all, time, times))
    .map(({ number, time, length }): DashSegment => {
      const startSeconds = all.startOf(time, times);
      const endSeconds = startSeconds + Number(length) / timescale;
      return new TemplateSegment(number, startSeconds, endSeconds, () => address(media, number, time) ?? '');
    });
  const init = attributes['initialization'] ?? all.child('Initialization')?.attributes['sourceURL'];
  const initUrl = init === undefined ? undefined : address(init, firstNumber, offset);
  return {
    init: initUrl === undefined ? undefined : { url: initUrl },
    mediaAheadSeconds: all.mediaAhead(times),
    segments,
  };
}

/** Segments beyond the end of the period belong to the next one. */
const startsWithin = (all: Together, time: bigint, times: PeriodTimes): boolean =>
  times.endSeconds === undefined || all.startOf(time, times) < times.endSeconds - 1e-6;

function stretchesOf(all: Together, firstNumber: number, times: PeriodTimes): readonly Stretch[] {
  const { attributes, offset, timescale } = all;
  const timeline = all.child('SegmentTimeline');
  const length =
    ticksOf(attributes['duration']) ?? BigInt(Math.max(0, Math.round(numberOf(attributes['duration'], 0))));
  if (timeline === undefined) return byDuration({ length, timescale, firstNumber, offset }, times);
  const untilSeconds = Math.min(times.liveSeconds, (times.endSeconds ?? Infinity) - times.startSeconds);
  return byTimeline(timeline, firstNumber, BigInt(Math.floor(untilSeconds * timescale)) + offset);
}

function byList(source: SegmentSource, known: SegmentsOfInit): TrackSegments | undefined {
  const { baseUrl, levels, times } = source;
  const all = new Together(levels.flatMap((level) => childrenOf(level, 'SegmentList')));
  const listed = all.elements.findLast((element) => childrenOf(element, 'SegmentURL').length > 0);
  if (listed === undefined) return undefined;
  const { attributes, timescale } = all;
  const places = childrenOf(listed, 'SegmentURL').flatMap((element) => placeOf(element, baseUrl) ?? []);
  const first = all.child('Initialization');
  const init = first && placeOf(first, baseUrl, 'sourceURL', 'range');
  const timeline = all.child('SegmentTimeline');
  const length = ticksOf(attributes['duration']) ?? 0n;
  const firstNumber = ticksOf(attributes['startNumber']) ?? undefined;
  const at = firstNumber === undefined ? indexOf(places, known(init)) : Number(firstNumber) - 1;
  const timelined = timeline && byTimeline(timeline, at + 1, 0n);
  const segments = places.slice(-MOST_SEGMENTS).flatMap((place, index): DashSegment[] => {
    const nth = index + Math.max(0, places.length - MOST_SEGMENTS);
    const told = timelined?.[nth - (places.length - timelined.length)];
    if (timelined !== undefined && told === undefined) return [];
    const time = told?.time ?? all.offset + BigInt(at + nth) * length;
    const startSeconds = all.startOf(time, times);
    const seconds = Number(told?.length ?? length) / timescale;
    return seconds > 0 ? [{ number: at + nth + 1, startSeconds, endSeconds: startSeconds + seconds, ...place }] : [];
  });
  return { init, mediaAheadSeconds: all.mediaAhead(times), segments };
}

interface Place {
  readonly url: string;
  readonly byteRange?: ByteRange;
}

function placeOf(
  { attributes }: XmlElement,
  baseUrl: string,
  address = 'media',
  range = 'mediaRange',
): Place | undefined {
  const url = webAddress(attributes[address] ?? '', baseUrl);
  const [, from, to] = /^(\d{1,15})-(\d{1,15})$/.exec(attributes[range] ?? '') ?? [];
  if (url === undefined) return undefined;
  if (from === undefined || to === undefined) return { url };
  return { url, byteRange: { offset: Number(from), length: Number(to) - Number(from) + 1 } };
}

/** Where a list without numbers continues the segments that were listed before, found by the segments in both. */
function indexOf(places: readonly Place[], before: readonly DashSegment[] | undefined): number {
  if (before === undefined) return 0;
  const numbers = new Map(before.map((segment) => [nameOf(segment), segment.number]));
  const index = places.findIndex((place) => numbers.has(nameOf(place)));
  const [last] = before.slice(-1);
  // With nothing in common, it continues after the last one listed.
  return index < 0 ? (last?.number ?? 0) : (numbers.get(nameOf(places[index])) ?? 1) - 1 - index;
}

const nameOf = (place: Place | undefined): string => `${place?.url} ${place?.byteRange?.offset ?? ''}`;

/** `$Number%05d$` and similar (table 16). */
function fill(template: string, { id, bandwidth }: SegmentSource, number: number, time: bigint): string {
  const values: Readonly<Record<string, string>> = {
    RepresentationID: id,
    Bandwidth: bandwidth,
    Number: String(number),
    Time: String(time),
  };
  return template.replaceAll(
    /\$(?:(\w{1,40})(?:%0(\d{1,2})d)?)?\$/g,
    (whole, name: string | undefined, width: string | undefined) =>
      name === undefined ? '$' : (values[name] ?? whole).padStart(Number(width ?? 0), '0'),
  );
}

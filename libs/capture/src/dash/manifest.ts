import { parseXml, type XmlElement } from './xml.js';

export interface DashSegment {
  readonly number: number;
  /** On the presentation's timeline. */
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly url: string;
}

/** One representation: the best of its kind. */
export interface DashTrack {
  readonly kind: 'picture' | 'sound';
  /** Of what belongs together in one stream: another one begins with another initialisation. */
  readonly key: string;
  readonly initUrl: string | undefined;
  /** The timestamps in the segments are so much greater than the times on the presentation's timeline. */
  readonly mediaAheadSeconds: number;
  /** What is there now, oldest first. */
  readonly segments: readonly DashSegment[];
}

export interface DashManifest {
  /** It goes on: segments will be added. */
  readonly isLive: boolean;
  /** How soon it is worth being read again. */
  readonly refreshSeconds: number;
  /** Picture before sound; one of them may be missing. */
  readonly tracks: readonly DashTrack[];
}

/** So much of a long window is looked at. */
const MOST_SEGMENTS = 2000;
const DEFAULT_WINDOW_SECONDS = 60;

interface Place {
  readonly baseUrl: string;
  readonly periodStartSeconds: number;
  /** What a manifest without a timeline has its segments counted by. */
  readonly liveSeconds: number;
  readonly windowSeconds: number;
}

/**
 * A manifest of segments by template (ISO/IEC 23009-1 section 5.3.9.4), with a timeline or with a constant duration. Undefined for
 * anything else.
 */
export function parseManifest(text: string, url: string, nowMs: number): DashManifest | undefined {
  const mpd = parseXml(text);
  if (mpd?.name !== 'MPD') return undefined;
  const period = childrenOf(mpd, 'Period').at(-1);
  if (period === undefined) return undefined;
  const isLive = mpd.attributes['type'] === 'dynamic';
  const periodStartSeconds = durationOf(period.attributes['start']) ?? 0;
  const availableFrom = Date.parse(mpd.attributes['availabilityStartTime'] ?? '');
  const place: Place = {
    baseUrl: baseOf(period, baseOf(mpd, url)),
    periodStartSeconds,
    liveSeconds: Number.isNaN(availableFrom) ? 0 : (nowMs - availableFrom) / 1000 - periodStartSeconds,
    windowSeconds: durationOf(mpd.attributes['timeShiftBufferDepth']) ?? DEFAULT_WINDOW_SECONDS,
  };
  const periodName = period.attributes['id'] ?? String(periodStartSeconds);
  const tracks = (['picture', 'sound'] as const).flatMap((kind) => {
    const best = bestOf(period, kind);
    const track = best && trackOf(kind, period, best, place, periodName);
    return track === undefined ? [] : [track];
  });
  if (tracks.length === 0) return undefined;
  const longest = Math.max(1, ...tracks.map(({ segments }) => lengthOf(segments.at(-1))));
  const told = durationOf(mpd.attributes['minimumUpdatePeriod']) ?? longest;
  return { isLive, refreshSeconds: Math.min(Math.max(told, 0.5), longest), tracks };
}

interface Choice {
  readonly set: XmlElement;
  readonly representation: XmlElement;
}

function bestOf(period: XmlElement, kind: DashTrack['kind']): Choice | undefined {
  const sets = childrenOf(period, 'AdaptationSet').filter((set) => kindOf(set) === kind && !isForTricks(set));
  // Several sets of sound are languages: the first is what the broadcaster puts first.
  const wanted = kind === 'sound' ? sets.slice(0, 1) : sets;
  const choices = wanted.flatMap((set) =>
    childrenOf(set, 'Representation').map((representation): Choice => ({ set, representation })),
  );
  const height = ({ set, representation }: Choice) =>
    Number(representation.attributes['height'] ?? set.attributes['maxHeight'] ?? 0);
  const bandwidth = ({ representation }: Choice) => Number(representation.attributes['bandwidth'] ?? 0);
  return choices.toSorted((a, b) => height(b) - height(a) || bandwidth(b) - bandwidth(a))[0];
}

function kindOf(set: XmlElement): DashTrack['kind'] | undefined {
  const representation = childrenOf(set, 'Representation')[0];
  const type =
    set.attributes['contentType'] ?? set.attributes['mimeType'] ?? representation?.attributes['mimeType'] ?? '';
  if (type.startsWith('video')) return 'picture';
  return type.startsWith('audio') ? 'sound' : undefined;
}

/** Pictures for winding, not for watching. */
const isForTricks = (set: XmlElement): boolean =>
  [...childrenOf(set, 'EssentialProperty'), ...childrenOf(set, 'SupplementalProperty')].some(({ attributes }) =>
    attributes['schemeIdUri']?.includes('trickmode'),
  );

function trackOf(
  kind: DashTrack['kind'],
  period: XmlElement,
  { set, representation }: Choice,
  place: Place,
  periodName: string,
): DashTrack | undefined {
  const templates = [period, set, representation].flatMap((element) => childrenOf(element, 'SegmentTemplate'));
  const media = templates.findLast(({ attributes }) => 'media' in attributes)?.attributes['media'];
  if (media === undefined) return undefined;
  const attributes: Readonly<Record<string, string>> = Object.assign({}, ...templates.map((one) => one.attributes));
  const timeline = templates.flatMap((template) => childrenOf(template, 'SegmentTimeline')).at(-1);
  const { id = '', bandwidth = '' } = representation.attributes;
  const baseUrl = baseOf(representation, baseOf(set, place.baseUrl));
  const address = (template: string, number: number, time: number): string | undefined =>
    webAddress(fill(template, { RepresentationID: id, Bandwidth: bandwidth, Number: number, Time: time }), baseUrl);
  const timescale = Number(attributes['timescale'] ?? 1);
  const firstNumber = Number(attributes['startNumber'] ?? 1);
  const offset = Number(attributes['presentationTimeOffset'] ?? 0);
  const stretches = timeline
    ? byTimeline(timeline, firstNumber, (place.liveSeconds + place.periodStartSeconds) * timescale + offset)
    : byDuration(Number(attributes['duration']), timescale, firstNumber, place);
  const segments = stretches.flatMap(({ number, time, length }): DashSegment[] => {
    const url = address(media, number, time);
    const startSeconds = (time - offset) / timescale + place.periodStartSeconds;
    return url === undefined ? [] : [{ number, startSeconds, endSeconds: startSeconds + length / timescale, url }];
  });
  const init = attributes['initialization'];
  const initUrl = init === undefined ? undefined : address(init, firstNumber, 0);
  const mediaAheadSeconds = offset / timescale - place.periodStartSeconds;
  return { kind, key: `${periodName} ${id} ${initUrl ?? ''}`, initUrl, mediaAheadSeconds, segments };
}

interface Stretch {
  readonly number: number;
  readonly time: number;
  readonly length: number;
}

/** `S` elements with start, duration and repeats; a negative repeat goes on to the next one, or to the live edge. */
function byTimeline(timeline: XmlElement, firstNumber: number, liveTime: number): readonly Stretch[] {
  const stretches: Stretch[] = [];
  const entries = childrenOf(timeline, 'S');
  let number = firstNumber;
  let time = 0;
  for (const [index, { attributes }] of entries.entries()) {
    time = Number(attributes['t'] ?? time);
    const length = Number(attributes['d']);
    if (!(length > 0) || !Number.isFinite(time)) break;
    const end = Number(entries[index + 1]?.attributes['t'] ?? liveTime);
    const repeats = Number(attributes['r'] ?? 0);
    const count = repeats < 0 ? Math.max(1, Math.floor((end - time) / length)) : repeats + 1;
    // Of a repeat that is longer than anybody keeps, the end.
    const skipped = Math.max(0, count - MOST_SEGMENTS);
    for (let nth = skipped; nth < count; nth += 1)
      stretches.push({ number: number + nth, time: time + nth * length, length });
    number += count;
    time += count * length;
  }
  return stretches.slice(-MOST_SEGMENTS);
}

/** By the clock: a segment is there when it has wholly happened. */
function byDuration(length: number, timescale: number, firstNumber: number, place: Place): readonly Stretch[] {
  if (!(length > 0)) return [];
  const there = Math.floor((place.liveSeconds * timescale) / length);
  const kept = Math.min(Math.ceil((place.windowSeconds * timescale) / length), MOST_SEGMENTS);
  const stretches: Stretch[] = [];
  for (let nth = Math.max(0, there - kept); nth < there; nth += 1)
    stretches.push({ number: firstNumber + nth, time: nth * length, length });
  return stretches;
}

/** `$Number%05d$` and the like (table 16). */
const fill = (template: string, values: Readonly<Record<string, string | number>>): string =>
  template.replaceAll(
    /\$(?:(\w+)(?:%0(\d{1,2})d)?)?\$/g,
    (whole, name: string | undefined, width: string | undefined) =>
      name === undefined ? '$' : String(values[name] ?? whole).padStart(Number(width ?? 0), '0'),
  );

const childrenOf = ({ children }: XmlElement, name: string): readonly XmlElement[] =>
  children.filter((child) => child.name === name);

const baseOf = (element: XmlElement, above: string): string =>
  URL.parse(childrenOf(element, 'BaseURL')[0]?.text.trim() ?? '', above)?.href ?? above;

function webAddress(address: string, base: string): string | undefined {
  const url = URL.parse(address, base);
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url.href : undefined;
}

/** `P1DT2H3M4.5S`, without months and years, which no stretch of media has. */
function durationOf(text: string | undefined): number | undefined {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text?.trim() ?? '');
  if (match === null) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}

const lengthOf = (segment: DashSegment | undefined): number =>
  segment === undefined ? 0 : segment.endSeconds - segment.startSeconds;

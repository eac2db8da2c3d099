import { nameOf, SourceFault } from '@streamvault/network';
import { identify } from '../hls/segment-identity.js';
import { bestOf, type Choice, type TrackKind } from './choose-representation.js';
import { baseOf, childrenOf, durationOf, instantOf, numberOf } from './mpd-values.js';
import type { DashInit, DashManifest, DashPeriod, DashSegment, DashTrack } from './presentation.js';
import { segmentsOf, type SegmentSource } from './track-segments.js';
import { OtherEngineWanted } from '../other-engine.js';
import { parseXml, XmlBroken, XmlTooLarge, type XmlElement } from './xml.js';
import type { PeriodTimes } from './segment-times.js';

/** The clock that the manifest goes by, if it says so (`UTCTiming`): a time given directly, or an address to ask. */
export type ClockSource = { readonly instantMs: number } | { readonly askUrl: string; readonly by: 'body' | 'header' };

const DEFAULT_WINDOW_SECONDS = 60;
const MOST_PERIODS = 500;

/** The text of a manifest, read before the time of its source is known. */
export class ManifestText {
  readonly #mpd: XmlElement;

  /** @throws SourceFault if it is not a manifest, is incomplete, or is too large */
  constructor(
    text: string,
    private readonly url: string,
  ) {
    this.#mpd = readMpd(text, url);
  }

  get isLive(): boolean {
    return this.#mpd.attributes['type'] === 'dynamic';
  }

  get clock(): ClockSource | undefined {
    for (const { attributes } of childrenOf(this.#mpd, 'UTCTiming')) {
      const scheme = attributes['schemeIdUri'] ?? '';
      const value = (attributes['value'] ?? '').trim().split(/\s+/, 1)[0] ?? '';
      const instantMs = /:direct:/.test(scheme) ? instantOf(value) : undefined;
      if (instantMs !== undefined) return { instantMs };
      const askUrl = URL.parse(value, this.url)?.href;
      if (askUrl === undefined || !/^https?:/.test(askUrl)) continue;
      if (/:http-(xsdate|iso):/.test(scheme)) return { askUrl, by: 'body' };
      if (/:http-head:/.test(scheme)) return { askUrl, by: 'header' };
    }
    return undefined;
  }

  /**
   * What the manifest says at that time by the source's clock, for segments by template or list (ISO/IEC 23009-1
   * section 5.3.9).
   * @param before what was read before; segments of a list without numbers are recognized by it
   * @returns undefined if it is not live and has nothing that can be read here
   * @throws SourceFault if it is encrypted, or live and can never be read
   */
  at(nowMs: number, before?: DashManifest): DashManifest | undefined {
    const { attributes } = this.#mpd;
    const availableFromMs = instantOf(attributes['availabilityStartTime']);
    const sinceBegin = availableFromMs === undefined ? 0 : (nowMs - availableFromMs) / 1000;
    const windowSeconds = durationOf(attributes['timeShiftBufferDepth']) ?? DEFAULT_WINDOW_SECONDS;
    const baseUrl = baseOf(this.#mpd, this.url);
    let unread = false;
    const periods = timed(this.#mpd).flatMap(({ period, startSeconds, endSeconds }): DashPeriod[] => {
      const times = { startSeconds, endSeconds, liveSeconds: sinceBegin - startSeconds, windowSeconds };
      const tracks = tracksOf(period, times, baseOf(period, baseUrl), before);
      unread ||= tracks === 'unread';
      return tracks === 'unread' || tracks.length === 0 ? [] : [{ startSeconds, endSeconds, tracks }];
    });
    if (periods.length === 0) {
      if (!this.isLive) return undefined;
      throw unread ? unsupported(this.url) : broken(this.url, 'names nothing that could be recorded');
    }
    const longest = Math.max(
      1,
      ...periods.flatMap(({ tracks }) => tracks.map((track) => lengthOf(track.segments.at(-1)))),
    );
    const told = durationOf(attributes['minimumUpdatePeriod']) ?? longest;
    return { isLive: this.isLive, refreshSeconds: Math.min(Math.max(told, 0.5), longest), availableFromMs, periods };
  }
}

function readMpd(text: string, url: string): XmlElement {
  if (/^\uFEFF?\s*#EXTM3U/.test(text)) throw new OtherEngineWanted('hls');
  try {
    const root = parseXml(text);
    if (root.name === 'MPD') return root;
  } catch (error) {
    if (error instanceof XmlTooLarge) throw tooLarge(url, error.message);
    if (!(error instanceof XmlBroken)) throw error;
    throw broken(url, text.trim() === '' ? 'is empty' : 'is not a whole DASH manifest');
  }
  throw broken(url, 'is not a DASH manifest');
}

interface TimedPeriod {
  readonly period: XmlElement;
  readonly startSeconds: number;
  readonly endSeconds: number | undefined;
}

/** When each period begins and ends: stated, or derived from its neighbours (ISO/IEC 23009-1 section 5.3.2.1). */
function timed(mpd: XmlElement): readonly TimedPeriod[] {
  const periods = childrenOf(mpd, 'Period').slice(-MOST_PERIODS);
  const starts: (number | undefined)[] = [];
  for (const [index, { attributes }] of periods.entries()) {
    const before = periods[index - 1];
    const startBefore = starts[index - 1];
    const length = before && durationOf(before.attributes['duration']);
    const reckoned = startBefore !== undefined && length !== undefined ? startBefore + length : undefined;
    starts.push(durationOf(attributes['start']) ?? (index === 0 ? 0 : reckoned));
  }
  const total = durationOf(mpd.attributes['mediaPresentationDuration']);
  return periods.flatMap((period, index): TimedPeriod[] => {
    const startSeconds = starts[index];
    // Announced for later, without a time yet.
    if (startSeconds === undefined) return [];
    const length = durationOf(period.attributes['duration']);
    const told = length === undefined ? undefined : startSeconds + length;
    const last = index === periods.length - 1;
    const endSeconds = starts.slice(index + 1, index + 2)[0] ?? told ?? (last ? total : undefined);
    return [{ period, startSeconds, endSeconds }];
  });
}

function tracksOf(
  period: XmlElement,
  times: PeriodTimes,
  baseUrl: string,
  before: DashManifest | undefined,
): readonly DashTrack[] | 'unread' {
  const chosen = (['picture', 'sound'] as const).flatMap((kind) => {
    const best = bestOf(period, kind);
    return best === undefined ? [] : [{ kind, best }];
  });
  const name = period.attributes['id'] ?? String(times.startSeconds);
  const tracks = chosen.flatMap(({ kind, best }) => trackOf(kind, period, best, times, baseUrl, name, before) ?? []);
  return chosen.length > 0 && tracks.length < chosen.length ? 'unread' : tracks;
}

function trackOf(
  kind: TrackKind,
  period: XmlElement,
  { set, representation }: Choice,
  times: PeriodTimes,
  periodBase: string,
  periodName: string,
  before: DashManifest | undefined,
): DashTrack | undefined {
  const levels = [period, set, representation];
  const setBase = baseOf(set, periodBase);
  const baseUrl = baseOf(representation, setBase);
  const source: SegmentSource = {
    levels,
    baseUrl,
    id: representation.attributes['id'] ?? '',
    bandwidth: representation.attributes['bandwidth'] ?? '',
    earlySeconds: earlySeconds(levels),
    times,
  };
  const key = (init: DashInit | undefined): string => {
    const url = init && URL.parse(init.url);
    return `${periodName} ${source.id} ${url ? identify(url, init.byteRange) : ''}`;
  };
  const known = (init: DashInit | undefined) =>
    before?.periods.flatMap(({ tracks }) => tracks).findLast((track) => track.kind === kind && track.key === key(init));
  const read = segmentsOf(source, (init) => known(init)?.segments);
  if (read === undefined) return undefined;
  return { kind, key: key(read.init), ...read };
}

/**
 * How long before its end a segment is offered. Of no use if the segment is not complete by then (section 5.3.9.5.3).
 */
function earlySeconds(levels: readonly XmlElement[]): number {
  const telling = levels.flatMap((level) => [...childrenOf(level, 'BaseURL'), ...childrenOf(level, 'SegmentTemplate')]);
  if (telling.some(({ attributes }) => attributes['availabilityTimeComplete'] === 'false')) return 0;
  const told = telling.reduce((sum, { attributes }) => sum + numberOf(attributes['availabilityTimeOffset'], 0), 0);
  return Math.max(0, told);
}

const lengthOf = (segment: DashSegment | undefined): number =>
  segment === undefined ? 0 : segment.endSeconds - segment.startSeconds;

/** It may be complete the next time: packagers write the manifest while it is read. */
const broken = (url: string, what: string): SourceFault =>
  new SourceFault({ code: 'manifest.malformed', message: `${nameOf(url)} ${what}. StreamVault retries.` }, false);

const unsupported = (url: string): SourceFault =>
  new SourceFault(
    {
      code: 'source.unsupported',
      message: `${nameOf(url)} is a live DASH manifest without segment templates or lists (perhaps SegmentBase), which cannot be recorded. Use another address of the stream, preferably an HLS playlist.`,
    },
    true,
  );

const tooLarge = (url: string, why: string): SourceFault =>
  new SourceFault(
    { code: 'source.too-large', message: `${nameOf(url)} sends more than a manifest can contain. ${why}` },
    true,
  );

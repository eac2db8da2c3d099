import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { SourceFault } from '@streamvault/network';
import { OtherEngineWanted } from '../other-engine.js';
import { ManifestText } from './manifest.js';
import type { DashManifest } from './presentation.js';

const url = 'https://a.example/live/x.mpd?token=1';
const began = Date.parse('2026-03-01T12:00:00Z');
const mpd = (sets: string, more = 'type="dynamic" minimumUpdatePeriod="PT2S"', beside = '') =>
  `<?xml version="1.0"?><!-- a --><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" availabilityStartTime="2026-03-01T12:00:00Z" timeShiftBufferDepth="PT10S" ${more}>${beside}<Period id="p" start="PT0S">${sets}</Period></MPD>`;
const timeline = `<SegmentTemplate timescale="1000" initialization="i-$RepresentationID$.mp4" media="s-$RepresentationID$-$Number%05d$.m4s?t=$Time$&amp;b=$Bandwidth$" startNumber="7"><SegmentTimeline><S t="60000" d="2000" r="2"/><S d="1000"/></SegmentTimeline></SegmentTemplate>`;
const picture = `<AdaptationSet contentType="video"><Representation id="low" height="180" bandwidth="9"/><Representation id="high" height="720" bandwidth="5"/>${timeline}</AdaptationSet>`;
const parseManifest = (text: string, address: string, nowMs: number, before?: DashManifest) =>
  new ManifestText(text, address).at(nowMs, before);
const periods = (text: string, nowMs = began + 67_500) => parseManifest(text, url, nowMs)?.periods ?? [];
const tracks = (text: string, nowMs = began + 67_500) => periods(text, nowMs)[0]?.tracks ?? [];
const codeOf = (text: string, nowMs = began + 67_500): string | undefined => {
  try {
    parseManifest(text, url, nowMs);
    return undefined;
  } catch (error) {
    if (error instanceof SourceFault) return `${error.reason.code}${error.definitive ? '' : ' (again)'}`;
    throw error;
  }
};
const manyPeriods = (text: string) =>
  `<MPD availabilityStartTime="2026-03-01T12:00:00Z" type="dynamic" timeShiftBufferDepth="PT1M">${text}</MPD>`;
const byClock = (more = '') =>
  `<AdaptationSet contentType="video"><Representation id="v" bandwidth="1"><SegmentTemplate duration="2" media="$Number$-$Time$.m4s" ${more}/></Representation></AdaptationSet>`;

describe('a manifest', () => {
  it('with a timeline names the segments of the best representation', () => {
    const [track, ...others] = tracks(mpd(picture));
    expect(others).toEqual([]);
    expect(track).toMatchObject({ kind: 'picture', init: { url: 'https://a.example/live/i-high.mp4' } });
    expect(track?.segments.map(({ number, startSeconds, endSeconds }) => [number, startSeconds, endSeconds])).toEqual([
      [7, 60, 62],
      [8, 62, 64],
      [9, 64, 66],
      [10, 66, 67],
    ]);
    expect(track?.segments[1]?.url).toBe('https://a.example/live/s-high-00008.m4s?t=62000&b=5');
  });

  it('counts by the clock if it has no timeline: what has wholly happened can be fetched', () => {
    const sound = `<AdaptationSet mimeType="audio/mp4"><Representation id="a" bandwidth="1"><SegmentTemplate duration="2" media="$Number$.m4s" startNumber="0"/></Representation></AdaptationSet>`;
    const [track] = tracks(mpd(sound));
    expect(track?.kind).toBe('sound');
    expect(track?.segments.map(({ number }) => number)).toEqual([28, 29, 30, 31, 32]);
    expect(tracks(mpd(sound), began + 68_000)[0]?.segments.at(-1)?.number).toBe(33);
  });

  it('repeats up to the live edge if its timeline says so', () => {
    const open = mpd(picture.replace('r="2"/><S d="1000"/>', 'r="-1"/>'));
    expect(tracks(open)[0]?.segments.map(({ number }) => number)).toEqual([7, 8, 9]);
  });

  it('resolves addresses against the base addresses in it, and allows only web addresses', () => {
    const base = '<BaseURL>https://cdn.example/b/</BaseURL>';
    expect(tracks(mpd(picture, 'type="dynamic"', base))[0]?.init?.url).toBe('https://cdn.example/b/i-high.mp4');
    expect(tracks(mpd(picture.replaceAll('media="', 'media="file:///')))[0]?.segments).toEqual([]);
  });

  it('says how far the clock of its media is ahead', () => {
    const later = picture.replace('timescale="1000"', 'timescale="1000" presentationTimeOffset="50000"');
    const [track] = tracks(mpd(later).replace('PT0S', 'PT20S'));
    expect(track).toMatchObject({ mediaAheadSeconds: 30, segments: [{ startSeconds: 30 }, {}, {}, {}] });
    expect(tracks(mpd(picture))[0]?.mediaAheadSeconds).toBe(0);
  });

  it('that has ended is not live', () => {
    expect(parseManifest(mpd(picture), url, began)?.isLive).toBe(true);
    expect(parseManifest(mpd(picture, 'type="static"'), url, began)?.isLive).toBe(false);
  });

  it.each(['', ' ', '<MPD>', '<MPD></Period></MPD>', '<html/>', '<!doctype html><p>Sorry', mpd('').slice(0, -20)])(
    'that is missing, or only half there, is fetched again: %s',
    (text) => {
      expect(codeOf(text)).toBe('manifest.malformed (again)');
    },
  );

  it('that has nothing yet is fetched again if it is live, and otherwise left to others', () => {
    expect(codeOf(mpd(''))).toBe('manifest.malformed (again)');
    expect(parseManifest(mpd('', 'type="static"'), url, began)).toBeUndefined();
  });

  it('that turns out to be an HLS playlist is handed on', () => {
    expect(() => new ManifestText('#EXTM3U\n', url)).toThrow(OtherEngineWanted);
  });

  it('of encrypted segments is refused, unless there are unencrypted ones', () => {
    const protection = '<ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" value="cenc"/>';
    const locked = picture.replace('contentType="video">', `contentType="video">${protection}`);
    expect(codeOf(mpd(locked))).toBe('source.encrypted');
    expect(codeOf(mpd(locked, 'type="static"'))).toBe('source.encrypted');
    const one = picture.replace('bandwidth="5"/>', `bandwidth="5">${protection}</Representation>`);
    expect(tracks(mpd(one))[0]?.init?.url).toBe('https://a.example/live/i-low.mp4');
    const mute = byClock().replace('contentType="video">', `contentType="audio">${protection}`);
    expect(codeOf(mpd(picture + mute))).toBe('source.encrypted');
  });

  it('of whole files is refused if it is live', () => {
    const whole =
      '<AdaptationSet contentType="video"><Representation id="v"><BaseURL>v.mp4</BaseURL><SegmentBase indexRange="0-99"/></Representation></AdaptationSet>';
    expect(codeOf(mpd(whole))).toBe('source.unsupported');
    expect(codeOf(mpd(whole, 'type="static"'))).toBeUndefined();
  });

  it('in several periods has all of them, each from the end of the one before', () => {
    const text = manyPeriods(
      `<Period id="a" start="PT0S" duration="PT30S">${byClock()}</Period><Period id="b">${byClock()}</Period><Period id="c">${byClock()}</Period>`,
    );
    const [first, second, ...others] = periods(text, began + 41_000);
    // When the third period begins is not known yet.
    expect(others).toEqual([]);
    expect(first).toMatchObject({ startSeconds: 0, endSeconds: 30 });
    expect(first?.tracks[0]?.segments.at(-1)).toMatchObject({ number: 15, startSeconds: 28, endSeconds: 30 });
    expect(second).toMatchObject({ startSeconds: 30 });
    expect(second?.tracks[0]?.segments.map(({ startSeconds }) => startSeconds)).toEqual([30, 32, 34, 36, 38]);
    expect(second?.tracks[0]?.key).not.toBe(first?.tracks[0]?.key);
  });

  it('with segments of one length counts from the start of its period, whatever its media says there', () => {
    const text = manyPeriods(`<Period start="PT10S">${byClock('presentationTimeOffset="500"')}</Period>`);
    const [track] = tracks(text, began + 15_000);
    expect(track?.segments.map(({ startSeconds }) => startSeconds)).toEqual([10, 12]);
    expect(track?.segments[1]?.url).toBe('https://a.example/live/2-502.m4s');
    expect(track?.mediaAheadSeconds).toBe(490);
  });

  it('keeps times exact that a double cannot hold', () => {
    const t = '17724528000000001';
    const large = `<AdaptationSet contentType="video"><Representation id="v"><SegmentTemplate timescale="10000000" media="$Time$.m4s"><SegmentTimeline><S t="${t}" d="20000000" r="1"/></SegmentTimeline></SegmentTemplate></Representation></AdaptationSet>`;
    const urls = tracks(mpd(large))[0]?.segments.map((segment) => segment.url);
    expect(urls).toEqual([`https://a.example/live/${t}.m4s`, 'https://a.example/live/17724528020000001.m4s']);
  });

  it('may have zeros in its durations, and a start without a time zone', () => {
    const text = manyPeriods(`<Period start="P0Y0M0DT0H0M10S">${byClock()}</Period>`);
    expect(periods(text)[0]?.startSeconds).toBe(10);
    const zoneless = text.replace('12:00:00Z', '12:00:00');
    expect(tracks(zoneless, began + 15_000)[0]?.segments).toHaveLength(2);
  });

  it('offers segments early if they are complete by then', () => {
    const count = (more: string) =>
      tracks(manyPeriods(`<Period>${byClock(more)}</Period>`), began + 9000)[0]?.segments.length;
    expect(count('')).toBe(4);
    expect(count('availabilityTimeOffset="1"')).toBe(5);
    expect(count('availabilityTimeOffset="1" availabilityTimeComplete="false"')).toBe(4);
    expect(count('availabilityTimeOffset="INF"')).toBe(4);
  });

  it('says which clock it goes by', () => {
    const told = (scheme: string, value: string) =>
      new ManifestText(
        manyPeriods(`<UTCTiming schemeIdUri="urn:mpeg:dash:utc:${scheme}:2014" value="${value}"/><Period/>`),
        url,
      ).clock;
    expect(told('direct', '2026-03-01T12:00:00Z')).toEqual({ instantMs: began });
    expect(told('http-iso', '/time')).toEqual({ askUrl: 'https://a.example/time', by: 'body' });
    expect(told('http-head', 'https://b.example/')).toEqual({ askUrl: 'https://b.example/', by: 'header' });
    expect(told('ntp', 'b.example')).toBeUndefined();
    expect(told('http-iso', 'file:///etc/passwd')).toBeUndefined();
  });

  describe('that lists its segments', () => {
    const listed = (from: number, more = '') =>
      mpd(
        `<AdaptationSet contentType="video"><Representation id="v" bandwidth="1"><SegmentList timescale="1000" duration="2000" ${more}><Initialization sourceURL="i.mp4" range="0-99"/>${[0, 1, 2].map((nth) => `<SegmentURL media="s${from + nth}.m4s"/>`).join('')}</SegmentList></Representation></AdaptationSet>`,
      );
    const of = (manifest: DashManifest | undefined) =>
      manifest?.periods[0]?.tracks[0]?.segments.map(({ number, startSeconds, url: at }) => [
        number,
        startSeconds,
        at.slice(-6),
      ]);

    it('is read by the segment numbers', () => {
      const [track] = tracks(listed(7, 'startNumber="7"'));
      expect(track?.init).toEqual({ url: 'https://a.example/live/i.mp4', byteRange: { offset: 0, length: 100 } });
      expect(of(parseManifest(listed(7, 'startNumber="7"'), url, began))).toEqual([
        [7, 12, 's7.m4s'],
        [8, 14, 's8.m4s'],
        [9, 16, 's9.m4s'],
      ]);
    });

    it('without numbers is matched with what was listed before', () => {
      const first = parseManifest(listed(5), url, began);
      const second = parseManifest(listed(7), url, began, first);
      expect(of(first)?.map(([number]) => number)).toEqual([1, 2, 3]);
      expect(of(second)).toEqual([
        [3, 4, 's7.m4s'],
        [4, 6, 's8.m4s'],
        [5, 8, 's9.m4s'],
      ]);
      // The lists have nothing in common: what lay between is lost, and how much that is cannot be known.
      expect(of(parseManifest(listed(17), url, began, second))?.[0]?.slice(0, 2)).toEqual([6, 10]);
    });
  });

  it('is read quickly however much it repeats', () => {
    const repeats = `<S t="0" d="1" r="9999"/>`.repeat(20_000);
    const many = mpd(picture.replace(/<S t=.*<S d="1000"\/>/, repeats));
    const beganAt = performance.now();
    expect(tracks(many)[0]?.segments).toHaveLength(10_000);
    expect(performance.now() - beganAt).toBeLessThan(5000);
  });

  it('is read whatever it contains', () => {
    const pieces = [
      '<',
      '>',
      '/',
      'MPD',
      '<Period>',
      'r="-1"',
      picture,
      timeline,
      '<S d="1" r="99999999"/>',
      '&#x110000;',
    ];
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 30 }), (parts) => {
        codeOf(mpd(parts.join('')), began + 1e9);
      }),
    );
  });
});

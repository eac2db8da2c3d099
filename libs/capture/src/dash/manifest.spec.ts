import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parseManifest } from './manifest.js';

const url = 'https://a.example/live/x.mpd?token=1';
const began = Date.parse('2026-03-01T12:00:00Z');
const mpd = (sets: string, more = 'type="dynamic" minimumUpdatePeriod="PT2S"', beside = '') =>
  `<?xml version="1.0"?><!-- a --><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" availabilityStartTime="2026-03-01T12:00:00Z" timeShiftBufferDepth="PT10S" ${more}>${beside}<Period id="p" start="PT0S">${sets}</Period></MPD>`;
const timeline = `<SegmentTemplate timescale="1000" initialization="i-$RepresentationID$.mp4" media="s-$RepresentationID$-$Number%05d$.m4s?t=$Time$&amp;b=$Bandwidth$" startNumber="7"><SegmentTimeline><S t="60000" d="2000" r="2"/><S d="1000"/></SegmentTimeline></SegmentTemplate>`;
const picture = `<AdaptationSet contentType="video"><Representation id="low" height="180" bandwidth="9"/><Representation id="high" height="720" bandwidth="5"/>${timeline}</AdaptationSet>`;
const tracks = (text: string, nowMs = began + 67_500) => parseManifest(text, url, nowMs)?.tracks ?? [];

describe('a manifest', () => {
  it('with a timeline names the segments of the best representation', () => {
    const [track, ...others] = tracks(mpd(picture));
    expect(others).toEqual([]);
    expect(track).toMatchObject({ kind: 'picture', initUrl: 'https://a.example/live/i-high.mp4' });
    expect(track?.segments.map(({ number, startSeconds, endSeconds }) => [number, startSeconds, endSeconds])).toEqual([
      [7, 60, 62],
      [8, 62, 64],
      [9, 64, 66],
      [10, 66, 67],
    ]);
    expect(track?.segments[1]?.url).toBe('https://a.example/live/s-high-00008.m4s?t=62000&b=5');
  });

  it('counts by the clock where it has no timeline: what has wholly happened is there', () => {
    const sound = `<AdaptationSet mimeType="audio/mp4"><Representation id="a" bandwidth="1"><SegmentTemplate duration="2" media="$Number$.m4s" startNumber="0"/></Representation></AdaptationSet>`;
    const [track] = tracks(mpd(sound));
    expect(track?.kind).toBe('sound');
    expect(track?.segments.map(({ number }) => number)).toEqual([28, 29, 30, 31, 32]);
    expect(tracks(mpd(sound), began + 68_000)[0]?.segments.at(-1)?.number).toBe(33);
  });

  it('repeats to the live edge where its timeline says so', () => {
    const open = mpd(picture.replace('r="2"/><S d="1000"/>', 'r="-1"/>'));
    expect(tracks(open)[0]?.segments.map(({ number }) => number)).toEqual([7, 8, 9]);
  });

  it('has its addresses from the base addresses within, and no other than of the web', () => {
    const base = '<BaseURL>https://cdn.example/b/</BaseURL>';
    expect(tracks(mpd(picture, 'type="dynamic"', base))[0]?.initUrl).toBe('https://cdn.example/b/i-high.mp4');
    expect(tracks(mpd(picture.replaceAll('media="', 'media="file:///')))[0]?.segments).toEqual([]);
  });

  it('tells what the clock of its media is ahead by', () => {
    const later = picture.replace('timescale="1000"', 'timescale="1000" presentationTimeOffset="50000"');
    const [track] = tracks(mpd(later).replace('PT0S', 'PT20S'));
    expect(track).toMatchObject({ mediaAheadSeconds: 30, segments: [{ startSeconds: 30 }, {}, {}, {}] });
    expect(tracks(mpd(picture))[0]?.mediaAheadSeconds).toBe(0);
  });

  it('that is over is not live', () => {
    expect(parseManifest(mpd(picture), url, began)?.isLive).toBe(true);
    expect(parseManifest(mpd(picture, 'type="static"'), url, began)?.isLive).toBe(false);
  });

  it.each(['', '<html/>', '<MPD>', mpd(''), mpd('<AdaptationSet contentType="video"/>'), '<MPD></Period></MPD>'])(
    'that is none, or has nothing to be read here, is left alone: %s',
    (text) => {
      expect(parseManifest(text, url, began)).toBeUndefined();
    },
  );

  it('is read whatever stands in it', () => {
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
        parseManifest(mpd(parts.join('')), url, began + 1e9);
      }),
    );
  });
});

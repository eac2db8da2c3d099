import { describe, expect, it } from '@jest/globals';
import { ManifestText } from './dash/manifest.js';
import { parseXml } from './dash/xml.js';
import { chooseAgain, chooseVariant, isMute } from './hls/choose-variant.js';
import { findAds } from './hls/find-ads.js';
import { inOrder } from './hls/listed-order.js';
import { parsePlaylist, PlaylistReader } from './hls/parse-playlist.js';
import type { MasterPlaylist, MediaPlaylist } from './hls/playlist.js';
import { SegmentPlanner } from './session/plan-segments.js';

const url = 'https://origin.example/live/list.m3u8';
const repeat = (count: number, line: (nth: number) => string): string =>
  Array.from({ length: count }, (_, nth) => line(nth)).join('\n');
const minutes = (nth: number): string => new Date(1_790_000_000_000 + nth * 60_000).toISOString();
const media = (lines: string): MediaPlaylist =>
  parsePlaylist(`#EXTM3U\n#EXT-X-TARGETDURATION:2\n${lines}\n`, url) as MediaPlaylist;
const master = (lines: string): MasterPlaylist => parsePlaylist(`#EXTM3U\n${lines}\n`, url) as MasterPlaylist;
const mpd = (inside: string): string =>
  `<MPD type="dynamic" availabilityStartTime="2026-03-01T12:00:00Z"><Period>${inside}</Period></MPD>`;
const set = (inside: string): string =>
  `<AdaptationSet contentType="video">${inside}<Representation id="v"/></AdaptationSet>`;

/** What is read, by the number of items in it. A refusal is an answer too. */
const readers: readonly (readonly [name: string, text: (count: number) => string, read: (text: string) => unknown])[] =
  [
    ['elements', (count) => `<a>${'<b/>'.repeat(count)}</a>`, parseXml],
    ['brackets', (count) => `<a>${'<'.repeat(count)}`, parseXml],
    ['quotes', (count) => `<a ${'b="'.repeat(count)}`, parseXml],
    ['attributes', (count) => `<a ${repeat(count, (nth) => `b${nth}=""`)}/>`, parseXml],
    ['comments', (count) => `<a><!--${'<!-- -'.repeat(count)}`, parseXml],
    ['ampersands', (count) => `<a>${'&b;'.repeat(count)}</a>`, parseXml],
    ['a document type', (count) => `<!DOCTYPE a [${'<!ENTITY b "&b;&b;">'.repeat(count)}]><a>&b;</a>`, parseXml],
    ['roots without an end', (count) => '<MPD type="'.repeat(count), manifest],
    ['timeline entries', (count) => timeline('<S t="0" d="1"/>'.repeat(count)), manifest],
    ['repeats of them', (count) => timeline('<S t="0" d="1" r="999"/>'.repeat(count)), manifest],
    [
      'listed segments',
      (count) =>
        mpd(set(`<SegmentList duration="1">${repeat(count, (nth) => `<SegmentURL media="${nth}"/>`)}</SegmentList>`)),
      manifest,
    ],
    [
      'adaptation sets',
      (count) => mpd(set('<SegmentTemplate media="$Number$" duration="1"/>').repeat(count)),
      manifest,
    ],
    [
      'periods',
      (count) =>
        `<MPD type="dynamic">${`<Period duration="PT1S">${set('<SegmentTemplate media="$Number$" duration="1"/>')}</Period>`.repeat(count)}</MPD>`,
      manifest,
    ],
    ['templates', (count) => mpd(set(`<SegmentTemplate media="${'$Number'.repeat(count)}" duration="1"/>`)), manifest],
    ['segments', (count) => repeat(count, (nth) => `#EXTINF:2,\n${nth}.ts`), media],
    ['segments with tokens', (count) => repeat(count, (nth) => `#EXTINF:2,\n${nth}.ts?token=${nth}`), media],
    [
      'byte ranges',
      (count) => repeat(count, (nth) => `#EXTINF:2,\n#EXT-X-BYTERANGE:1@${nth}\nhttps://other.example/a.ts`),
      media,
    ],
    ['a line', (count) => `#EXT-X-KEY:${'A=",'.repeat(count)}\n#EXTINF:2,\na`, media],
    ['a date', (count) => `#EXT-X-PROGRAM-DATE-TIME:${'+00'.repeat(count)}\n#EXTINF:2,\na`, media],
    ['carriage returns', (count) => `#EXTINF:2,\r${'\r'.repeat(count)}a`, media],
    [
      'definitions',
      (count) => `#EXT-X-DEFINE:NAME="a",VALUE="${'b'.repeat(100)}"\n${repeat(count, () => '#EXTINF:2,\n{$a}{$a}')}`,
      media,
    ],
    [
      'date ranges of one name',
      (count) => `${repeat(count, (nth) => range('stitched-ad-1', nth))}\n#EXTINF:2,\na`,
      (text) => findAds(media(text)),
    ],
    [
      'date ranges that end with the next one, and segments in them',
      (count) => {
        const ranges = repeat(count, (nth) => range(`stitched-ad-${nth}`, nth, ',END-ON-NEXT=YES'));
        return `${ranges}\n#EXT-X-PROGRAM-DATE-TIME:${minutes(0)}\n${repeat(count, () => '#EXTINF:60,\na')}`;
      },
      (text) => {
        const playlist = media(text);
        const isAd = findAds(playlist);
        return playlist.segments.filter((segment) => isAd(segment));
      },
    ],
    [
      'variants and renditions',
      (count) =>
        `${repeat(count, (nth) => `#EXT-X-MEDIA:TYPE=${nth % 2 ? 'VIDEO' : 'AUDIO'},GROUP-ID="g${nth}",NAME="n",URI="a"`)}\n${repeat(count, (nth) => `#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="g${nth}",VIDEO="g${nth}"\n${nth}`)}`,
      (text) => {
        const playlist = master(text);
        const variant = chooseVariant(playlist, 'best');
        return variant && [isMute(playlist, variant), chooseAgain(playlist, variant, 'best')];
      },
    ],
    ['the order of segments', dated, (text) => inOrder(media(text))],
    ['a first plan', dated, (text) => new SegmentPlanner().plan(media(text), 0)],
    ['a first plan without dates', (count) => repeat(count, (nth) => `#EXTINF:2,\n${nth}.ts`), plannedTwice],
    [
      'a plan over a list that slipped',
      (count) => repeat(count, (nth) => `#EXTINF:2,\n${nth}.ts`),
      (text) => {
        const planner = new SegmentPlanner();
        planner.plan(media(text), 0);
        return planner.plan(media(`#EXTINF:2,\nnew.ts\n${text}`), 0);
      },
    ],
  ];

function timeline(entries: string): string {
  return mpd(set(`<SegmentTemplate media="$Time$"><SegmentTimeline>${entries}</SegmentTimeline></SegmentTemplate>`));
}

function manifest(text: string): unknown {
  return new ManifestText(text, 'https://origin.example/a.mpd').at(Date.parse('2026-03-01T13:00:00Z'));
}

function range(id: string, nth: number, more = ''): string {
  return `#EXT-X-DATERANGE:ID="${id}",CLASS="twitch-stitched-ad",START-DATE="${minutes(nth)}"${more}`;
}

function dated(count: number): string {
  return `#EXT-X-PROGRAM-DATE-TIME:${minutes(0)}\n${repeat(count, (nth) => `#EXTINF:2,\n${nth}.ts`)}`;
}

function plannedTwice(text: string): unknown {
  const planner = new SegmentPlanner();
  planner.plan(media(text), 0);
  return planner.plan(media(`${text}\n#EXTINF:2,\nnew.ts`), 1);
}

/** In microseconds of this thread, whatever else runs: the median of several. */
function costOf(read: (text: string) => unknown, text: string): number {
  const costs = Array.from({ length: 5 }, () => {
    const before = process.threadCpuUsage();
    try {
      read(text);
    } catch {
      // A refusal is an answer; only its time is measured.
    }
    const { system, user } = process.threadCpuUsage(before);
    return system + user;
  });
  return costs.toSorted((a, b) => a - b)[2]!;
}

const FEW = 1500;
const TIMES = 8;
/** Quadratic cost would be 64 times as much. */
const MOST_TIMES = 28;
/** Below this, garbage collection and compilation would dominate. */
const LEAST_MICROSECONDS = 50_000;

describe('text of strangers is read in time proportional to its length', () => {
  it.each(readers)('%s', (_name, text, read) => {
    costOf(read, text(FEW));
    const few = costOf(read, text(FEW));
    const many = costOf(read, text(FEW * TIMES));
    expect(many).toBeLessThan(Math.max(LEAST_MICROSECONDS, few * MOST_TIMES));
  });

  it.each([
    ['a hostile manifest of 128 kB', `<MPD ${'a="'.repeat(43_000)}`, manifest],
    ['another', `<MPD>${'<x '.repeat(43_000)}`, manifest],
    ['a list of 48 hours', dated(86_400), (text: string) => new SegmentPlanner().plan(media(text), 0)],
  ])('%s takes no time', (_name, text, read) => {
    // Generous, because a machine that runs other tests is slow. Before the fix it took half a minute.
    expect(costOf(read, text)).toBeLessThan(2_000_000);
  });

  it('a list of 48 hours that grew by one costs a small part of the first reading', () => {
    const text = `#EXTM3U\n#EXT-X-TARGETDURATION:2\n${dated(86_400)}\n`;
    const again = Array.from({ length: 9 }, (_, nth) =>
      Buffer.from(`${text}${repeat(nth + 1, (more) => `#EXTINF:2,\nmore-${more}.ts`)}\n`).toString(),
    );
    const [reader, planner] = [new PlaylistReader(), new SegmentPlanner()];
    const take = (body: string): unknown => planner.plan(planner.numbered(reader.read(body, url) as MediaPlaylist), 0);
    const costs = [text, ...again].map((body) => {
      const before = process.threadCpuUsage();
      take(body);
      const { system, user } = process.threadCpuUsage(before);
      return system + user;
    });
    const [first, ...others] = costs;
    expect(others.toSorted((a, b) => a - b)[4]).toBeLessThan(Math.max(LEAST_MICROSECONDS, first! / 2));
  });
});

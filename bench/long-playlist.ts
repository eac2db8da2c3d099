/**
 * An EVENT playlist of 48 hours of two-second segments, as it is taken when a recording begins (planned as far as a session plans at once),
 * with the rest of its plan, which a session makes piece by piece while it fetches, and each time it has grown by one since: CPU
 * milliseconds of this process, its collector of garbage included, and what they are to a plain `split` of the same text into lines.
 *
 *   node bench/long-playlist.ts [--hours 48] [--rounds 15]
 */
import './support/sources.mjs';
import { DEFAULT_HLS_SETTINGS, PlaylistReader, SegmentPlanner, type MediaPlaylist } from '@streamvault/capture';
import { parseArgs } from 'node:util';

const { median, round } = await import('./support/figures.js');
const { values } = parseArgs({
  options: { hours: { type: 'string', default: '48' }, rounds: { type: 'string', default: '15' } },
});
const SEGMENTS = Number(values.hours) * 1800;
const ROUNDS = Number(values.rounds);
/** As many steps as a session plans at once. */
const AT_ONCE = DEFAULT_HLS_SETTINGS.plannedSegments;
const ADDRESS = 'https://origin.example/live/list.m3u8';

const kinds = [
  ['without dates', false],
  ['with a date for each segment', true],
] as const;
const rows = kinds.map(([what, isDated]) => {
  const texts = Array.from({ length: 4 }, (_, more) => listOf(SEGMENTS + more, isDated));
  const [first = '', ...grown] = texts;
  const figures = { first: [] as number[], rest: [] as number[], grown: [] as number[], split: [] as number[] };
  for (let nth = 0; nth < ROUNDS; nth += 1) {
    const reader = new PlaylistReader();
    const planner = new SegmentPlanner();
    const read = (text: string) => {
      const playlist = reader.read(text, ADDRESS);
      if (playlist.kind !== 'media') throw new Error('It is a media playlist');
      return planner.numbered(playlist);
    };
    const plan = (playlist: MediaPlaylist) => planner.plan(playlist, Date.now(), AT_ONCE);
    figures.split.push(millisecondsOf(() => first.split('\n')));
    figures.first.push(millisecondsOf(() => plan(read(first))));
    const listed = read(first);
    figures.rest.push(
      millisecondsOf(() => {
        while (planner.hasMore) plan(listed);
      }),
    );
    for (const text of grown) figures.grown.push(millisecondsOf(() => plan(read(text))));
  }
  const [split, begun, rest, again] = [figures.split, figures.first, figures.rest, figures.grown].map((all) =>
    median(all),
  );
  return {
    what,
    segments: SEGMENTS,
    bytes: first.length,
    'taken at first, CPU ms': round(begun ?? Number.NaN, 1),
    'least of all rounds': round(Math.min(...figures.first), 1),
    'to a split into lines': round((begun ?? Number.NaN) / (split ?? Number.NaN), 1),
    'rest of the plan, CPU ms': round(rest ?? Number.NaN, 1),
    'grown by one, CPU ms': round(again ?? Number.NaN, 1),
  };
});
console.table(rows);
for (const row of rows) console.log(JSON.stringify({ bench: 'long-playlist', ...row }));

function listOf(count: number, isDated: boolean): string {
  const head = ['#EXTM3U', '#EXT-X-VERSION:3', '#EXT-X-TARGETDURATION:2', '#EXT-X-PLAYLIST-TYPE:EVENT'];
  const segments = Array.from({ length: count }, (_, nth) => {
    const date = new Date(1_790_000_000_000 + nth * 2000).toISOString();
    return `${isDated ? `#EXT-X-PROGRAM-DATE-TIME:${date}\n` : ''}#EXTINF:2.000,\nsegment-${nth}.ts`;
  });
  // One piece, as it comes from a socket.
  return Buffer.from(`${[...head, ...segments].join('\n')}\n`).toString();
}

function millisecondsOf(work: () => void): number {
  globalThis.gc?.();
  const before = process.cpuUsage();
  work();
  const { system, user } = process.cpuUsage(before);
  return (system + user) / 1000;
}

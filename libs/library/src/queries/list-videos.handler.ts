import { EntityManager } from '@mikro-orm/core';
import { BasePostgreSqlPlatform, type EntityManager as SqlEntityManager } from '@mikro-orm/sql';
import { Inject } from '@nestjs/common';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { searchable } from '../read-models/search-text.js';
import { VideoRow } from '../read-models/video-row.entity.js';
import { toVideo } from './to-video.js';
import { ListVideos, type VideoFilter, type VideoPage } from './video-queries.js';

const columns = { recordedAt: 'recorded_at', durationSeconds: 'duration_seconds', bytes: 'bytes' } as const;

type Condition = readonly [sql: string, ...parameters: readonly (string | number)[]];

@QueryHandler(ListVideos)
export class ListVideosHandler implements IQueryHandler<ListVideos> {
  constructor(@Inject(EntityManager) private readonly em: SqlEntityManager) {}

  async execute({ page: { sort, limit, after, ...filter } }: ListVideos): Promise<VideoPage> {
    const em = this.em.fork();
    const key = sort.replace('-', '') as keyof typeof columns;
    const isFiltered = Object.values(filter).some((value) => value !== undefined && value !== '');
    const isPostgres = em.getPlatform() instanceof BasePostgreSqlPlatform;
    const place = isPostgres ? 'strpos' : 'instr';
    const ask: Ask = {
      column: columns[key],
      conditions: isFiltered ? conditionsOf(filter, place) : [everything],
      isFiltered,
      beyond: after ? { than: sort.startsWith('-') ? '<' : '>', ...after } : null,
      direction: sort.startsWith('-') ? 'desc' : 'asc',
      most: limit + 1,
    };
    // Where many match, the page is found within the nearest rows, and the others only have to be counted.
    const looked = isPostgres ? NEAREST_ON_POSTGRES : NEAREST;
    const nearest = isFiltered ? await rowsOf<Hit>(em, nearestHits(ask, looked)) : [];
    const found =
      nearest.length === ask.most
        ? (await rowsOf<Totals>(em, totalsOf(ask))).flatMap((totals) => nearest.map(({ id }) => ({ ...totals, id })))
        : await rowsOf<Totals & { id: unknown }>(em, totalsAndPage(ask));
    const ids = found.flatMap(({ id }) => (id === null ? [] : [Number(id)]));
    const rows = new Map((await em.find(VideoRow, { id: { $in: ids.slice(0, limit) } })).map((row) => [row.id, row]));
    const items = ids.flatMap((id) => rows.get(id) ?? []);
    const last = ids.length > limit ? items.at(-1) : undefined;
    return {
      items: items.map((row) => toVideo(row)),
      next: last ? { value: last[key], id: last.id } : null,
      total: { videos: Number(found[0]?.videos ?? 0), bytes: Number(found[0]?.bytes ?? 0) },
    };
  }
}

interface Ask {
  readonly column: string;
  readonly conditions: readonly Condition[];
  readonly isFiltered: boolean;
  /** The last row of the page before. */
  readonly beyond: { readonly than: '<' | '>'; readonly value: string | number; readonly id: number } | null;
  readonly direction: 'asc' | 'desc';
  readonly most: number;
}

interface Hit {
  readonly id: unknown;
}

interface Totals {
  readonly videos: unknown;
  readonly bytes: unknown;
}

/** So many rows are looked at one by one in the order of the page. A row costs about twice what it costs to read all in order. */
const NEAREST = 5000;
/** Of these it takes less than a millisecond, so that a rare word, for which it is in vain, stays as fast as it was. */
const NEAREST_ON_POSTGRES = 1000;

async function rowsOf<Row>(em: SqlEntityManager, [sql, ...parameters]: Condition): Promise<Row[]> {
  return await em.execute<Row[]>(sql, parameters);
}

/** The page, if enough of the nearest rows match; otherwise fewer. */
function nearestHits({ column, conditions, beyond, direction, most }: Ask, looked: number): Condition {
  const behind = beyond
    ? ` and (${column} ${beyond.than}= ? and (${column} ${beyond.than} ? or id ${beyond.than} ?))`
    : '';
  return [
    `select id from (
       select * from video_search where place = 'library'${behind} order by ${column} ${direction}, id ${direction} limit ?
     ) as nearest where ${allOf(conditions)} order by ${column} ${direction}, id ${direction} limit ?`,
    ...(beyond ? [beyond.value, beyond.value, beyond.id] : []),
    looked,
    ...valuesOf(conditions),
    most,
  ];
}

function totalsOf({ conditions }: Ask): Condition {
  return [
    `select count(*) as videos, sum(bytes) as bytes from video_search where ${allOf(conditions)}`,
    ...valuesOf(conditions),
  ];
}

/**
 * For a search or filter, all rows are read once, for the count, the sum and the page. Without one, each uses its index.
 * An empty page still has count and sum.
 */
function totalsAndPage({ column, conditions, isFiltered, beyond, direction, most }: Ask): Condition {
  const behind = beyond ? `where sort ${beyond.than}= ? and (sort ${beyond.than} ? or id ${beyond.than} ?)` : '';
  return [
    `with hits as ${isFiltered ? '' : 'not '}materialized (
       select id, bytes, ${column} as sort from video_search where ${allOf(conditions)}
     ), page as (
       select id, sort from hits ${behind} order by sort ${direction}, id ${direction} limit ?
     )
     select totals.videos, totals.bytes, page.id
       from (select count(*) as videos, sum(bytes) as bytes from hits) as totals left join page on 1 = 1
      order by page.sort ${direction}, page.id ${direction}`,
    ...valuesOf(conditions),
    ...(beyond ? [beyond.value, beyond.value, beyond.id] : []),
    most,
  ];
}

const allOf = (conditions: readonly Condition[]): string => conditions.map(([text]) => text).join(' and ');
const valuesOf = (conditions: readonly Condition[]) => conditions.flatMap(([, ...values]) => values);

const everything: Condition = ["place = 'library'"];

/** @param place the engine's function for where a text begins in another: a fraction of what `like` costs */
function conditionsOf(filter: VideoFilter, place: 'strpos' | 'instr'): Condition[] {
  const { streamerId, only, text, category, from, to, minSeconds, maxSeconds, hasGaps, isKept, isWatched } = filter;
  // `coalesce` keeps this condition from using an index: reading most of the library row by row through an index takes
  // ten times as long as reading all of it in order.
  const conditions: Condition[] = [["coalesce(place, '') = 'library'"]];
  if (streamerId !== undefined) conditions.push(['streamer_id = ?', streamerId]);
  if (only !== undefined)
    conditions.push([`streamer_id in (${only.length > 0 ? only.map(() => '?').join(', ') : '0'})`, ...only]);
  if (category !== undefined) conditions.push(['category = ?', searchable(category)]);
  if (from !== undefined) conditions.push(["coalesce(recorded_at, '') >= ?", instant(from)]);
  if (to !== undefined) conditions.push(["coalesce(recorded_at, '') < ?", instant(to)]);
  if (minSeconds !== undefined) conditions.push(['duration_seconds >= ?', minSeconds]);
  if (maxSeconds !== undefined) conditions.push(['duration_seconds <= ?', maxSeconds]);
  if (hasGaps !== undefined) conditions.push([`has_gaps = ${hasGaps}`]);
  if (isKept !== undefined) conditions.push([`is_protected = ${isKept}`]);
  if (isWatched !== undefined) conditions.push([`is_watched = ${isWatched}`]);
  // Last, because it is the most expensive.
  for (const word of new Set(searchable(text ?? '').split(/\s+/)))
    if (word !== '') conditions.push([`${place}(search_text, ?) > 0`, word]);
  return conditions;
}

/** As written in the rows: instants are compared as text. */
const instant = (text: string): string => new Date(text).toISOString();

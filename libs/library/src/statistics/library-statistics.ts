import { EntityManager } from '@mikro-orm/core';
import type { EntityManager as SqlEntityManager } from '@mikro-orm/sql';
import { Inject, Injectable } from '@nestjs/common';
import type { LibraryStatistics } from '@streamvault/api-contract';

const sums =
  'count(*) as videos, sum(duration_seconds) as seconds, sum(bytes) as bytes, sum(gap_count) as gaps, sum(gap_seconds) as "gapSeconds"';
type Figures = LibraryStatistics['total'];
/** As the database gives them: PostgreSQL has sums as text. */
type Sums = Readonly<Record<keyof Figures, unknown>>;

/** What the library holds, by streamer and by month. Read from the narrow rows of the search. */
@Injectable()
export class LibraryFigures {
  constructor(@Inject(EntityManager) private readonly em: SqlEntityManager) {}

  /** @param only of these streamers; of all if it is not given */
  async of(only?: readonly number[]): Promise<LibraryStatistics> {
    const em = this.em.fork();
    const values = [...(only ?? [])];
    const which = values.length > 0 ? values.map(() => '?').join(', ') : '0';
    const where = `place = 'library'${only === undefined ? '' : ` and streamer_id in (${which})`}`;
    const streamers = await em.execute<(Sums & { id: unknown; newest: unknown; first: string; last: string })[]>(
      `select streamer_id as id, max(id) as newest, min(recorded_at) as first, max(recorded_at) as last, ${sums}
         from video_search where ${where} group by streamer_id`,
      values,
    );
    const months = await em.execute<(Sums & { month: string })[]>(
      `select substr(recorded_at, 1, 7) as month, ${sums} from video_search where ${where} group by substr(recorded_at, 1, 7)
        order by month`,
      values,
    );
    const names = await this.#namesBy(streamers.map(({ newest }) => Number(newest)));
    const byStreamer = streamers
      .map(({ id, first, last, ...of }) => ({
        streamerId: Number(id),
        streamerName: names.get(Number(id)) ?? `Streamer ${Number(id)}`,
        ...figures(of),
        firstAt: first,
        lastAt: last,
      }))
      .toSorted((left, right) => right.bytes - left.bytes || left.streamerId - right.streamerId);
    const total = figuresBy((name) => byStreamer.reduce((sum, streamer) => sum + streamer[name], 0));
    return { total, streamers: byStreamer, months: months.map(({ month, ...of }) => ({ month, ...figures(of) })) };
  }

  /** As the newest video of each says. */
  async #namesBy(videoIds: readonly number[]): Promise<ReadonlyMap<number, string>> {
    const names = new Map<number, string>();
    for (let first = 0; first < videoIds.length; first += 500) {
      const some = videoIds.slice(first, first + 500);
      const rows = await this.em
        .fork()
        .execute<{ id: unknown; name: string }[]>(
          `select streamer_id as id, streamer_name as name from videos where id in (${some.map(() => '?').join(', ')})`,
          some,
        );
      for (const { id, name } of rows) names.set(Number(id), name);
    }
    return names;
  }
}

const figures = (sums: Sums): Figures => figuresBy((name) => Number(sums[name] ?? 0));

const figuresBy = (sumOf: (name: keyof Figures) => number): Figures => ({
  videos: sumOf('videos'),
  seconds: sumOf('seconds'),
  bytes: sumOf('bytes'),
  gaps: sumOf('gaps'),
  gapSeconds: sumOf('gapSeconds'),
});

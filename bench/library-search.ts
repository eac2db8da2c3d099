/**
 * Pages of the library, with count and size, by searches and filters that people use, asked of the query's handler one after the other.
 * The rows are made up; half of the titles are Japanese. A busy machine shows in the clock and not in this process's CPU time, which
 * with SQLite is all that a page costs: the goal is for that there, and for the clock with PostgreSQL.
 *
 *   node bench/library-search.ts [--videos 100000] [--pages 400] [--postgres: one of its own, or --database postgresql://…, which it
 *     fills and empties]
 */
import './support/sources.mjs';
import { MikroORM as PostgresOrm } from '@mikro-orm/postgresql';
import { MikroORM as SqliteOrm } from '@mikro-orm/sqlite';
import { prepareTables, ProjectionCheckpoint } from '@streamvault/kernel';
import { ListVideos, ListVideosHandler, type VideoFilter, videoLibraryProjection } from '@streamvault/library';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addVideos } from './support/many-videos.js';

const { values } = parseArgs({
  options: {
    videos: { type: 'string', default: '100000' },
    pages: { type: 'string', default: '400' },
    database: { type: 'string' },
    postgres: { type: 'boolean', default: false },
  },
});
const VIDEOS = Number(values.videos);
const PAGES = Number(values.pages);
const LIMIT_MS = 50;
const searches: Readonly<Record<string, (n: number) => VideoFilter>> = {
  everything: () => ({}),
  'a common word': () => ({ text: 'night' }),
  'two characters': () => ({ text: '原神' }),
  'two words': () => ({ text: '雑談 challenge' }),
  'one video': (n) => ({ text: `#${(n * 7919) % VIDEOS}#` }),
  nothing: (n) => ({ text: `zz${n}` }),
  streamer: (n) => ({ streamerId: 1 + (n % 200) }),
  filters: () => ({ category: 'chess', minSeconds: 3600, hasGaps: true, from: '2024-06-01T00:00:00Z' }),
};

const folder = mkdtempSync(join(tmpdir(), 'streamvault-library-search-'));
const entities = [ProjectionCheckpoint, ...videoLibraryProjection.entities];
// Only where it is asked for: with the hook above, which the imports at the top come before.
const ownServer = values.postgres
  ? await (await import('../libs/kernel/src/postgres-server.testing.js')).PostgresServer.start()
  : undefined;
const database = ownServer ? await ownServer.createDatabase() : values.database;
const orm =
  database === undefined
    ? await SqliteOrm.init({ dbName: join(folder, 'read-models.db'), entities })
    : await PostgresOrm.init({ clientUrl: database, entities });
try {
  await prepareTables([videoLibraryProjection], orm.em);
  await addVideos(() => orm.em.fork(), VIDEOS);
  const handler = new ListVideosHandler(orm.em);
  const rows = [];
  for (const [name, filterOf] of Object.entries(searches)) {
    const times: number[] = [];
    const cpuTimes: number[] = [];
    let after: ListVideos['page']['after'];
    for (let n = 0; n < PAGES; n += 1) {
      const began = performance.now();
      const cpu = process.cpuUsage();
      const page = await handler.execute(new ListVideos({ ...filterOf(n), sort: '-recordedAt', limit: 50, after }));
      times.push(performance.now() - began);
      const { user, system } = process.cpuUsage(cpu);
      cpuTimes.push((user + system) / 1000);
      // Every second page is the one after another.
      after = n % 2 === 0 ? (page.next ?? undefined) : undefined;
    }
    const judged = database === undefined ? cpuTimes : times;
    rows.push({
      search: name,
      'p50 ms': quantile(times, 0.5),
      'p99 ms': quantile(times, 0.99),
      'p50 CPU ms': quantile(cpuTimes, 0.5),
      'p99 CPU ms': quantile(cpuTimes, 0.99),
      met: quantile(judged, 0.99) < LIMIT_MS,
    });
  }
  console.table(rows);
  process.exitCode = rows.every(({ met }) => met) ? 0 : 1;
} finally {
  for (const entity of database === undefined ? [] : entities) await orm.em.fork().nativeDelete(entity, {});
  await orm.close();
  await ownServer?.dispose();
  rmSync(folder, { recursive: true });
}

function quantile(all: readonly number[], share: number): number {
  const sorted = all.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length * share)] ?? Number.NaN) * 10) / 10;
}

import type { EntityManager, MikroORM } from '@mikro-orm/sql';
import type { Projection } from './projection.js';
import {
  copyStatement,
  hasShape,
  makePlace,
  moveRowsIn,
  type RebuildPlace,
  type RebuildPlaces,
} from './rebuild-places.js';
import { quoted } from './quoted.js';

export interface PostgresRebuildPlacesOptions {
  readonly em: () => EntityManager;
  /**
   * Opens the same database with the same entities. `options` are the server's options for the session (`-c
   * search_path=…`).
   */
  readonly connect: (options: string) => Promise<MikroORM>;
}

/** Each projection that is rebuilt has a schema of its own beside the live one, in the same database. */
export class PostgresRebuildPlaces implements RebuildPlaces {
  readonly #options: PostgresRebuildPlacesOptions;

  constructor(options: PostgresRebuildPlacesOptions) {
    this.#options = options;
  }

  async leftOver(projections: readonly Projection[]): Promise<Projection[]> {
    const em = this.#options.em();
    const live = await liveSchema(em);
    const rows = await em.getConnection().execute<{ name: string }[]>('select nspname as name from pg_namespace');
    const schemas = new Set(rows.map(({ name }) => name));
    return projections.filter(({ name }) => schemas.has(besideOf(live, name)));
  }

  async open(projection: Projection): Promise<RebuildPlace> {
    const live = this.#options.em;
    const connection = live().getConnection();
    const schema = await liveSchema(live());
    const beside = besideOf(schema, projection.name);
    // A server crash may lose the end of it, and only that.
    const orm = await this.#options.connect(`-c search_path=${quoted(beside)} -c synchronous_commit=off`);
    if (!(await hasShape(projection, orm.em).catch(() => false))) {
      await connection.execute(`drop schema if exists ${quoted(beside)} cascade`);
      await connection.execute(`create schema ${quoted(beside)}`);
      await makePlace(projection, orm.em);
    }
    return {
      em: () => orm.em,
      moveIn: (caughtUp) =>
        moveRowsIn(live(), projection, caughtUp, async (em, table) => {
          await em.execute(copyStatement(table, beside));
        }),
      close: () => orm.close(true),
      discard: async () => {
        await orm.close(true);
        await connection.execute(`drop schema if exists ${quoted(beside)} cascade`);
      },
    };
  }
}

/** PostgreSQL cuts names after 63 bytes; ours are shorter. */
const besideOf = (live: string, projection: string): string => `${live}_rebuild_${projection.replaceAll('-', '_')}`;

async function liveSchema(em: EntityManager): Promise<string> {
  const [row] = await em.getConnection().execute<{ name: string }[]>('select current_schema() as name');
  return row?.name ?? 'public';
}

import type { EntityManager, MikroORM } from '@mikro-orm/sql';
import type { Projection } from './projection.js';
import {
  copyStatement,
  literal,
  moveRowsIn,
  quoted,
  type RebuildPlace,
  type RebuildPlaces,
  tablesOf,
} from './rebuild-places.js';

export interface PostgresRebuildPlacesOptions {
  readonly em: () => EntityManager;
  /** Opens the same database with the same entities. `options` are the server's for the session (`-c search_path=…`). */
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
    const tables = tablesOf(projection, live()).map(({ name }) => name);
    const found = await columns(live(), beside, tables);
    if (found.length === 0 || found.join('\n') !== (await columns(live(), schema, tables)).join('\n')) {
      await connection.execute(`drop schema if exists ${quoted(beside)} cascade`);
      await connection.execute(`create schema ${quoted(beside)}`);
      for (const table of tables) {
        const from = `${quoted(schema)}.${quoted(table)}`;
        await connection.execute(`create table ${quoted(beside)}.${quoted(table)} (like ${from} including all)`);
      }
    }
    // A crash of the server may take the last of it, and takes no more than that.
    const orm = await this.#options.connect(`-c search_path=${quoted(beside)} -c synchronous_commit=off`);
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

/** What the tables are made of, in words that are alike where they are. */
async function columns(em: EntityManager, schema: string, tables: readonly string[]): Promise<string[]> {
  const rows = await em.getConnection().execute<{ column: string }[]>(
    `select concat_ws(' ', table_name, column_name, data_type, collation_name, is_nullable) as column
       from information_schema.columns
      where table_schema = ${literal(schema)} and table_name in (${tables.map(literal).join(', ')})
      order by table_name, ordinal_position`,
  );
  return rows.map(({ column }) => column);
}

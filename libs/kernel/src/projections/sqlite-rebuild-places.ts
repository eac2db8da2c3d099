import type { EntityManager, MikroORM } from '@mikro-orm/sql';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { Projection } from './projection.js';
import {
  copyStatement,
  hasShape,
  makePlace,
  moveRowsIn,
  type RebuildPlace,
  type RebuildPlaces,
} from './rebuild-places.js';
import { literal, quoted } from './quoted.js';
import type { ReadModelTable } from './read-model-tables.js';

export interface SqliteRebuildPlacesOptions {
  readonly em: () => EntityManager;
  /** The file of the live read models; those being built are in files beside it. */
  readonly file: string;
  /** Opens a file with the same entities. It need not exist yet. */
  readonly connect: (file: string) => Promise<MikroORM>;
}

const attached = 'rebuilt';

/** Each projection that is rebuilt has its own database file, so that the two writers do not wait for each other. */
export class SqliteRebuildPlaces implements RebuildPlaces {
  readonly #options: SqliteRebuildPlacesOptions;

  constructor(options: SqliteRebuildPlacesOptions) {
    this.#options = options;
  }

  leftOver(projections: readonly Projection[]): Promise<Projection[]> {
    return Promise.resolve(projections.filter(({ name }) => existsSync(this.#file(name))));
  }

  async open(projection: Projection): Promise<RebuildPlace> {
    const file = this.#file(projection.name);
    const orm = (await this.#takeUp(file, projection)) ?? (await this.#make(file, projection));
    const live = this.#options.em;
    return {
      em: () => orm.em,
      moveIn: async (caughtUp) => {
        const connection = live().getConnection();
        // Not possible within a transaction.
        await connection.execute(`attach database ${literal(file)} as ${quoted(attached)}`);
        try {
          await moveRowsIn(live(), projection, caughtUp, copyInSteps);
        } finally {
          await connection.execute(`detach database ${quoted(attached)}`);
        }
      },
      close: () => orm.close(true),
      discard: async () => {
        await orm.close(true);
        await remove(file);
      },
    };
  }

  #file(name: string): string {
    return `${this.#options.file}.rebuild-${name}`;
  }

  /** The leftovers of an earlier process, if they are readable and their tables have the present shape. */
  async #takeUp(file: string, projection: Projection): Promise<MikroORM | undefined> {
    if (!existsSync(file)) return undefined;
    const orm = await this.#options.connect(file);
    try {
      if (await hasShape(projection, orm.em)) return await tuned(orm);
    } catch {
      // An unreadable file counts as none: its content can be rebuilt from the log.
    }
    await orm.close(true);
    return undefined;
  }

  async #make(file: string, projection: Projection): Promise<MikroORM> {
    await remove(file);
    const orm = await tuned(await this.#options.connect(file));
    await makePlace(projection, orm.em);
    return orm;
  }
}

/** Rows between two turns of the event loop: the driver blocks the thread for each statement. */
const rowsPerStep = 500;

async function copyInSteps(em: EntityManager, table: ReadModelTable): Promise<void> {
  const from = `${quoted(attached)}.${quoted(table.name)}`;
  const copy = copyStatement(table, attached);
  // Below every possible rowid (sqlite.org/autoinc.html).
  for (let after = '-9223372036854775808'; ;) {
    const [step] = await em.execute<{ last: string | null }[]>(
      `select cast(max(rowid) as text) as last
         from (select rowid from ${from} where rowid > ${after} order by rowid limit ${rowsPerStep})`,
    );
    if (!step || step.last === null) return;
    await em.execute(`${copy} where rowid > ${after} and rowid <= ${step.last}`);
    after = step.last;
    await setImmediate();
  }
}

async function tuned(orm: MikroORM): Promise<MikroORM> {
  const connection = orm.em.getConnection();
  await connection.execute('pragma journal_mode = wal');
  // A power cut may lose the end of it, and only that.
  await connection.execute('pragma synchronous = normal');
  return orm;
}

async function remove(file: string): Promise<void> {
  // Another connection in this process may still be closing it.
  for (const suffix of ['', '-wal', '-shm']) await rm(file + suffix, { force: true, maxRetries: 5 });
}

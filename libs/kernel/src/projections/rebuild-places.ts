import type { EntityManager } from '@mikro-orm/sql';
import { parsePosition, type Position } from '@streamvault/event-store';
import { inTransaction } from './in-transaction.js';
import type { Projection } from './projection.js';
import { ProjectionCheckpoint } from './projection-checkpoint.entity.js';
import { quoted } from './quoted.js';
import { makeTablesAgain, type ReadModelTable, shapeOf, tableOf, tablesOf } from './read-model-tables.js';

/** How far the rows that were built beside are, and what tells their log there. */
export interface BuiltUpTo {
  readonly position: Position | undefined;
  readonly fingerprint: string | undefined;
}

/** A second set of one projection's tables, which no reader sees, with a checkpoint of its own. */
export interface RebuildPlace {
  readonly em: () => EntityManager;
  /**
   * Puts what was built here in the place of what is live, in one transaction that holds the live rows still. Called with how far
   * those are, `caughtUp` answers how far the ones built here are, which must not be less, and from then on they must not change.
   */
  moveIn(caughtUp: (live: Position | undefined) => Promise<BuiltUpTo>): Promise<void>;
  /** Leaves it as it is, for another process to go on with. */
  close(): Promise<void>;
  /** Nothing is left of it. */
  discard(): Promise<void>;
}

/** Where read models are built beside the live ones. */
export interface RebuildPlaces {
  /** Takes up what an earlier process left, where that is of any use; else the place is empty. */
  open(projection: Projection): Promise<RebuildPlace>;
  /** Which of these projections have a place that an earlier process left. */
  leftOver(projections: readonly Projection[]): Promise<Projection[]>;
}

/** Puts all rows of a table that was built beside into the empty live one of the same name. */
export type CopyRows = (em: EntityManager, table: ReadModelTable) => Promise<void>;

/** {@link RebuildPlace.moveIn} in words that both engines know. */
export async function moveRowsIn(
  live: EntityManager,
  projection: Projection,
  caughtUp: (live: Position | undefined) => Promise<BuiltUpTo>,
  copyRows: CopyRows,
): Promise<void> {
  const { entities, name, version } = projection;
  await inTransaction(live, async (em) => {
    // Changes nothing, and keeps everybody else from moving the live rows on until this is over.
    await em.nativeUpdate(ProjectionCheckpoint, { name }, { name });
    const before = await em.findOne(ProjectionCheckpoint, { name });
    const { position, fingerprint } = await caughtUp(
      before?.position == null ? undefined : parsePosition(before.position),
    );
    const shape = shapeOf(projection, em);
    if (before?.shape !== shape) await makeTablesAgain(projection, em);
    for (const entity of entities) {
      const table = tableOf(entity, em);
      await em.execute(`delete from ${quoted(table.name)}`);
      await copyRows(em, table);
    }
    await em.upsert(ProjectionCheckpoint, {
      name,
      version,
      position: position === undefined ? null : String(position),
      fingerprint: fingerprint ?? null,
      shape,
    });
  });
}

/** `beside` is the schema in which the rows were built. */
export function copyStatement({ name, columns }: ReadModelTable, beside: string): string {
  const list = columns.map(quoted).join(', ');
  return `insert into ${quoted(name)} (${list}) select ${list} from ${quoted(beside)}.${quoted(name)}`;
}

/** Whether a place holds rows of tables as they are made today. @throws where it holds no tables */
export async function hasShape(projection: Projection, place: EntityManager): Promise<boolean> {
  const checkpoint = await place.fork().findOne(ProjectionCheckpoint, { name: projection.name });
  return checkpoint?.shape === shapeOf(projection, place);
}

/** Makes the tables of a place that has none. */
export async function makePlace(projection: Projection, place: EntityManager): Promise<void> {
  for (const { statements } of tablesOf(projection, place)) {
    for (const statement of statements) await place.getConnection().execute(statement);
  }
}

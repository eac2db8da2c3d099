import type { EntityManager } from '@mikro-orm/sql';
import { parsePosition, type Position } from '@streamvault/event-store';
import { inTransaction } from './in-transaction.js';
import type { Projection } from './projection.js';
import { ProjectionCheckpoint } from './projection-checkpoint.entity.js';
import { quoted } from './quoted.js';
import { makeTablesAgain, type ReadModelTable, shapeOf, tableOf, tablesOf } from './read-model-tables.js';

/** How far the rows in the rebuild's place are, with the fingerprint of their log. */
export interface BuiltUpTo {
  readonly position: Position | undefined;
  readonly fingerprint: string | undefined;
}

/** A second set of one projection's tables, which readers do not see, with its own checkpoint. */
export interface RebuildPlace {
  readonly em: () => EntityManager;
  /**
   * Replaces the live rows with those built here, in one transaction that blocks the live rows. It calls `caughtUp`
   * with how far the live rows are; the answer says how far the new ones are, which must not be less. After that they
   * must not change.
   */
  moveIn(caughtUp: (live: Position | undefined) => Promise<BuiltUpTo>): Promise<void>;
  /** Leaves it as it is, so that another process can continue. */
  close(): Promise<void>;
  /** Removes all of it. */
  discard(): Promise<void>;
}

/** Where read models are built beside the live ones. */
export interface RebuildPlaces {
  /** Takes over the leftovers of an earlier process if they are usable; else the place is empty. */
  open(projection: Projection): Promise<RebuildPlace>;
  /** Which of these projections have leftovers of an earlier process. */
  leftOver(projections: readonly Projection[]): Promise<Projection[]>;
}

/** Copies all rows of a table built beside into the empty live one with the same name. */
export type CopyRows = (em: EntityManager, table: ReadModelTable) => Promise<void>;

/** {@link RebuildPlace.moveIn} in SQL that both engines understand. */
export async function moveRowsIn(
  live: EntityManager,
  projection: Projection,
  caughtUp: (live: Position | undefined) => Promise<BuiltUpTo>,
  copyRows: CopyRows,
): Promise<void> {
  const { entities, name, version } = projection;
  await inTransaction(live, async (em) => {
    // Changes nothing, but blocks other writers of the live rows until this is over.
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

/**
 * Whether a place holds rows of tables in their present shape.
 * @throws if it holds no tables
 */
export async function hasShape(projection: Projection, place: EntityManager): Promise<boolean> {
  const checkpoint = await place.fork().findOne(ProjectionCheckpoint, { name: projection.name });
  return checkpoint?.shape === shapeOf(projection, place);
}

/** Creates the tables of a place that has none. */
export async function makePlace(projection: Projection, place: EntityManager): Promise<void> {
  for (const { statements } of tablesOf(projection, place)) {
    for (const statement of statements) await place.getConnection().execute(statement);
  }
}

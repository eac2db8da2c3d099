import { BasePostgreSqlPlatform, DatabaseSchema, type EntityClass, type EntityManager } from '@mikro-orm/sql';
import { hash } from 'node:crypto';
import { JsonColumn } from './columns.js';
import { inTransaction } from './in-transaction.js';
import { ProjectionCheckpoint } from './projection-checkpoint.entity.js';
import type { Projection } from './projection.js';
import { quoted } from './quoted.js';

/** A table as its entity describes it, in the dialect of the EntityManager's engine. */
export interface ReadModelTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** Create it, with its indexes. */
  readonly statements: readonly string[];
}

export function tableOf(entity: EntityClass<object>, em: EntityManager): ReadModelTable {
  const meta = em.getMetadata().get(entity);
  const platform = em.getPlatform();
  const helper = platform.getSchemaHelper();
  const schema = DatabaseSchema.fromMetadata([meta], platform, em.config);
  return {
    name: meta.tableName,
    columns: meta.props.flatMap(({ fieldNames }) => fieldNames),
    statements: schema.getTables().flatMap((table) => helper?.createTable(table) ?? []),
  };
}

/** The tables of a projection and of its checkpoint. */
export const tablesOf = (projection: Projection, em: EntityManager): ReadModelTable[] =>
  [ProjectionCheckpoint, ...projection.entities].map((entity) => tableOf(entity, em));

/** A hash that changes when the tables of a projection change; stored with its checkpoint. */
export function shapeOf(projection: Projection, em: EntityManager): string {
  const statements = projection.entities.flatMap((entity) => tableOf(entity, em).statements);
  return hash('sha256', statements.join('\n')).slice(0, 16);
}

/** Creates a projection's tables again, empty, as its entities describe them. Within the transaction of `em`. */
export async function makeTablesAgain(projection: Projection, em: EntityManager): Promise<void> {
  for (const entity of projection.entities) {
    const { name, statements } = tableOf(entity, em);
    await em.execute(`drop table if exists ${quoted(name)}`);
    for (const statement of statements) await em.execute(statement);
  }
}

/**
 * Creates every missing table. An existing table without a column of its entity gets the column, filled with null if
 * allowed and else with '', 0, false or []. So the rows of the former shape can be served until those of the new one,
 * built beside them, replace them. Nothing is removed here; the swap does that.
 *
 * Only one process may run this at a time, which the caller ensures.
 */
export async function prepareTables(
  projections: readonly Pick<Projection, 'entities' | 'name'>[],
  em: EntityManager,
): Promise<void> {
  const entities = [ProjectionCheckpoint, ...projections.flatMap((projection) => projection.entities)];
  const made: EntityClass<object>[] = [];
  await inTransaction(em, async (fork) => {
    for (const entity of entities) {
      const table = tableOf(entity, fork);
      const found = await columnsOf(table.name, fork);
      if (found.size > 0) await addColumns(entity, found, fork);
      else {
        for (const statement of table.statements) await fork.execute(statement);
        if (entity !== ProjectionCheckpoint) made.push(entity);
      }
    }
    // If a table was lost, its projection's rows are not what the checkpoint says.
    for (const { name, entities } of projections) {
      if (entities.some((entity) => made.includes(entity))) await fork.nativeDelete(ProjectionCheckpoint, { name });
    }
    // Left from the time when tables were made by migrations.
    await fork.execute('drop table if exists mikro_orm_migrations');
  });
}

async function addColumns(entity: EntityClass<object>, found: ReadonlySet<string>, em: EntityManager): Promise<void> {
  const { props, tableName } = em.getMetadata().get(entity);
  for (const { columnTypes, fieldNames, nullable, runtimeType, customType } of props) {
    const [name, type] = [fieldNames[0], columnTypes[0]];
    if (name === undefined || type === undefined || found.has(name)) continue;
    const constraint = nullable === true ? 'null' : `not null default ${fillerOf(customType, runtimeType, type)}`;
    await em.execute(`alter table ${quoted(tableName)} add column ${quoted(name)} ${type} ${constraint}`);
  }
}

function fillerOf(customType: unknown, runtimeType: string, type: string): string {
  if (customType instanceof JsonColumn) return "'[]'";
  if (runtimeType === 'boolean') return 'false';
  return type.startsWith('text') ? "''" : '0';
}

async function columnsOf(table: string, em: EntityManager): Promise<ReadonlySet<string>> {
  const rows = await em.execute<{ name: string }[]>(
    em.getPlatform() instanceof BasePostgreSqlPlatform
      ? 'select column_name as name from information_schema.columns where table_schema = current_schema() and table_name = ?'
      : 'select name from pragma_table_info(?)',
    [table],
  );
  return new Set(rows.map(({ name }) => name));
}

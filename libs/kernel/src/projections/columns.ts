import { type Platform, Type, p } from '@mikro-orm/core';
import { BasePostgreSqlPlatform } from '@mikro-orm/sql';

/** Text of any length. NUL and lone surrogates, which not both engines can store, become U+FFFD in both. */
class TextColumn extends Type<string | null, string | null> {
  override convertToDatabaseValue(value: string | null): string | null {
    return value === null ? null : keepable(value);
  }

  override getColumnType(): string {
    return 'text';
  }

  override compareAsType(): string {
    return 'string';
  }
}

class SortableTextColumn extends TextColumn {
  /** SQLite does this anyway. */
  override getColumnType(_property?: unknown, platform?: Platform): string {
    return platform instanceof BasePostgreSqlPlatform ? 'text collate "C"' : 'text';
  }
}

/** JSON as text: PostgreSQL's own type refuses strings that JSON allows, and reorders keys. */
export class JsonColumn extends Type<unknown, string> {
  override convertToDatabaseValue(value: unknown): string {
    return JSON.stringify(value);
  }

  override convertToJSValue(value: unknown): unknown {
    return typeof value === 'string' ? JSON.parse(value) : value;
  }

  override getColumnType(): string {
    return 'text';
  }

  override compareAsType(): string {
    return 'string';
  }
}

/** A whole number up to 2^53. PostgreSQL's `integer` ends at 2^31, SQLite's does not. */
class WholeNumberColumn extends Type<number | null, number | string | null> {
  override convertToJSValue(value: number | string | null): number | null {
    return value === null ? null : Number(value);
  }

  override getColumnType(_property: unknown, platform: Platform): string {
    return platform instanceof BasePostgreSqlPlatform ? 'bigint' : 'integer';
  }

  override compareAsType(): string {
    return 'number';
  }
}

/**
 * Column types of read models, which store and compare the same on SQLite and PostgreSQL. MikroORM's own do not: on one
 * of them strings end at 255 characters and integers at 2^31.
 */
export const column = {
  text: () => p.type(TextColumn).$type<string>(),
  /** Compared and sorted by code point on every database. */
  sortableText: () => p.type(SortableTextColumn).$type<string>(),
  json: <Value>() => p.type(JsonColumn).$type<Value>(),
  wholeNumber: () => p.type(WholeNumberColumn).$type<number>(),
  number: () => p.double().$type<number>(),
  boolean: () => p.boolean(),
};

/** The text as a read model stores it; for conditions that bypass a column's type. */
export const keepable = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');

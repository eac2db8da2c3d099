import type { z } from 'zod';

/** A setting as it comes from the environment (or `.env`, or a file named by `NAME_FILE`). */
export interface Setting<Schema extends z.ZodType = z.ZodType> {
  /** Parses the text of the variable. Without the variable, its `default` is used. Messages never repeat the value. */
  readonly schema: Schema;
  /** For the table in the README: what it does, and the text in the column "default". */
  readonly meaning: string;
  readonly shownDefault: string;
  readonly secret?: boolean;
}

export type SettingsShape = Readonly<Record<string, Setting>>;

/** A context's settings by their names in the environment. */
export interface SettingsDefinition<Shape extends SettingsShape = SettingsShape> {
  readonly shape: Shape;
  /** Inject this for the values, {@link SettingsOf}. */
  readonly token: symbol;
  /** What is wrong with values that are right one by one: `NAME: …`. */
  problem?(values: ValuesOf<Shape>): string | undefined;
}

type ValuesOf<Shape extends SettingsShape> = { readonly [Name in keyof Shape]: z.output<Shape[Name]['schema']> };

export type SettingsOf<Definition extends { readonly shape: SettingsShape }> = ValuesOf<Definition['shape']>;

export function defineSettings<const Shape extends SettingsShape>(
  name: string,
  shape: Shape,
  problem?: (values: ValuesOf<Shape>) => string | undefined,
): SettingsDefinition<Shape> {
  return { shape, token: Symbol(`settings of ${name}`), ...(problem && { problem }) };
}

import { parsePosition } from '@streamvault/event-store';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { EventDefinition } from './event-definition.js';
import { EventRegistry } from './event-registry.js';

/** `<Type>.v<version>.json`: events as they were written once, and may still be in somebody's log. */
interface Fixture {
  readonly type: string;
  readonly version: number;
  /** Their data; more than one if a shape has alternatives. */
  readonly examples: readonly object[];
}

/** `schemas.json`: by type and version, the JSON Schema of everything ever released. */
type ReleasedSchemas = Record<string, Record<string, unknown>>;

const schemasFile = 'schemas.json';
const howTo = `set EVENT_SCHEMAS=record and run this test once`;

/**
 * Problems in the history of a context's events, with what to do; empty if there are none. `record` stores the schemas
 * of new versions, and never changes a stored one.
 */
export function eventHistoryProblems(
  definitions: readonly EventDefinition[],
  folder: string,
  record = process.env['EVENT_SCHEMAS'] === 'record',
): string[] {
  mkdirSync(folder, { recursive: true });
  const released = readReleased(folder);
  if (record) {
    for (const { type, version, schema } of definitions)
      released[type] = { [version]: shapeOf(schema), ...released[type] };
    writeFileSync(join(folder, schemasFile), `${JSON.stringify(released, null, 2)}\n`);
  }
  const fixtures = readFixtures(folder);
  return [
    ...definitions.flatMap((definition) => shapeProblems(definition, released[definition.type] ?? {})),
    ...definitions.flatMap((definition) => missingFixtures(definition, fixtures)),
    ...fixtures.flatMap((fixture) => readingProblems(fixture, definitions)),
    ...Object.keys(released).flatMap((type) => (definitions.some((known) => known.type === type) ? [] : [gone(type)])),
  ];
}

function shapeProblems({ type, version, schema }: EventDefinition, released: Record<string, unknown>): string[] {
  const before = released[version];
  const now = shapeOf(schema);
  if (before === undefined) {
    const later = Object.keys(released).filter((known) => Number(known) > version);
    if (later.length > 0)
      return [`${type} went back from version ${later.join(', ')} to ${version}: logs hold the newer one.`];
    return [`${type} version ${version} is new: ${howTo}, and commit ${schemasFile}.`];
  }
  if (isDeepStrictEqual(before, now)) return [];
  const next = version + 1;
  return [
    `The shape of ${type} version ${version} changed, and logs are full of the old one. Take the change back, or make it version ${next}:\n` +
      `  1. Give the definition of ${type} version ${next} and an upcaster from ${version}, a pure function of the old data.\n` +
      `  2. Keep ${type}.v${version}.json as it is, and add ${type}.v${next}.json with what is written from now on.\n` +
      `  3. ${howTo.charAt(0).toUpperCase()}${howTo.slice(1)}.\n` +
      `  Was: ${JSON.stringify(before)}\n  Is:  ${JSON.stringify(now)}`,
  ];
}

function missingFixtures({ type, version }: EventDefinition, fixtures: readonly Fixture[]): string[] {
  const versions = Array.from({ length: version }, (_, index) => index + 1);
  return versions
    .filter((wanted) => !fixtures.some((fixture) => fixture.type === type && fixture.version === wanted))
    .map(
      (wanted) => `${type}.v${wanted}.json is missing: {"type", "version", "examples": [data, …]} as it is written.`,
    );
}

function readingProblems({ type, version, examples }: Fixture, definitions: readonly EventDefinition[]): string[] {
  const definition = definitions.find((known) => known.type === type);
  if (!definition) return [gone(type)];
  const registry = new EventRegistry([definition]);
  return examples.flatMap((data, index) => {
    try {
      const event = registry.read({ ...surroundings, type, version, data: data as never });
      const result = definition.schema.strict().safeParse(event.data);
      return result.success ? [] : [`${type}.v${version}.json, example ${index + 1}: ${z.prettifyError(result.error)}`];
    } catch (error) {
      return [`${type}.v${version}.json, example ${index + 1}, cannot be read any more: ${String(error)}`];
    }
  });
}

const gone = (type: string): string =>
  `${type} is defined no more, but logs hold it: define it again, if only to be skipped.`;

/** Without the part that only names the dialect. */
function shapeOf(schema: z.ZodType): unknown {
  const { $schema: _, ...shape } = z.toJSONSchema(schema);
  return JSON.parse(JSON.stringify(shape));
}

function readReleased(folder: string): ReleasedSchemas {
  const file = join(folder, schemasFile);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ReleasedSchemas) : {};
}

function readFixtures(folder: string): Fixture[] {
  const names = readdirSync(folder).filter((name) => name !== schemasFile);
  return names.map((name) => {
    const fixture = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Fixture;
    if (name !== `${fixture.type}.v${fixture.version}.json` || !(fixture.examples.length > 0))
      throw new Error(`${name} is not a fixture of the event and version that it is named for, with examples.`);
    return fixture;
  });
}

const surroundings = {
  id: '00000000-0000-4000-8000-000000000000',
  metadata: { $correlationId: 'c', $causationId: 'c', actor: 'test' },
  stream: 'history-1',
  revision: 0n,
  position: parsePosition('1')!,
  recordedAt: '2026-11-22T12:00:00.000Z',
} as const;

import type { EntityClass } from '@mikro-orm/sql';
import { EventRegistry } from '../event-registry.js';
import { kernelEvents } from '../kernel-events.js';
import { ProjectionCheckpoint } from '../projections/projection-checkpoint.entity.js';
import type { Projection } from '../projections/projection.js';
import { type Context, type PublicCategory, publicCategory, type StreamFold } from './context.js';
import type { SettingsDefinition } from './settings.js';

/** All contexts of a program, and what they contribute together. */
export class Contexts {
  readonly all: readonly Context[];

  /** @throws TypeError if two of them use the same name, category, projection, step, setting or permission */
  constructor(all: readonly Context[]) {
    this.all = all;
    unique('context', (context) => [context.name], all);
    unique('fold', ({ folds = {} }) => Object.keys(folds), all);
    unique('public category', ({ publicCategories = {} }) => Object.keys(publicCategories), all);
    unique('projection', ({ projections = [] }) => projections.map(({ name }) => name), all);
    unique('step', ({ steps = [] }) => steps.map(({ name }) => name), all);
    unique('setting', ({ settings }) => Object.keys(settings?.shape ?? {}), all);
    unique('permission', ({ permissions = {} }) => Object.keys(permissions), all);
  }

  /** Every event that the program reads and writes. */
  registry(): EventRegistry {
    return new EventRegistry([...kernelEvents, ...this.all.flatMap(({ events = [] }) => events)]);
  }

  get projections(): readonly Projection[] {
    return this.all.flatMap(({ projections = [] }) => projections);
  }

  /** Every table of the read models. */
  get entities(): readonly EntityClass<object>[] {
    return [ProjectionCheckpoint, ...this.projections.flatMap(({ entities }) => entities)];
  }

  /** By stream category. */
  get folds(): Readonly<Record<string, StreamFold>> {
    return Object.assign({}, ...this.all.map(({ folds }) => folds)) as Record<string, StreamFold>;
  }

  /** The categories of the live feed. */
  get publicCategories(): Readonly<Record<string, PublicCategory>> {
    const all = this.all.flatMap(({ publicCategories = {} }) => Object.entries(publicCategories));
    return Object.fromEntries(all.map(([category, shown]) => [category, publicCategory(shown)]));
  }

  get settings(): readonly SettingsDefinition[] {
    return this.all.flatMap(({ settings = [] }) => settings);
  }

  /** By name, each with its description. */
  get permissions(): Readonly<Record<string, string>> {
    return Object.assign({}, ...this.all.map(({ permissions }) => permissions)) as Record<string, string>;
  }
}

function unique(what: string, names: (context: Context) => readonly string[], contexts: readonly Context[]): void {
  const owners = new Map<string, string>();
  for (const context of contexts) {
    for (const name of names(context)) {
      const other = owners.get(name);
      if (other !== undefined)
        throw new TypeError(`Two ${what}s are called ${name}: of ${other} and of ${context.name}.`);
      owners.set(name, context.name);
    }
  }
}

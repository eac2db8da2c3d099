import type { Provider, Type } from '@nestjs/common';
import type { EventDefinition } from '../event-definition.js';
import type { ReadEvent } from '../event-registry.js';
import type { Projection } from '../projections/projection.js';
import type { HealthSource, MetricsSource } from './watched.js';
import type { Job } from './job.js';
import type { Reaction } from './reaction.js';
import type { Role } from './role.js';
import type { SettingsDefinition } from './settings.js';
import type { StepDefinition } from './step.js';

/** A stream's state by its own rules, for time travel; undefined if its events give none. */
export type StreamFold = (events: readonly ReadEvent[]) => object | undefined;

/** How the live feed shows the events of a category. */
export interface PublicCategory {
  /** The projection that has to contain an event before the feed sends it; null: what shows it reads the log itself. */
  readonly projection: string | null;
  /** What a viewer of the feed must be allowed to do; not given: to see the feed is enough. */
  readonly permission?: string;
}

/** What a context contributes to the server's one Nest module. */
export interface ContextModule {
  readonly providers: readonly Provider[];
  /** Used only if the process has the role `api`. */
  readonly controllers?: readonly Type[];
}

/**
 * Everything that the other parts must know about one bounded context. The server, the command line, the live feed,
 * time travel, health, metrics and the settings table read it from the list in `libs/contexts`, so a new context is a
 * folder and a line.
 *
 * Reactions, jobs, health and metrics are classes: Nest makes them, with their dependencies.
 */
export interface Context {
  /** Kebab-case, unique. */
  readonly name: string;
  readonly events?: readonly EventDefinition[];
  /** By stream category. */
  readonly folds?: Readonly<Record<string, StreamFold>>;
  /** Categories that the live feed shows. A text is the name of the projection, and nothing more is needed. */
  readonly publicCategories?: Readonly<Record<string, string | PublicCategory>>;
  readonly projections?: readonly Projection[];
  readonly settings?: SettingsDefinition;
  /** Called once per process, with its roles. Providers that only one role needs are left out if it is missing. */
  module?(roles: ReadonlySet<Role>): ContextModule;
  readonly reactions?: readonly Type<Reaction>[];
  /** Post-processing steps of a recording. */
  readonly steps?: readonly StepDefinition[];
  readonly jobs?: readonly Type<Job>[];
  readonly health?: readonly Type<HealthSource>[];
  readonly metrics?: readonly Type<MetricsSource>[];
  /** Names of permissions, `<plural noun>.<verb>`, each with a description. */
  readonly permissions?: Readonly<Record<string, string>>;
}

/** @throws TypeError if the parts contradict each other */
export function defineContext(context: Context): Context {
  const { name, permissions = {}, projections = [], publicCategories = {} } = context;
  if (!/^[a-z][a-z-]*$/.test(name)) throw new TypeError(`Context ${name}: the name must be kebab-case.`);
  for (const [category, shown] of Object.entries(publicCategories)) {
    const { permission, projection } = publicCategory(shown);
    if (permission !== undefined && !Object.hasOwn(permissions, permission))
      throw new TypeError(`Context ${name}: ${category} needs ${permission}, which is not one of its permissions.`);
    if (projection !== null && !projections.some((known) => known.name === projection))
      throw new TypeError(
        `Context ${name}: ${category} is shown by ${projection}, which is not one of its projections.`,
      );
  }
  return context;
}

export const publicCategory = (shown: string | PublicCategory): PublicCategory =>
  typeof shown === 'string' ? { projection: shown } : shown;

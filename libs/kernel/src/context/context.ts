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

/** A stream's state by its own rules, for time travel; undefined where its events make none. */
export type StreamFold = (events: readonly ReadEvent[]) => object | undefined;

/** What a context puts into the one Nest module of the server. */
export interface ContextModule {
  readonly providers: readonly Provider[];
  /** Only listened to where the process has the role `api`. */
  readonly controllers?: readonly Type[];
}

/**
 * Everything that the rest of the house must know of one bounded context. The server, the command line, the live feed, time
 * travel, health, metrics and the settings table read it from the list in `libs/contexts`, so that a new context
 * is a folder and a line.
 *
 * Reactions, jobs, health and metrics are classes: Nest makes them, with what they inject.
 */
export interface Context {
  /** Kebab-case, unique. */
  readonly name: string;
  readonly events?: readonly EventDefinition[];
  /** By stream category. */
  readonly folds?: Readonly<Record<string, StreamFold>>;
  /** Categories that the live feed shows, and for each the projection that has to show an event before the feed tells of it. */
  readonly publicCategories?: Readonly<Record<string, string>>;
  readonly projections?: readonly Projection[];
  readonly settings?: SettingsDefinition;
  /** Called once per process, with the roles that it has. Providers that only one role needs are left out where it is missing. */
  module?(roles: ReadonlySet<Role>): ContextModule;
  readonly reactions?: readonly Type<Reaction>[];
  /** Post-processing steps of a recording. */
  readonly steps?: readonly StepDefinition[];
  readonly jobs?: readonly Type<Job>[];
  readonly health?: readonly Type<HealthSource>[];
  readonly metrics?: readonly Type<MetricsSource>[];
  /** Names of permissions, `<plural noun>.<verb>`, each with what it lets somebody do. */
  readonly permissions?: Readonly<Record<string, string>>;
}

/** @throws TypeError where the parts contradict each other */
export function defineContext(context: Context): Context {
  const { name, projections = [], publicCategories = {} } = context;
  if (!/^[a-z][a-z-]*$/.test(name)) throw new TypeError(`Context ${name}: the name must be kebab-case.`);
  for (const [category, projection] of Object.entries(publicCategories)) {
    if (!projections.some((known) => known.name === projection))
      throw new TypeError(`Context ${name}: ${category} is shown by ${projection}, which is no projection of it.`);
  }
  return context;
}

import type { InjectionToken, Provider, Type } from '@nestjs/common';
import type { Contexts } from './contexts.js';
import type { Role } from './role.js';
import type { StepDefinition, StepWork } from './step.js';
import { ALL_HEALTH_SOURCES, ALL_JOBS, ALL_METRICS_SOURCES, ALL_REACTIONS, ALL_STEPS } from './tokens.js';

/** A step with its work, as `ALL_STEPS` gives it. */
export interface RunnableStep extends Omit<StepDefinition, 'work'> {
  readonly work: StepWork;
}

/** What the contexts contribute to the one Nest module of a program. */
export interface Composition {
  readonly providers: readonly Provider[];
  readonly controllers: readonly Type[];
}

/**
 * The providers of all contexts, their settings by token, and lists of their jobs, reactions, steps and sources. Nest
 * makes jobs and reactions in every process, whatever its roles; their runner checks the roles.
 */
export function composeContexts(
  contexts: Contexts,
  roles: ReadonlySet<Role>,
  settings: ReadonlyMap<symbol, object>,
): Composition {
  const modules = contexts.all.map((context) => context.module?.(roles));
  const jobs = contexts.all.flatMap((context) => context.jobs ?? []);
  const reactions = contexts.all.flatMap((context) => context.reactions ?? []);
  const health = contexts.all.flatMap((context) => context.health ?? []);
  const metrics = contexts.all.flatMap((context) => context.metrics ?? []);
  const steps = contexts.all.flatMap((context) => context.steps ?? []);
  const works = steps.map(({ work }) => work);
  return {
    controllers: roles.has('api') ? modules.flatMap((module) => module?.controllers ?? []) : [],
    providers: [
      ...[...settings].map(([provide, useValue]) => ({ provide, useValue })),
      ...modules.flatMap((module) => module?.providers ?? []),
      ...new Set<Type>([...jobs, ...reactions, ...health, ...metrics, ...works]),
      list(ALL_JOBS, jobs),
      list(ALL_REACTIONS, reactions),
      list(ALL_HEALTH_SOURCES, health),
      list(ALL_METRICS_SOURCES, metrics),
      {
        provide: ALL_STEPS,
        inject: works,
        useFactory: (...made: StepWork[]): RunnableStep[] =>
          steps.flatMap(({ name, dependsOn }, index) => {
            const work = made[index];
            return work ? [{ name, dependsOn, work }] : [];
          }),
      },
    ],
  };
}

const list = (provide: symbol, inject: readonly InjectionToken[]): Provider => ({
  provide,
  inject: [...inject],
  useFactory: (...made: unknown[]) => made,
});

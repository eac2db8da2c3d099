import { expect, it } from '@jest/globals';
import type { FactoryProvider, Provider } from '@nestjs/common';
import { composeContexts, type RunnableStep } from './compose.js';
import { defineContext } from './context.js';
import { Contexts } from './contexts.js';
import { type Role, roles } from './role.js';
import type { StepWork } from './step.js';
import { ALL_STEPS } from './tokens.js';

class Controller {}
class OnlyForApi {}
class Always {}
class First implements StepWork {
  run = () => Promise.resolve({});
}
class Second implements StepWork {
  run = () => Promise.resolve({});
}

const contexts = new Contexts([
  defineContext({
    name: 'library',
    steps: [{ name: 'publish', dependsOn: [], work: First }],
    module: (own) => ({ controllers: [Controller], providers: own.has('api') ? [Always, OnlyForApi] : [Always] }),
  }),
  defineContext({ name: 'praise', steps: [{ name: 'praise', dependsOn: ['publish'], work: Second }] }),
]);
const composed = (...own: Role[]) => composeContexts(contexts, new Set(own), new Map());

it.each(roles.filter((role) => role !== 'api'))('a process with the role %s alone has no controllers', (role) => {
  const { controllers, providers } = composed(role);
  expect(controllers).toEqual([]);
  expect(providers).toContain(Always);
  expect(providers).not.toContain(OnlyForApi);
});

it('a process with the role api has controllers, and what only they need', () => {
  const { controllers, providers } = composed('api');
  expect(controllers).toEqual([Controller]);
  expect(providers).toContain(OnlyForApi);
});

it('the steps of all contexts are one list, in the order of the contexts, each with its work', () => {
  const isList = (provider: Provider): provider is FactoryProvider =>
    'provide' in provider && provider.provide === ALL_STEPS && 'useFactory' in provider;
  const { inject = [], useFactory } = composed('recorder').providers.find(isList)!;
  expect(inject).toEqual([First, Second]);
  const [first, second] = [new First(), new Second()];
  const steps = useFactory(first, second) as RunnableStep[];
  expect(steps).toEqual([
    { name: 'publish', dependsOn: [], work: first },
    { name: 'praise', dependsOn: ['publish'], work: second },
  ]);
});

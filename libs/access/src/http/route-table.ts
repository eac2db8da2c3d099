import type { Type } from '@nestjs/common';
import { ALL_ROUTES_NEED, type RouteNeeds } from '@streamvault/http-kit';

/** One route of a controller, with its declaration. */
export interface DeclaredRoute {
  readonly method: string;
  /** In Fastify's notation: `/api/videos/:id/stream`. */
  readonly path: string;
  readonly needs: RouteNeeds;
}

/** The server does not start with a route without a declared permission. */
export class UndeclaredRoutes extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`Every route declares with @Needs who may use it. ${problems.join(' ')}`);
    this.name = new.target.name;
  }
}

/** Metadata keys of Nest's decorators. */
const PATH = 'path';
const METHOD = 'method';
const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'ALL', 'OPTIONS', 'HEAD', 'SEARCH'];
/** Words that are not permissions of a context. */
export const words: readonly string[] = ['always', 'anyone', 'signed-in'];

/**
 * All routes of these controllers.
 * @param permissions declared by contexts
 * @throws UndeclaredRoutes
 */
export function routesOf(controllers: readonly Type[], permissions: readonly string[]): DeclaredRoute[] {
  const problems: string[] = [];
  const routes: DeclaredRoute[] = [];
  for (const controller of controllers) {
    for (const { handler, name } of handlersOf(controller)) {
      const method = methods[Number(Reflect.getMetadata(METHOD, handler))];
      if (method === undefined) continue;
      const where = `${controller.name}.${name}`;
      const needs = needsOf(handler) ?? needsOf(controller);
      if (!needs) {
        problems.push(`${where} does not.`);
        continue;
      }
      if (!words.includes(needs.permission) && !permissions.includes(needs.permission))
        problems.push(`${where} needs ${needs.permission}, which no context declares.`);
      for (const path of pathsOf(controller, handler)) {
        if ((needs.shared ?? needs.of) && !path.includes('/:id'))
          problems.push(`${where} is about one thing, and has no :id.`);
        routes.push({ method, path, needs });
      }
    }
  }
  if (problems.length > 0) throw new UndeclaredRoutes(problems);
  return routes;
}

function handlersOf(controller: Type): { name: string; handler: object }[] {
  const prototype = controller.prototype as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler = Object.getOwnPropertyDescriptor(prototype, name)?.value as unknown;
    return typeof handler === 'function' && Reflect.hasMetadata(PATH, handler) ? [{ name, handler }] : [];
  });
}

const needsOf = (target: object): RouteNeeds | undefined =>
  Reflect.getMetadata(ALL_ROUTES_NEED, target) as RouteNeeds | undefined;

function pathsOf(controller: Type, handler: object): string[] {
  const parts = (target: object): string[] =>
    [Reflect.getMetadata(PATH, target) as string | string[]].flat().map((path) => path.replace(/^\/+|\/+$/g, ''));
  return parts(controller).flatMap((first) =>
    parts(handler).map((second) => `/${[first, second].filter((part) => part !== '').join('/')}`),
  );
}

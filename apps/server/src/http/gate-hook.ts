import { ServiceUnavailableException } from '@nestjs/common';
import type { AccessGate } from '@streamvault/access';
import type { RouteNeeds } from '@streamvault/http-kit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ProblemFilter } from './problem.filter.js';

/** What needs no account because there is nothing in it: the console's files and pages. */
const consoleNeeds: RouteNeeds = { permission: 'always' };
/** What the API looks like is for those who are signed in. */
const documentationNeeds: RouteNeeds = { permission: 'signed-in' };

/** The gate is made by Nest, later than the hook that leads to it has to be in its place. */
export function addGate(fastify: FastifyInstance, filter: ProblemFilter) {
  const consoleRoutes = new Set<string>();
  let isConsole = true;
  let gate: AccessGate | undefined;
  fastify.addHook('onRoute', ({ url }) => {
    if (isConsole) consoleRoutes.add(url);
  });
  fastify.addHook('onRequest', async (request, reply) => {
    try {
      if (!gate) throw new ServiceUnavailableException('The server is starting. Try again in a moment.');
      await gate.check(request, declaredBy(request, consoleRoutes));
    } catch (error) {
      filter.answer(error, request, reply);
      return reply;
    }
    return undefined;
  });
  return {
    endOfConsole: () => void (isConsole = false),
    open: (made: AccessGate) => void (gate = made),
  };
}

/** What a route says that is none of a controller's; undefined for those, which the gate knows itself. */
function declaredBy(
  { routeOptions, url: address }: FastifyRequest,
  ofConsole: ReadonlySet<string>,
): RouteNeeds | undefined {
  const { url, config } = routeOptions;
  if (config.needs) return config.needs;
  return url === undefined || ofConsole.has(url) ? pageNeeds(address) : rawNeeds(url);
}

/** Of an address that no route knows, nothing is told but that; under the API only to somebody who is signed in. */
const pageNeeds = (url: string): RouteNeeds => (url.startsWith('/api/') ? documentationNeeds : consoleNeeds);

/** Twitch has no account here: what it sends is signed, and the route itself looks at that before anything else. */
const noticeNeeds: RouteNeeds = { permission: 'always' };

const rawNeeds = (url: string): RouteNeeds | undefined => {
  if (url === '/eventsub') return noticeNeeds;
  return /^\/api\/(docs|openapi\.(json|yaml))/.test(url) ? documentationNeeds : undefined;
};

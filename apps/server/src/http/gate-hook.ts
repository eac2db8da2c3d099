import { ServiceUnavailableException } from '@nestjs/common';
import type { AccessGate } from '@streamvault/access';
import type { FastLane, ProblemFilter, RouteNeeds } from '@streamvault/http-kit';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Needs no account, because it contains no data: the console's files and pages. */
const consoleNeeds: RouteNeeds = { permission: 'always' };
/** The description of the API is for those who are signed in. */
const documentationNeeds: RouteNeeds = { permission: 'signed-in' };

/**
 * Nest makes the gate later than the hook that leads to it must be registered.
 * @param hasApi whether this process has the role `api`
 */
export function addGate(fastify: FastifyInstance, filter: ProblemFilter, hasApi: boolean) {
  const consoleRoutes = new Set<string>();
  let isConsole = true;
  let gate: AccessGate | undefined;
  let lane: FastLane | undefined;
  fastify.addHook('onRoute', ({ url }) => {
    if (isConsole) consoleRoutes.add(url);
  });
  fastify.addHook('onRequest', async (request, reply) => {
    try {
      if (!gate) throw new ServiceUnavailableException('The server is starting. Try again in a moment.');
      await gate.check(request, declaredBy(request, consoleRoutes, hasApi));
      lane?.admit(request);
    } catch (error) {
      filter.answer(error, request, reply);
      return reply;
    }
    return undefined;
  });
  return {
    endOfConsole: () => void (isConsole = false),
    open: (made: AccessGate, opened: FastLane) => {
      gate = made;
      lane = opened;
    },
  };
}

/** What a route that is not a controller's declares; undefined for controllers' routes, which the gate knows itself. */
function declaredBy(
  { routeOptions, url: address }: FastifyRequest,
  ofConsole: ReadonlySet<string>,
  hasApi: boolean,
): RouteNeeds | undefined {
  const { url, config } = routeOptions;
  if (config.needs) return config.needs;
  return url === undefined || ofConsole.has(url) ? pageNeeds(address, hasApi) : rawNeeds(url);
}

/**
 * An unknown address is only answered as such, and under the API only to a caller who is signed in. A process without
 * the API tells everybody so, because nobody can sign in there.
 */
const pageNeeds = (url: string, hasApi: boolean): RouteNeeds =>
  hasApi && url.startsWith('/api/') ? documentationNeeds : consoleNeeds;

/** Twitch has no account here: its requests are signed, and the route itself checks that first. */
const noticeNeeds: RouteNeeds = { permission: 'always' };

const rawNeeds = (url: string): RouteNeeds | undefined => {
  if (url === '/eventsub') return noticeNeeds;
  return /^\/api\/(docs|openapi\.(json|yaml))/.test(url) ? documentationNeeds : undefined;
};

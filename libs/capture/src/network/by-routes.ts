import type { Connections } from './connections.js';
import { DIRECT, ProxyFailure, type Route } from './proxy.js';
import type { LedFrom, Reach } from './reach.js';

/**
 * Does something by the first route that works, and notes which do not.
 * @throws what the last of them threw, or the first that was not a proxy's doing: another route is no remedy for that
 */
export async function byRoutes<Result>(
  { connections, routes, from }: { connections: Connections; routes: readonly Route[]; from: LedFrom },
  url: URL,
  attempt: (route: Route, reach: Reach) => Promise<Result>,
): Promise<Result> {
  const { proxies } = connections;
  let failure: unknown;
  for (const route of proxies.order(routes, Date.now())) {
    try {
      const result = await attempt(route, await connections.reach(url, from, route));
      if (route !== DIRECT) proxies.worked(route);
      return result;
    } catch (error) {
      if (!(error instanceof ProxyFailure)) throw error;
      if (error.atFault && route !== DIRECT) proxies.failed(route, Date.now());
      failure = error;
    }
  }
  throw failure;
}

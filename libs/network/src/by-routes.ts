import { errorCode } from '@streamvault/failures';
import type { Connections } from './connections.js';
import { DIRECT, ProxyFailure, type Route } from './proxy.js';
import type { LedFrom, Reach } from './reach.js';

/** The answer broke off or did not come. */
const DISTURBANCES = /TIMEDOUT|_TIMEOUT|ECONNRESET|EPIPE|UND_ERR_SOCKET/;

/**
 * Does something by the first route that works, and records which do not. A route counts as working when `work`
 * succeeds.
 * @throws the error of the last route, or the first error that the proxy did not cause: another route would not help
 * then
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
      return await attempt(route, await connections.reach(url, from, route));
    } catch (error) {
      if (!(error instanceof ProxyFailure)) {
        if (route !== DIRECT && isDisturbance(error)) proxies.disturbed(route, Date.now());
        throw error;
      }
      if (error.atFault && route !== DIRECT) proxies.failed(route, Date.now());
      failure = error;
    }
  }
  throw failure;
}

const isDisturbance = (error: unknown): boolean =>
  (error instanceof Error && error.name === 'TimeoutError') || DISTURBANCES.test(errorCode(error) ?? '');

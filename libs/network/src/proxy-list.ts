import type { ProxyHealth } from './proxy-health.js';
import { DIRECT, isRoute, parseRoute, type Proxy } from './proxy.js';

/** Routes that were requested by name. */
export interface NamedRoutes {
  /** As written in the settings, with their logins: for engines, never to be shown. */
  readonly routes: readonly string[];
  /** Names that are not in the settings (any more). */
  readonly missing: readonly string[];
}

/** A proxy without secrets. */
export interface ProxyStatus {
  /** Its name, or its address without the login if it has none. */
  readonly name: string;
  readonly isNamed: boolean;
  /** ISO 8601 UTC. It did not work, and is avoided until then if there is another route. */
  readonly restsUntil: string | undefined;
}

interface Entry {
  readonly written: string;
  /** Undefined: direct. */
  readonly proxy: Proxy | undefined;
}

/**
 * The proxies of the settings: routes to sources in order of preference. Some have names by which single streamers
 * request them (`home=socks5://user:password@host`).
 */
export class ProxyList {
  readonly #entries: readonly Entry[];

  /** @throws ProxyFailure if an entry is malformed */
  constructor(written: readonly string[]) {
    this.#entries = written.map((entry) => {
      const route = parseRoute(entry);
      return { written: entry, proxy: route === DIRECT ? undefined : route };
    });
  }

  /** What is wrong with a list, without quoting it, because it contains passwords. Undefined if it is valid. */
  static problemOf(written: readonly string[]): string | undefined {
    if (!written.every(isRoute))
      return 'must be a comma list of http://, https://, socks5:// or socks5h:// addresses, each optionally with name= before it (small letters, digits, - and _), and direct';
    const { names } = new ProxyList(written);
    return new Set(names).size < names.length ? 'must not give one name to two proxies' : undefined;
  }

  /** In the order of the settings. */
  get names(): readonly string[] {
    return this.#proxies.flatMap(({ name }) => name ?? []);
  }

  /** The routes for streamers that do not request others; none: direct. */
  get defaults(): readonly string[] {
    return this.#entries.map(({ written }) => written);
  }

  /** The routes by name. `direct` always exists. */
  named(names: readonly string[]): NamedRoutes {
    const routes: string[] = [];
    const missing: string[] = [];
    for (const name of names) {
      const written =
        name === DIRECT
          ? DIRECT
          : this.#entries.find(({ proxy }) => proxy !== undefined && proxy.name === name)?.written;
      if (written === undefined) missing.push(name);
      else routes.push(written);
    }
    return { routes, missing };
  }

  /** The default routes without secrets. */
  get shownDefaults(): readonly string[] {
    return this.#entries.map(({ proxy }) => (proxy === undefined ? DIRECT : shownAs(proxy)));
  }

  /** The state of each proxy, in the order of the settings. */
  status(health: ProxyHealth, nowMs: number): readonly ProxyStatus[] {
    return this.#proxies.map((proxy) => {
      const restsUntilMs = health.restsUntilMs(proxy, nowMs);
      const restsUntil = restsUntilMs === undefined ? undefined : new Date(restsUntilMs).toISOString();
      return { name: shownAs(proxy), isNamed: proxy.name !== undefined, restsUntil };
    });
  }

  get #proxies(): readonly Proxy[] {
    return this.#entries.flatMap(({ proxy }) => proxy ?? []);
  }
}

const shownAs = ({ name, label }: Proxy): string => name ?? label;

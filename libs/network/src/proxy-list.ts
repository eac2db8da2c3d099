import type { ProxyHealth } from './proxy-health.js';
import { DIRECT, isRoute, parseRoute, type Proxy } from './proxy.js';

/** The ways that somebody asked for by name. */
export interface NamedRoutes {
  /** As written in the settings, with their logins: for engines, never to be shown. */
  readonly routes: readonly string[];
  /** Names that the settings do not know (any more). */
  readonly missing: readonly string[];
}

/** A proxy as anybody may see it. */
export interface ProxyStatus {
  /** Its name, or its address without the login where it has none. */
  readonly name: string;
  readonly isNamed: boolean;
  /** ISO 8601 UTC: it did not work, and is not asked before that while there is another way. */
  readonly restsUntil: string | undefined;
}

interface Entry {
  readonly written: string;
  /** Undefined: direct. */
  readonly proxy: Proxy | undefined;
}

/**
 * The proxies of the settings: ways to sources in the order in which they are wanted, some of them with names by which single
 * streamers ask for them (`home=socks5://user:password@host`).
 */
export class ProxyList {
  readonly #entries: readonly Entry[];

  /** @throws ProxyFailure where an entry is none of the forms */
  constructor(written: readonly string[]) {
    this.#entries = written.map((entry) => {
      const route = parseRoute(entry);
      return { written: entry, proxy: route === DIRECT ? undefined : route };
    });
  }

  /** What is wrong with a list, without a word of what is in it: there are passwords in it. Undefined where it is sound. */
  static problemOf(written: readonly string[]): string | undefined {
    if (!written.every(isRoute))
      return 'must be a comma list of http://, https://, socks5:// or socks5h:// addresses, each with name= before it if need be (small letters, digits, - and _), and direct';
    const { names } = new ProxyList(written);
    return new Set(names).size < names.length ? 'must not give one name to two proxies' : undefined;
  }

  /** In the order of the settings. */
  get names(): readonly string[] {
    return this.#proxies.flatMap(({ name }) => name ?? []);
  }

  /** The ways for whoever does not ask for others; none: direct. */
  get defaults(): readonly string[] {
    return this.#entries.map(({ written }) => written);
  }

  /** The ways by their names, of which `direct` is always one. */
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

  /** The same in words that anybody may read. */
  get shownDefaults(): readonly string[] {
    return this.#entries.map(({ proxy }) => (proxy === undefined ? DIRECT : shownAs(proxy)));
  }

  /** How each of them does, in the order of the settings. */
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

import type { FastifyInstance } from 'fastify';

interface Route {
  readonly path: RegExp;
  readonly methods: ReadonlySet<string>;
}

/** Which methods an address knows, told from the routes themselves: so that another method is 405, and not as if nothing were there. */
export class RouteTable {
  readonly #routes: Route[] = [];

  constructor(fastify: FastifyInstance) {
    fastify.addHook('onRoute', ({ url, method }) => {
      // What takes any address says nothing of a single one.
      if (url.includes('*')) return;
      this.#routes.push({ path: patternOf(url), methods: new Set([method].flat()) });
    });
  }

  /** In order; none where there is nothing at all. @param address with or without a query */
  methodsAt(address: string): readonly string[] {
    const path = address.split('?', 1)[0] ?? '';
    const found = this.#routes.filter((route) => route.path.test(path)).flatMap(({ methods }) => [...methods]);
    return [...new Set(found)].toSorted();
  }
}

const patternOf = (url: string): RegExp =>
  new RegExp(
    `^${url
      .split('/')
      .map((part) => (part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.+?^$()[\]{}|\\]/g, String.raw`\$&`)))
      .join('/')}/?$`,
  );

import type { Proxy, Route } from './proxy.js';

interface Record {
  /** In a row, since it last worked. */
  failures: number;
  restsUntilMs: number;
}

/** So many answers that broke off or did not come, and not one between them that did. */
const DISTURBANCES_BEFORE_REST = 3;
const LONGEST_REST_FACTOR = 10;

/** Which proxies work, as all captures together have seen. One that does not rests, longer each time, before it is asked again. */
export class ProxyHealth {
  readonly #records = new Map<string, Record>();

  constructor(private readonly restSeconds: number) {}

  /** The routes in the order in which to try them: as they are listed, with those that rest behind the others. */
  order(routes: readonly Route[], nowMs: number): readonly Route[] {
    if (routes.length < 2) return routes;
    const rest = (route: Route): number =>
      route === 'direct' ? 0 : Math.max(0, (this.#records.get(route.key)?.restsUntilMs ?? 0) - nowMs);
    return [...routes].sort((one, other) => rest(one) - rest(other));
  }

  worked({ key }: Proxy): void {
    this.#records.delete(key);
  }

  failed({ key }: Proxy, nowMs: number): void {
    const record = this.#recordOf(key);
    record.failures = Math.max(record.failures + 1, DISTURBANCES_BEFORE_REST);
    this.#rest(record, nowMs);
  }

  /** An answer broke off or did not come; that may be the source's doing as well. */
  disturbed({ key }: Proxy, nowMs: number): void {
    const record = this.#recordOf(key);
    record.failures += 1;
    if (record.failures >= DISTURBANCES_BEFORE_REST) this.#rest(record, nowMs);
  }

  #rest(record: Record, nowMs: number): void {
    const factor = Math.min(2 ** (record.failures - DISTURBANCES_BEFORE_REST), LONGEST_REST_FACTOR);
    record.restsUntilMs = nowMs + this.restSeconds * 1000 * factor;
  }

  #recordOf(key: string): Record {
    const known = this.#records.get(key);
    if (known !== undefined) return known;
    const record = { failures: 0, restsUntilMs: 0 };
    this.#records.set(key, record);
    return record;
  }
}

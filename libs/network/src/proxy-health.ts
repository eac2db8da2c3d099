import { DIRECT, type Proxy, type Route } from './proxy.js';

/** How a proxy has worked recently. */
export interface ProxyRecord {
  /** Consecutive failures since it last worked. */
  readonly failures: number;
  /** Milliseconds since the epoch; 0 if it need not rest. */
  readonly restsUntilMs: number;
}

/** Receives the new record of a proxy; undefined if it works. */
export type ProxyNews = (key: string, record: ProxyRecord | undefined) => void;

/** This many answers broke off or did not come, and none between them was good. */
const DISTURBANCES_BEFORE_REST = 3;
const LONGEST_REST_FACTOR = 10;

/**
 * Which proxies work, according to all captures together. One that does not work rests, longer each time, before it is
 * tried again.
 */
export class ProxyHealth {
  readonly #records = new Map<string, ProxyRecord>();

  constructor(
    private readonly restSeconds: number,
    private readonly tell: ProxyNews = () => undefined,
  ) {}

  /** The routes in the order in which to try them: as listed, but those that rest come last. */
  order(routes: readonly Route[], nowMs: number): readonly Route[] {
    if (routes.length < 2) return routes;
    const rest = (route: Route): number =>
      route === DIRECT ? 0 : Math.max(0, (this.restsUntilMs(route, nowMs) ?? 0) - nowMs);
    return [...routes].sort((one, other) => rest(one) - rest(other));
  }

  /** Until when a proxy is avoided if there is another route; undefined if it need not rest. */
  restsUntilMs({ key }: Pick<Proxy, 'key'>, nowMs: number): number | undefined {
    const { restsUntilMs = 0 } = this.#records.get(key) ?? {};
    return restsUntilMs > nowMs ? restsUntilMs : undefined;
  }

  /** Takes over what another process or thread found out about a proxy. */
  learn(key: string, record: ProxyRecord | undefined): void {
    if (record === undefined) this.#records.delete(key);
    else this.#records.set(key, record);
  }

  worked({ key }: Proxy): void {
    if (this.#records.has(key)) this.#note(key, undefined);
  }

  failed({ key }: Proxy, nowMs: number): void {
    const failures = Math.max(this.#failuresOf(key) + 1, DISTURBANCES_BEFORE_REST);
    this.#note(key, { failures, restsUntilMs: nowMs + this.#restMs(failures) });
  }

  /** An answer broke off or did not come, which may also be the source's fault. */
  disturbed({ key }: Proxy, nowMs: number): void {
    const failures = this.#failuresOf(key) + 1;
    const mustRest = failures >= DISTURBANCES_BEFORE_REST;
    const restsUntilMs = mustRest ? nowMs + this.#restMs(failures) : (this.#records.get(key)?.restsUntilMs ?? 0);
    this.#note(key, { failures, restsUntilMs });
  }

  #restMs(failures: number): number {
    return this.restSeconds * 1000 * Math.min(2 ** (failures - DISTURBANCES_BEFORE_REST), LONGEST_REST_FACTOR);
  }

  #failuresOf(key: string): number {
    return this.#records.get(key)?.failures ?? 0;
  }

  #note(key: string, record: ProxyRecord | undefined): void {
    this.learn(key, record);
    this.tell(key, record);
  }
}

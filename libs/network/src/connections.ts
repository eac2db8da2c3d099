import type { LookupAddress } from 'node:dns';
import type { Socket } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { promisify } from 'node:util';
import { Agent, type Dispatcher } from 'undici';
import { bareHost } from './address-class.js';
import { AllowedHosts } from './allowed-hosts.js';
import type { Dialling } from './dialler.js';
import { guardedConnector, lookupAll, type Guard, type LookupAll } from './guarded-connector.js';
import { ProxyHealth, type ProxyNews } from './proxy-health.js';
import type { AnswerHandler } from './http1/answer-handler.js';
import { Http1Client } from './http1/http1-client.js';
import { onread } from './http1/http1-connection.js';
import { preferringHttp1, serverOf, speaksNoHttp1 } from './protocol-choice.js';
import { proxyAuthorization, type Proxy, type Route } from './proxy.js';
import { mayDial, reachBeyondProxy, reachOf, type LedFrom, type Reach } from './reach.js';
import { proxyConnector, tunnelConnector } from './tunnel.js';

/** Durations in seconds. */
export interface ConnectionSettings {
  readonly connectTimeoutSeconds: number;
  readonly headersTimeoutSeconds: number;
  /** Longest silence within a body. */
  readonly idleTimeoutSeconds: number;
  /** Hosts in private networks that any source may lead to; see AllowedHosts. */
  readonly allowedPrivateHosts: readonly string[];
  /** A certificate (PEM) to trust beside the system's. */
  readonly trustedCertificate?: string;
  /** Use HTTP/2 with servers that speak nothing else. */
  readonly http2: boolean;
  /** How long a proxy that does not work is avoided at first. */
  readonly proxyRestSeconds: number;
}

export interface ConnectionParts {
  readonly lookup?: LookupAll;
  readonly proxyNews?: ProxyNews;
}

export interface OutgoingRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly reach: Reach;
  readonly route: Route;
  /** Default: GET. */
  readonly method?: 'GET' | 'POST';
  readonly body?: string | Buffer;
}

const KEEP_ALIVE_MS = 30_000;
/**
 * How many exchanges share an HTTP/2 connection. A small number limits how many captures a loss or a full window on one
 * connection affects.
 */
const HTTP2_STREAMS = 8;
const HTTP2_STREAM_WINDOW = 512 << 10;

/**
 * The kept-alive connections of an engine. Each class of network has its own, through each proxy: a connection that one
 * source may use is never given to another source that may not use it.
 */
export class Connections {
  readonly proxies: ProxyHealth;
  readonly #lookup: LookupAll;
  readonly #allowed: AllowedHosts;
  readonly #agents = new Map<string, Agent>();
  readonly #direct = new Map<Reach, Http1Client>();
  #context: SecureContext | undefined;
  /** Servers that speak HTTP/2 only. */
  readonly #modern = new Set<string>();

  /** @throws Error if the allowed hosts are malformed */
  constructor(
    private readonly settings: ConnectionSettings,
    { lookup = lookupAll, proxyNews }: ConnectionParts = {},
  ) {
    this.#lookup = lookup;
    this.#allowed = new AllowedHosts(settings.allowedPrivateHosts);
    this.proxies = new ProxyHealth(settings.proxyRestSeconds, proxyNews);
  }

  /**
   * The network in which a request is made.
   * @throws ForbiddenAddress, and any error of the look-up
   */
  async reach({ hostname }: URL, from: LedFrom, route: Route): Promise<Reach> {
    const host = bareHost(hostname);
    const looksUpHere = route === 'direct' || route.kind === 'socks5';
    return looksUpHere
      ? reachOf(host, from, this.#allowed, this.#resolve)
      : reachBeyondProxy(host, from, this.#allowed);
  }

  readonly #resolve = async (host: string): Promise<readonly LookupAddress[]> =>
    promisify(this.#lookup)(host, { all: true });

  /**
   * Fetches something that may be large. If the server speaks HTTP/1.1 without a proxy, the bytes are received directly
   * into the handler's memory. Through a proxy or over HTTP/2 they arrive in other memory.
   */
  fetch(
    { url, headers, reach, route }: Pick<OutgoingRequest, 'url' | 'headers' | 'reach' | 'route'>,
    handler: AnswerHandler & Dispatcher.DispatchHandler,
  ): void {
    if (route !== 'direct' || this.#modern.has(serverOf(url)))
      return this.send({ url, headers, reach, route }, handler);
    this.#http1(reach).send({ url, headers }, handler, (error) => {
      if (!this.settings.http2 || !speaksNoHttp1(error)) return handler.onResponseError(undefined, error);
      this.#modern.add(serverOf(url));
      this.send({ url, headers, reach, route }, handler);
    });
  }

  #http1(reach: Reach): Http1Client {
    const known = this.#direct.get(reach);
    if (known !== undefined) return known;
    const { headersTimeoutSeconds, idleTimeoutSeconds } = this.settings;
    const connector = guardedConnector(this.#guard(reach), { ...this.#dialling(false), onread });
    const timeouts = { headers: headersTimeoutSeconds * 1000, idle: idleTimeoutSeconds * 1000 };
    const client = new Http1Client(connector, timeouts);
    this.#direct.set(reach, client);
    return client;
  }

  /** Sends a request; the handler receives the result. */
  send(
    { url, headers, reach, route, method = 'GET', body }: OutgoingRequest,
    handler: Dispatcher.DispatchHandler,
  ): void {
    const path = `${url.pathname}${url.search}`;
    const sent = body === undefined ? {} : { body };
    const forwarder = forwarderOf(url, route);
    if (forwarder !== undefined) {
      const { kind, host, port, key } = forwarder;
      const agent = this.#agent(`forward ${key}`, () => proxyConnector(forwarder, this.#dialling(false)));
      const origin = `${kind}://${host.includes(':') ? `[${host}]` : host}:${port}`;
      const forwarded = { ...headers, ...proxyAuthorization(forwarder), host: url.host };
      agent.dispatch({ origin, path: `${url.origin}${path}`, method, headers: forwarded, ...sent }, handler);
      return;
    }
    const name = route === 'direct' ? reach : `${reach} ${route.key}`;
    const agent = this.#agent(name, () => this.#connector(reach, route));
    agent.dispatch({ origin: url.origin, path, method, headers, ...sent }, handler);
  }

  /**
   * A connection over which a host can be spoken to, encrypted or not. For a plain address with a forwarding proxy, it
   * leads to that proxy. It belongs to the caller.
   * @throws ForbiddenAddress, ProxyFailure, and any error that prevents it
   */
  dial(url: URL, reach: Reach, route: Route): Promise<Socket> {
    const forwarder = forwarderOf(url, route);
    const connector = forwarder ? proxyConnector(forwarder, this.#dialling(false)) : this.#connector(reach, route);
    const target = forwarder
      ? { protocol: `${forwarder.kind}:`, hostname: forwarder.host, port: String(forwarder.port) }
      : { protocol: 'http:', hostname: url.hostname, port: portOf(url) };
    return new Promise((resolve, reject) =>
      connector(target, (error, socket) => (error === null ? resolve(socket) : reject(error))),
    );
  }

  /**
   * The same, encrypted with the host.
   * @throws as `dial` does
   */
  dialSecurely(url: URL, reach: Reach, route: Route): Promise<Socket> {
    const dialling = this.#dialling(false);
    const guard = this.#guard(reach);
    const connector = route === 'direct' ? guardedConnector(guard, dialling) : tunnelConnector(route, guard, dialling);
    const target = { protocol: 'https:', hostname: url.hostname, host: url.host, port: portOf(url) };
    return new Promise((resolve, reject) =>
      connector(target, (error, socket) => (error === null ? resolve(socket) : reject(error))),
    );
  }

  async close(): Promise<void> {
    for (const client of this.#direct.values()) client.close();
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()));
  }

  #connector(reach: Reach, route: Route) {
    const guard = this.#guard(reach);
    const make = (allowH2: boolean) =>
      route === 'direct'
        ? guardedConnector(guard, this.#dialling(allowH2))
        : tunnelConnector(route, guard, this.#dialling(allowH2));
    return this.settings.http2 ? preferringHttp1(make(false), make(true), this.#modern) : make(false);
  }

  #guard(reach: Reach): Guard {
    return { lookup: this.#lookup, mayDial: (host, address) => mayDial(host, address, reach, this.#allowed) };
  }

  #dialling(allowH2: boolean): Dialling {
    return { timeout: this.settings.connectTimeoutSeconds * 1000, allowH2, secureContext: this.#secureContext };
  }

  readonly #secureContext = (): SecureContext => {
    const { trustedCertificate } = this.settings;
    this.#context ??= createSecureContext(trustedCertificate === undefined ? {} : { ca: trustedCertificate });
    return this.#context;
  };

  #agent(name: string, connector: () => ReturnType<typeof guardedConnector>): Agent {
    const known = this.#agents.get(name);
    if (known !== undefined) return known;
    const agent = new Agent({
      connect: connector(),
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: this.settings.headersTimeoutSeconds * 1000,
      bodyTimeout: this.settings.idleTimeoutSeconds * 1000,
      allowH2: this.settings.http2,
      h2Options: {
        maxConcurrentStreams: HTTP2_STREAMS,
        connectionWindowSize: HTTP2_STREAMS * HTTP2_STREAM_WINDOW,
        settings: { initialWindowSize: HTTP2_STREAM_WINDOW },
      },
    });
    this.#agents.set(name, agent);
    return agent;
  }
}

/** Default ports by scheme (RFC 2326 section 3.2, RFC 7826 section 20.3; RTMP by custom). */
const PORTS: Readonly<Record<string, string>> = {
  'https:': '443',
  'rtsp:': '554',
  'rtsps:': '322',
  'rtmp:': '1935',
  'rtmps:': '443',
};

const portOf = ({ port, protocol }: URL): string => (port !== '' ? port : (PORTS[protocol] ?? '80'));

/**
 * The proxy that gets a request for a plain resource with its whole address. For encrypted ones, proxies make tunnels.
 */
export function forwarderOf(url: URL, route: Route): Proxy | undefined {
  if (url.protocol !== 'http:' || route === 'direct') return undefined;
  return route.kind === 'http' || route.kind === 'https' ? route : undefined;
}

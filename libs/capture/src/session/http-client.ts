import type { ByteRange } from '../hls/playlist.js';
import { forwarderOf, type Connections } from '@streamvault/network';
import { CookieJar } from '@streamvault/network';
import { ProxyFailure, routesOf, type Proxy, type Route } from '@streamvault/network';
import type { LedFrom, Reach } from '@streamvault/network';
import { Exchange, type BodyReceiver, type Headers } from './http-exchange.js';
import { basicAuthorization, requestHeaders } from './request-headers.js';
import { nameOf, SourceFault, toFault } from '@streamvault/network';
import { contentsOf, TELLING_BYTES } from './first-bytes.js';
import { unpack } from './unpack.js';

export interface GetOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly range?: ByteRange;
  readonly totalSeconds: number;
  readonly signal: AbortSignal;
}

export interface HttpSource {
  readonly url: string;
  /** Found in a page or an API rather than typed in by a user: it may not lead into a private network. */
  readonly lookedUp?: boolean;
  /** Routes in order of preference: proxies, or `direct`. Without any: direct. */
  readonly proxies?: readonly string[];
}

export interface HttpSettings {
  readonly maxRedirects: number;
  readonly userAgent: string;
}

const LARGEST_TEXT = 32 << 20;

/** An address gives media instead of text. */
export class MediaInstead extends SourceFault {
  constructor(address: string) {
    const message = `${nameOf(address)} is not a playlist: it gives media, in one body.`;
    super({ code: 'playlist.not-a-playlist', message }, true);
  }
}

/** What led to a request, and where it finally went. */
interface Hop {
  readonly url: URL;
  readonly from: LedFrom;
  /** Whether it may carry the credentials that the source's owner gave. */
  readonly trusted: boolean;
  readonly authorization: string | undefined;
}

/**
 * GET for one source, over connections that all captures of the engine share. It keeps the source's cookies. It also
 * remembers from what kind of network its playlists came: addresses in them may lead there, or to the public network,
 * but not into another private one.
 */
export class HttpClient {
  readonly #cookies = new CookieJar();
  #reach: Reach | undefined;
  #routes: readonly Route[] | undefined;

  constructor(
    private readonly settings: HttpSettings,
    private readonly connections: Connections,
    private readonly source: HttpSource,
  ) {}

  /**
   * Gives a resource's bytes to the receiver as they arrive. Settles when all have arrived.
   * @returns the address it was finally read from
   * @throws SourceFault
   */
  async getBody(address: string, options: GetOptions, receiver: BodyReceiver): Promise<string> {
    return (await this.#get(address, options, receiver)).url;
  }

  /**
   * A playlist as text, with the address it was finally read from.
   * @throws SourceFault, or MediaInstead with the first bytes of media
   */
  async getText(address: string, options: GetOptions): Promise<{ readonly text: string; readonly url: string }> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let encoding = '';
    let isRecognized = false;
    const { url, reach } = await this.#get(address, options, {
      start: (headers) => {
        chunks.length = 0;
        bytes = 0;
        encoding = String(headers['content-encoding'] ?? '').toLowerCase();
        isRecognized = encoding !== '' && encoding !== 'identity';
      },
      data: (chunk) => {
        bytes += chunk.length;
        if (bytes > LARGEST_TEXT) throw tooLarge(address);
        chunks.push(chunk);
        if (isRecognized || bytes < TELLING_BYTES) return;
        isRecognized = true;
        if (contentsOf(Buffer.concat(chunks)) === 'media') throw new MediaInstead(address);
      },
    });
    this.#reach = reach;
    const { signal } = options;
    return {
      text: (await unpack(chunks, encoding, address, { mostBytes: LARGEST_TEXT, signal })).toString('utf8'),
      url,
    };
  }

  async #get(
    address: string,
    options: GetOptions,
    receiver: BodyReceiver,
  ): Promise<{ readonly url: string; readonly reach: Reach }> {
    let hop = await this.#firstHop(address);
    for (let redirects = 0; ; redirects += 1) {
      const { target, reach } = await this.#exchange(hop, options, receiver);
      if (target === undefined) return { url: hop.url.href, reach };
      const next = URL.parse(target, hop.url.href);
      if (redirects >= this.settings.maxRedirects) throw redirectLoop(address);
      if (next === null || !isWeb(next)) throw redirectAstray(address);
      const trusted = this.#isOwn(next);
      const isSame = next.origin === hop.url.origin;
      const authorization = basicAuthorization(next) ?? (isSame ? hop.authorization : undefined);
      hop = { url: next, from: reach, trusted, authorization };
    }
  }

  async #firstHop(address: string): Promise<Hop> {
    const url = URL.parse(address);
    if (url === null || !isWeb(url)) throw notWeb(address);
    const from = address === this.source.url ? this.#typed : (this.#reach ?? (await this.#reachOfSource()));
    return { url, from, trusted: this.#isOwn(url), authorization: basicAuthorization(url) };
  }

  /** Whether the address has the source's own origin, and is not merely named by a playlist or redirect. */
  #isOwn({ origin }: URL): boolean {
    return origin === URL.parse(this.source.url)?.origin;
  }

  get #typed(): LedFrom {
    return this.source.lookedUp === true ? 'public' : 'given';
  }

  /** A request that brings a playlist along has read it from the source's network. */
  async #reachOfSource(): Promise<Reach> {
    const url = URL.parse(this.source.url);
    const [route = 'direct'] = this.#waysOut(this.source.url);
    try {
      return url === null ? 'public' : await this.connections.reach(url, this.#typed, route);
    } catch (error) {
      throw toFault(error, this.source.url);
    }
  }

  /**
   * The routes to try, best first.
   * @throws SourceFault if one of them is malformed
   */
  #waysOut(address: string): readonly Route[] {
    try {
      this.#routes ??= routesOf(this.source.proxies);
    } catch (error) {
      throw toFault(error, address);
    }
    return this.connections.proxies.order(this.#routes, Date.now());
  }

  /**
   * One request, by the first route that works.
   * @throws SourceFault
   */
  async #exchange(
    hop: Hop,
    options: GetOptions,
    receiver: BodyReceiver,
  ): Promise<{ readonly target: string | undefined; readonly reach: Reach }> {
    let failure: unknown;
    for (const route of this.#waysOut(hop.url.href)) {
      try {
        const reach = await this.connections.reach(hop.url, hop.from, route);
        const target = await this.#attempt(hop, reach, route, options, receiver);
        if (route !== 'direct') this.connections.proxies.worked(route);
        return { target, reach };
      } catch (error) {
        const fault = toFault(error, hop.url.href);
        if (route !== 'direct') this.#note(route, error, fault);
        failure = fault;
        // Only a failure of the proxy itself means that nothing was received; otherwise another route would not help.
        if (!(error instanceof ProxyFailure)) break;
      }
    }
    throw failure;
  }

  #note(proxy: Proxy, error: unknown, { reason }: SourceFault): void {
    const { proxies } = this.connections;
    if (error instanceof ProxyFailure) {
      if (error.atFault) proxies.failed(proxy, Date.now());
    } else if (reason.code === 'source.timeout' || reason.code === 'source.connection-lost') {
      proxies.disturbed(proxy, Date.now());
    }
  }

  /** @returns where a redirect leads, or undefined once the body was received */
  async #attempt(
    hop: Hop,
    reach: Reach,
    route: Route,
    options: GetOptions,
    receiver: BodyReceiver,
  ): Promise<string | undefined> {
    const { url } = hop;
    const answered = (headers: Headers): void => {
      const lines = headers['set-cookie'];
      if (lines !== undefined) this.#cookies.store(url, typeof lines === 'string' ? [lines] : lines, Date.now());
    };
    const forwarder = forwarderOf(url, route);
    const exchange = new Exchange(url.href, { ...options, answered, ...(forwarder && { forwarder }) }, receiver);
    const headers = requestHeaders({
      userAgent: this.settings.userAgent,
      given: options.headers,
      authorization: hop.authorization,
      cookies: this.#cookies.header(url, Date.now()),
      range: options.range,
      trusted: hop.trusted,
    });
    try {
      this.connections.fetch({ url, headers, reach, route }, exchange);
    } catch (error) {
      exchange.fail(error);
    }
    return exchange.done;
  }
}

const isWeb = ({ protocol }: URL): boolean => protocol === 'http:' || protocol === 'https:';

const redirectLoop = (address: string): SourceFault =>
  new SourceFault(
    {
      code: 'source.redirect-loop',
      message: `${nameOf(address)} redirects in a circle. Open it in a browser and copy the address it ends at.`,
    },
    true,
  );

const redirectAstray = (address: string): SourceFault =>
  new SourceFault(
    { code: 'source.bad-redirect', message: `${nameOf(address)} redirects to something that is not a web address.` },
    true,
  );

const notWeb = (address: string): SourceFault =>
  new SourceFault(
    { code: 'source.bad-address', message: `“${address.slice(0, 100)}” is not an http or https address.` },
    true,
  );

const tooLarge = (address: string): SourceFault =>
  new SourceFault(
    {
      code: 'source.too-large',
      message: `${nameOf(address)} sends more than a playlist can contain. Check that it is the playlist's address.`,
    },
    true,
  );

import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { Agent, type Dispatcher } from 'undici';
import type { ByteRange } from '../hls/playlist.js';
import { Exchange, type BodyReceiver } from './http-exchange.js';
import type { HlsCaptureSettings } from './settings.js';
import { nameOf, SourceFault, toFault } from './source-fault.js';

export interface GetOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly range?: ByteRange;
  readonly totalSeconds: number;
  readonly signal: AbortSignal;
}

const LARGEST_TEXT = 32 << 20;

const DECODERS: Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Buffer>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

/** GET over kept-alive connections that every capture of the engine shares. */
export class HttpClient {
  readonly #agent: Agent;

  constructor(private readonly settings: HlsCaptureSettings) {
    this.#agent = new Agent({
      connect: { timeout: settings.connectTimeoutSeconds * 1000 },
      keepAliveTimeout: 30_000,
      headersTimeout: settings.headersTimeoutSeconds * 1000,
      bodyTimeout: settings.idleTimeoutSeconds * 1000,
      allowH2: false,
    });
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  /**
   * Gives a resource's bytes to the receiver as they come. Settles when all are there.
   * @returns the address it was finally read from
   * @throws SourceFault
   */
  async getBody(address: string, options: GetOptions, receiver: BodyReceiver): Promise<string> {
    let url = new URL(address);
    for (let redirects = 0; ; redirects += 1) {
      const target = await this.#exchange(url, options, receiver);
      if (target === undefined) return url.href;
      const next = URL.parse(target, url.href);
      if (redirects >= this.settings.maxRedirects || next?.href === url.href) throw redirectLoop(address);
      if (next === null || (next.protocol !== 'http:' && next.protocol !== 'https:')) throw redirectAstray(address);
      url = next;
    }
  }

  /** A resource as text, with the address it was finally read from. @throws SourceFault */
  async getText(address: string, options: GetOptions): Promise<{ readonly text: string; readonly url: string }> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let encoding = '';
    const url = await this.getBody(address, options, {
      start: (headers) => {
        chunks.length = 0;
        bytes = 0;
        encoding = String(headers['content-encoding'] ?? '').toLowerCase();
      },
      data: (chunk) => {
        bytes += chunk.length;
        if (bytes > LARGEST_TEXT) throw tooLarge(address);
        chunks.push(chunk);
      },
    });
    return { text: decode(Buffer.concat(chunks), encoding, address).toString('utf8'), url };
  }

  /** @returns where a redirect leads, or undefined when the body was received */
  async #exchange(url: URL, options: GetOptions, receiver: BodyReceiver): Promise<string | undefined> {
    const exchange = new Exchange(url.href, options, receiver);
    const request: Dispatcher.DispatchOptions = {
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'GET',
      headers: this.#headers(url, options),
    };
    try {
      this.#agent.dispatch(request, exchange);
    } catch (error) {
      exchange.fail(error);
    }
    try {
      return await exchange.done;
    } catch (error) {
      throw toFault(error, url.href);
    }
  }

  #headers(url: URL, { headers, range }: GetOptions): Record<string, string> {
    const user =
      url.username === '' ? undefined : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    return {
      'user-agent': this.settings.userAgent,
      accept: '*/*',
      'accept-encoding': 'identity',
      ...(user !== undefined && { authorization: `Basic ${Buffer.from(user).toString('base64')}` }),
      ...headers,
      ...(range && { range: `bytes=${range.offset}-${range.offset + range.length - 1}` }),
    };
  }
}

function decode(bytes: Buffer, encoding: string, address: string): Buffer {
  const decoder = DECODERS[encoding];
  if (decoder === undefined) return bytes;
  try {
    return decoder(bytes, { maxOutputLength: LARGEST_TEXT });
  } catch {
    // Whatever is wrong with the compressed bytes, the answer is unusable; asking again may bring a whole one.
    const message = `${nameOf(address)} sends ${encoding} data that cannot be unpacked.`;
    throw new SourceFault({ code: 'source.bad-encoding', message }, false);
  }
}

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
    { code: 'source.bad-redirect', message: `${nameOf(address)} redirects to something that is no web address.` },
    true,
  );

const tooLarge = (address: string): SourceFault =>
  new SourceFault(
    {
      code: 'source.too-large',
      message: `${nameOf(address)} sends more than a playlist could be. Check that it is the playlist's address.`,
    },
    true,
  );

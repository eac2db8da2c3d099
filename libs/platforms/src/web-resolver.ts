import { ask } from '@streamvault/network';
import type { Connections } from '@streamvault/network';
import type { CaptureSource } from './capture-source.js';
import type { Liveness, SourceResolver, WantedSource } from './source-resolver.js';
import { SourceUnavailable } from './source-unavailable.js';
import type { StreamlinkResolver } from './streamlink/streamlink-resolver.js';

const PEEK_MS = 10_000;

/** Addresses of unknown kind: a page that streamlink knows, or else a playlist under an unusual name. */
export class WebResolver implements SourceResolver {
  constructor(
    private readonly streamlink: StreamlinkResolver,
    private readonly connections: Connections,
  ) {}

  async resolve(wanted: WantedSource, signal: AbortSignal): Promise<CaptureSource> {
    try {
      return await this.streamlink.resolve(wanted, signal);
    } catch (error) {
      if (!(error instanceof SourceUnavailable)) throw error;
      const itself: CaptureSource = { url: wanted.url, engine: 'hls' };
      if (error.problem === 'unsupported') return itself;
      const isNobodyThere = error.problem === 'tool-missing' || error.problem === 'tool-too-old';
      // streamlink is needed only for what certainly is a page: the engine reports about everything else itself.
      if (isNobodyThere && !(await this.#isPage(wanted, signal))) return itself;
      throw error;
    }
  }

  async isLive(wanted: WantedSource, signal: AbortSignal): Promise<Liveness | undefined> {
    const { status } = await this.streamlink.state();
    return status === 'ok' ? this.streamlink.isLive(wanted, signal) : undefined;
  }

  async #isPage({ url, proxies }: WantedSource, signal: AbortSignal): Promise<boolean> {
    const within = AbortSignal.any([signal, AbortSignal.timeout(PEEK_MS)]);
    try {
      const peek = { url: new URL(url), headers: {}, proxies, from: 'given', isPeek: true, signal: within } as const;
      const { status, headers } = await ask(this.connections, peek);
      return status === 200 && /^text\/html|^application\/xhtml/i.test(String(headers['content-type']));
    } catch {
      // Whatever the failure, the engine meets it too and reports it.
      return false;
    }
  }
}
